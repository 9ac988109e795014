#include <charconv>
#include <lua.hpp>
#include <memory>
#include <new>
#include <utility>

#include "stages/builtin.h"
#include "stages/lua/expression_checks.h"
#include "stages/lua/expression_code.h"
#include "stages/lua/expression_parser.h"
#include "stages/lua/inputs.h"
#include "stages/lua/lua_state.h"
#include "stages/lua/value_functions.h"
#include "stages/lua/values.h"

namespace weir::stages::lua {
namespace {

using lua::Tree;

constexpr const char* kKind = "expression";
// A larger heap, which a giant record has left behind, is swept before the next record.
constexpr std::size_t kLargeHeap = 16u << 20;
// Expressions have no loops, but a pattern of Lua may try without end.
constexpr std::int64_t kMaxSteps = 100'000'000;
constexpr const char* kTooManySteps = "it ran more than 100000000 steps for one record";

/// Loads the chunk, runs it, and leaves the expression's function on the stack. Returns what is
/// wrong; empty if nothing is.
std::string load_function(lua::State& state, const std::string& code) {
  lua_State* l = state.get();
  lua::push_helpers(state);
  const int helpers = lua_gettop(l);
  std::string problem = state.load(code, "=expression");
  if (!problem.empty()) return problem;
  for (const Helper& helper : kHelpers) lua_getfield(l, helpers, helper.source);
  if (state.call(std::size(kHelpers), 1, 0) != 0) return lua::error_message(l);
  lua_replace(l, 1);
  lua_settop(l, 1);
  return {};
}

class LuaEvaluator final : public detail::Evaluator {
 public:
  LuaEvaluator(std::shared_ptr<const Tree> tree, const std::string& code) : tree_(std::move(tree)) {
    // The code compiled before, so only memory can be missing now.
    if (!load_function(state_, code).empty()) throw std::bad_alloc();
  }

  bool test(Record& record) override {
    run(record);
    return lua_toboolean(state_.get(), -1) != 0;
  }

  Value value(Record& record) override {
    if (tree_->root.op == lua::Op::input) {
      const Value same = lua::read_input(tree_->inputs[tree_->root.input], record, origin_);
      if (same.type() == ValueType::real || same.type() == ValueType::json) return same;
    }
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
      case LUA_TLIGHTUSERDATA: {
        const auto at = reinterpret_cast<std::uintptr_t>(lua_touserdata(l, -1));
        return Value::json(state_.services().nested[at - 1]);
      }
      default:
        break;
    }
    std::string problem;
    made_.clear();
    if (append_json_at(state_, lua_gettop(l), made_, problem)) {
      return Value::json(std::string_view(made_));
    }
    throw Error(kKind, problem, false);
  }

 private:
  /// Leaves the result on top of the stack.
  void run(Record& record) {
    if (state_.used() > kLargeHeap) state_.collect();
    int status = attempt(record);
    if (state_.is_out_of_memory(status)) {
      // Memory of earlier records must not decide this, so the code runs again on a clean heap.
      lua_settop(state_.get(), 1);
      state_.collect();
      status = attempt(record);
      if (state_.is_out_of_memory(status)) throw Error(kKind, "it takes too much memory", false);
    }
    if (status == 0) return;
    const char* const kind = state_.services().kind;
    throw Error(kind ? kind : kKind, lua::clean_message(lua::error_message(state_.get()), *tree_),
                false);
  }

  int attempt(Record& record) {
    lua_State* l = state_.get();
    lua_settop(l, 1);
    lua_pushvalue(l, 1);
    state_.services().begin_record();
    std::size_t bytes = 0;
    for (const lua::Input& input : tree_->inputs) {
      const Value value = lua::read_input(input, record, origin_);
      if (input.nested && value.type() == ValueType::json) {
        auto& nested = state_.services().nested;
        nested.push_back(value.as_text());
        lua_pushlightuserdata(l, reinterpret_cast<void*>(nested.size()));
        bytes += value.as_text().size();
        continue;
      }
      if (!lua::is_exact(value)) lua::throw_inexact(value, kKind, input.shown);
      bytes += lua::push_value(l, value);
    }
    state_.meter().begin(kMaxSteps, kTooManySteps);
    return state_.call(static_cast<int>(tree_->inputs.size()), 1, 4 * bytes);
  }

