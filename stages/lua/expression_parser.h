#pragma once

#include <string>
#include <string_view>

#include "stages/lua/expression_tree.h"
#include "stages/lua/functions.h"
#include "stages/lua/lexer.h"
#include "weir/expression.h"

namespace weir::stages::lua {

/// Parses an expression: Lua's grammar of expressions without function literals. Free names are
/// fields, and only known functions may be called.
class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view source);
  /// Returns false and fills `problem` if the source is no expression.
  bool parse(Tree& tree, detail::ExpressionProblem& problem);

 private:
  Node expression(int above);
  Node unary();
  Node primary();
  Node suffixed(Node node);
  Node group();
  Node table();
  Node named();
  Node field(Input::Kind kind);
  Node record_part();
  Node library();
  Node call(std::string function, std::size_t offset);
  Node has(std::size_t offset);
  void check_count(const Node& node, const Function& function, std::size_t own) const;
  Node method(Node object);
  Node join(Op op, Node left, Node right, std::size_t offset);

  Node leaf(Op op);
  Node input(Input input, std::size_t offset);
  bool read_step(std::vector<std::string>& steps);
  void read_arguments(Node& node);
  void add_field(const std::string& name);

  void advance();
  void expect(std::string_view symbol);
  bool take(std::string_view symbol);
  bool next_is(std::string_view symbol) const;
  std::string shown() const;
  [[noreturn]] void fail(std::size_t offset, std::string message, std::string hint = {}) const;

  Lexer lexer_;
  Token token_;
  int depth_ = 0;
  Tree* tree_ = nullptr;
};

}  // namespace weir::stages::lua
