#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weir/node.h"
#include "weir/record.h"

namespace weir {

namespace detail {

/// Runs one expression, for one call at a time. A mistake that only a record reveals (text compared
/// with a number) is thrown as Error of kind `expression`.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// Returns the value; its bytes live until the next evaluation, or in the record's batch.
  virtual Value value(Record& record) = 0;
  /// Returns whether the value is true in Lua's sense: everything but nil and false is.
  virtual bool test(Record& record) = 0;
};

/// An expression after parsing. Immutable and shared by all threads; each call uses an evaluator of
/// its own.
class CompiledExpression {
 public:
  virtual ~CompiledExpression() = default;
  /// The top-level fields that the expression names, once each.
  virtual const std::vector<std::string>& fields() const = 0;
  virtual bool uses_text() const = 0;
  /// Why the value depends on when or where the run is; empty if it does not.
  virtual const std::vector<std::string>& chances() const = 0;
  virtual bool uses_line() const { return false; }
  virtual std::unique_ptr<Evaluator> evaluator() const = 0;
};

/// A mistake in an expression's text, as the language reports it.
struct ExpressionProblem {
  std::size_t offset = 0;  ///< The byte in the scalar's text.
  std::string message;
  std::string hint;
  std::string word = {};                     ///< An unknown name,
  std::vector<std::string> candidates = {};  ///< and those of which one may be meant.
};

/// The language of expressions. The engine implements it, so that this header needs no parser.
class ExpressionLanguage {
 public:
  virtual ~ExpressionLanguage() = default;
  /// Compiles an expression. Returns null and fills `problem` if the text is not an expression. A
  /// value that `${...}` put into the scalar is data: a constant, or part of a text in quotes.
  virtual std::shared_ptr<const CompiledExpression> compile(const Node& scalar,
                                                            ExpressionProblem& problem) const = 0;
  std::shared_ptr<const CompiledExpression> compile(std::string_view text,
                                                    ExpressionProblem& problem) const {
    Node scalar;
    scalar.text = text;
    return compile(scalar, problem);
  }
};

}  // namespace detail

/// An option that is an expression over the record (`status >= 400`), compiled when the file is
/// checked. A stage keeps one `evaluator()` in its scratch space.
class Expression {
 public:
  Expression() = default;
  Expression(std::string text, std::shared_ptr<const detail::CompiledExpression> compiled)
      : text_(std::move(text)), compiled_(std::move(compiled)) {}

  /// The text to show, without secrets.
  const std::string& text() const { return text_; }
  bool empty() const { return compiled_ == nullptr; }
  const std::vector<std::string>& fields() const { return compiled_->fields(); }
  bool uses_text() const { return compiled_->uses_text(); }
  bool uses_line() const { return compiled_->uses_line(); }
  std::unique_ptr<detail::Evaluator> evaluator() const { return compiled_->evaluator(); }

 private:
  std::string text_;
  std::shared_ptr<const detail::CompiledExpression> compiled_;
};

}  // namespace weir