  std::shared_ptr<const Tree> tree_;
  lua::State state_;
  std::string origin_;
  std::string made_;  ///< The JSON of a list or an object.
};

class LuaExpression final : public detail::CompiledExpression {
 public:
  LuaExpression(std::shared_ptr<const Tree> tree, std::string code)
      : tree_(std::move(tree)), code_(std::move(code)) {}

  const std::vector<std::string>& fields() const override { return tree_->fields; }
  bool uses_text() const override { return tree_->uses_text; }
  const std::vector<std::string>& chances() const override { return tree_->chances; }
  bool uses_line() const override { return tree_->uses_line; }
  std::unique_ptr<detail::Evaluator> evaluator() const override {
    return std::make_unique<LuaEvaluator>(tree_, code_);
  }

 private:
  std::shared_ptr<const Tree> tree_;
  std::string code_;
};

bool looks_like_number(const std::string& text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

std::string_view sign_of(lua::Op op) {
  switch (op) {
    case lua::Op::less:
      return "<";
    case lua::Op::at_most:
      return "<=";
    case lua::Op::greater:
      return ">";
    case lua::Op::at_least:
      return ">=";
    default:
      return {};
  }
}

/// Returns false if digits of a param without a type are compared as text. They would be smaller or
/// larger letter by letter, or fail with every record.
bool check_constants(const lua::Node& node, const lua::Values& values,
                     detail::ExpressionProblem& problem) {
  const std::string_view sign = sign_of(node.op);
  for (const lua::Node& kid : node.kids) {
    for (const lua::Values::Text& text : values.texts()) {
      const bool here = !sign.empty() && kid.op == lua::Op::text && kid.offset == text.at;
      if (!here || !text.insert->undeclared || !looks_like_number(kid.text)) continue;
      const std::string& source = text.insert->source;
      const bool param = source.starts_with("params.");
      problem = {text.at,
                 "expected a number beside '" + std::string(sign) + "', got text of " +
                     (param ? "param '" + source.substr(7) + "'" : "'" + source + "'"),
                 param ? "say 'type: number' at the param, or 'type: text'"
                       : "write tonumber(" + text.insert->shown() + ")"};
      return false;
    }
    if (!check_constants(kid, values, problem)) return false;
  }
  return true;
}

class LuaLanguage final : public detail::ExpressionLanguage {
 public:
  std::shared_ptr<const detail::CompiledExpression> compile(
      const weir::Node& scalar, detail::ExpressionProblem& problem) const override {
    const bool whole =
        scalar.is_insert() && scalar.inserts.front().kind == Insert::Kind::expression;
    weir::Node plain;
    plain.text = scalar.text;
    lua::Values values;
    const Filled filled = fill(whole ? plain : scalar, values);
    if (!filled.problem.empty()) {
      problem = {filled.problem_at, filled.problem, filled.hint};
      return nullptr;
    }
    auto compiled = compile_text(filled.text, values, problem);
    if (!compiled) problem.offset = filled.offset(problem.offset);
    return compiled;
  }

 private:
  static std::shared_ptr<const detail::CompiledExpression> compile_text(
      const std::string& text, const lua::Values& values, detail::ExpressionProblem& problem) {
    auto tree = std::make_shared<Tree>();
    if (!lua::ExpressionParser(text).parse(*tree, problem)) return nullptr;
    if (!check_calls(tree->root, *tree, problem)) return nullptr;
    name_nested(*tree);
    if (!check_constants(tree->root, values, problem)) return nullptr;
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

}  // namespace weir::stages::lua

namespace weir::stages {

const detail::ExpressionLanguage& expression_language() {
  using namespace lua;
  static const LuaLanguage language;
  return language;
}

}  // namespace weir::stages
