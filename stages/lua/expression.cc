#include <lua.hpp>
#include <memory>
#include <utility>

#include "stages/builtin.h"
#include "stages/lua/expression_code.h"
#include "stages/lua/expression_parser.h"
#include "stages/lua/inputs.h"
#include "stages/lua/lua_state.h"

namespace weir {
namespace {

using lua::Tree;

constexpr const char* kKind = "expression";
constexpr const char* kHelpers[] = {"eq",       "lt",       "le",     "lower",   "upper",
                                    "trim",     "words",    "split",  "matches", "time",
                                    "tonumber", "tostring", "string", "math",    "table"};
// A heap that one giant record has left behind is swept before the next.
constexpr std::size_t kLargeHeap = 16u << 20;

/// Loads the chunk and runs it: leaves the expression's function on the stack.
std::string load_function(lua::State& state, const std::string& code) {
  lua_State* l = state.get();
  lua::push_helpers(state);
  const int helpers = lua_gettop(l);
  std::string problem = state.load(code, "=expression");
  if (!problem.empty()) return problem;
  for (const char* name : kHelpers) lua_getfield(l, helpers, name);
  if (state.call(std::size(kHelpers), 1, 0) != 0) return lua::error_message(l);
  lua_replace(l, 1);
  lua_settop(l, 1);
  return {};
}

class LuaEvaluator final : public detail::Evaluator {
 public:
  LuaEvaluator(std::shared_ptr<const Tree> tree, const std::string& code) : tree_(std::move(tree)) {
    load_function(state_, code);
  }

  bool test(Record& record) override {
    run(record);
    return lua_toboolean(state_.get(), -1) != 0;
  }

  Value value(Record& record) override {
    run(record);
    lua_State* l = state_.get();
    switch (lua_type(l, -1)) {
      case LUA_TNIL:
        return {};
      case LUA_TBOOLEAN:
        return Value(lua_toboolean(l, -1) != 0);
      case LUA_TNUMBER:
        return lua::value_of_number(lua_tonumber(l, -1));
      case LUA_TSTRING: {
        std::size_t size = 0;
        const char* text = lua_tolstring(l, -1, &size);
        return Value(std::string_view(text, size));
      }
      default:
        break;
    }
    throw Error(kKind, std::string("expected a value, got a ") + luaL_typename(l, -1), false);
  }

 private:
  /// Leaves the result on top of the stack.
  void run(Record& record) {
    if (state_.used() > kLargeHeap) state_.collect();
    int status = attempt(record);
    if (state_.is_out_of_memory(status)) {
      // What earlier records left behind must not decide: once more, on a clean heap.
      lua_settop(state_.get(), 1);
      state_.collect();
      status = attempt(record);
      if (state_.is_out_of_memory(status)) throw Error(kKind, "it takes too much memory", false);
    }
    if (status == 0) return;
    throw Error(kKind, lua::clean_message(lua::error_message(state_.get()), *tree_), false);
  }

  int attempt(Record& record) {
    lua_State* l = state_.get();
    lua_settop(l, 1);
    lua_pushvalue(l, 1);
    std::size_t bytes = 0;
    for (const lua::Input& input : tree_->inputs) {
      const Value value = lua::read_input(input, record, origin_);
      if (!lua::is_exact(value)) lua::throw_inexact(value, kKind, input.shown);
      bytes += lua::push_value(l, value);
    }
    return state_.call(static_cast<int>(tree_->inputs.size()), 1, 4 * bytes);
  }

  std::shared_ptr<const Tree> tree_;
  lua::State state_;
  std::string origin_;
};

class LuaExpression final : public detail::CompiledExpression {
 public:
  LuaExpression(std::shared_ptr<const Tree> tree, std::string code)
      : tree_(std::move(tree)), code_(std::move(code)) {}

  const std::vector<std::string>& fields() const override { return tree_->fields; }
  bool uses_text() const override { return tree_->uses_text; }
  std::unique_ptr<detail::Evaluator> evaluator() const override {
    return std::make_unique<LuaEvaluator>(tree_, code_);
  }

 private:
  std::shared_ptr<const Tree> tree_;
  std::string code_;
};

/// Whether every pattern that stands in the expression is one.
bool check_patterns(const lua::Node& node, detail::ExpressionProblem& problem) {
  if (node.op == lua::Op::call && node.text == "matches" && node.kids.size() > 1 &&
      node.kids[1].op == lua::Op::text) {
    lua::Patterns patterns;
    bool ignored = false;
    if (!patterns.matches("", node.kids[1].text, ignored)) {
      problem = {node.kids[1].offset, patterns.problem(), {}};
      return false;
    }
  }
  for (const lua::Node& kid : node.kids) {
    if (!check_patterns(kid, problem)) return false;
  }
  return true;
}

class LuaLanguage final : public detail::ExpressionLanguage {
 public:
  std::shared_ptr<const detail::CompiledExpression> compile(
      std::string_view text, detail::ExpressionProblem& problem) const override {
    auto tree = std::make_shared<Tree>();
    if (!lua::ExpressionParser(text).parse(*tree, problem)) return nullptr;
    if (!check_patterns(tree->root, problem)) return nullptr;
    std::string code = lua::to_lua(*tree);
    lua::State state;
    const std::string left_over = load_function(state, code);
    if (!left_over.empty()) {
      problem = {0, "expected an expression: " + lua::clean_message(left_over, *tree), {}};
      return nullptr;
    }
    return std::make_shared<LuaExpression>(std::move(tree), std::move(code));
  }
};

}  // namespace

const detail::ExpressionLanguage& expression_language() {
  static const LuaLanguage language;
  return language;
}

}  // namespace weir
