#include "stages/lua/expression_checks.h"

#include <algorithm>
#include <utility>

#include "stages/builtin.h"
#include "stages/lua/patterns.h"
#include "stages/lua/value_functions.h"
#include "weir/in_quotes.h"
#include "weir/time_format.h"

namespace weir::stages::lua {
namespace {

// A function of Lua has at most 200 locals, and arguments are among them.
constexpr std::size_t kMostInputs = 190;

void add_chance(Tree& tree, std::string why) {
  auto& known = tree.chances;
  if (std::find(known.begin(), known.end(), why) == known.end()) known.push_back(std::move(why));
}

/// Returns the text in quotes that is argument `index`; null if there is none.
const Node* quoted(const Node& call, std::size_t index) {
  const bool there = index < call.kids.size() && call.kids[index].op == Op::text;
  return there ? &call.kids[index] : nullptr;
}

bool check_pattern(const Node& call, detail::ExpressionProblem& problem) {
  const Node* const pattern = quoted(call, 1);
  const Node* const to = call.text == "replace" ? quoted(call, 2) : nullptr;
  if (!pattern) return true;
  Patterns patterns;
  bool ignored = false;
  if (!patterns.matches("", pattern->text, ignored)) {
    problem = {pattern->offset, patterns.problem(), {}};
    return false;
  }
  if (!to || patterns.check_replacement(pattern->text, to->text)) return true;
  problem = {to->offset, patterns.problem(), {}};
  return false;
}

/// Returns whether an argument is a text in quotes, or nil; they are compiled once.
bool is_constant_text(const Node& call, std::size_t index, const char* what,
                      detail::ExpressionProblem& problem) {
  if (index >= call.kids.size()) return true;
  const Node& kid = call.kids[index];
  if (kid.op == Op::text || kid.op == Op::nil) return true;
  problem = {kid.offset, std::string("expected a ") + what + " in quotes, got an expression",
             std::string("a ") + what + " is compiled once: write it in quotes, or as a param"};
  return false;
}

bool check_time(const Node& call, Tree& tree, detail::ExpressionProblem& problem) {
  if (!is_constant_text(call, 1, "format", problem) ||
      !is_constant_text(call, 2, "zone", problem)) {
    return false;
  }
  const Node* const format = quoted(call, 1);
  const Node* const zone = quoted(call, 2);
  TimeSpec spec;
  if (format) spec.formats = {format->text};
  if (zone) spec.zone = zone->text;
  TimeProblem wrong;
  const auto rules = call.text == "time" ? time_language().compile(spec, wrong)
                                         : time_language().compile_to_write(spec, wrong);
  if (!rules) {
    const Node* const at = wrong.part == TimeProblem::Part::zone ? zone : format;
    const bool inside = wrong.offset != static_cast<std::size_t>(-1);
    problem = {(at ? at->offset : call.offset) + (inside ? wrong.offset + 1 : 0), wrong.message,
               wrong.hint, wrong.word, wrong.candidates};
    return false;
  }
  // What is written has all of its year.
  for (const std::string& why : rules->chances()) {
    if (call.text == "time" || !why.starts_with("reference")) add_chance(tree, why);
  }
  return true;
}

bool check_duration(const Node& call, detail::ExpressionProblem& problem) {
  const Node* const text = quoted(call, 0);
  double ignored = 0;
  std::string wrong = text ? read_duration(text->text, ignored) : std::string();
  if (wrong.empty()) return true;
  problem = {text->offset, std::move(wrong), {}};
  return false;
}

bool check_algorithm(const Node& call, detail::ExpressionProblem& problem) {
  const Node* const name = quoted(call, 1);
  std::string ignored;
  if (!name || hex_digest(name->text, "", ignored)) return true;
  problem = {
      name->offset, "unknown algorithm " + in_quotes(name->text), {}, name->text, digest_names()};
  return false;
}

bool check_call(const Node& call, Tree& tree, detail::ExpressionProblem& problem) {
  const std::string& name = call.text;
  if (name == "matches" || name == "extract" || name == "replace") {
    return check_pattern(call, problem);
  }
  if (name == "time" || name == "format_time") return check_time(call, tree, problem);
  if (name == "duration") return check_duration(call, problem);
  if (name == "hash") return check_algorithm(call, problem);
  if (name == "now") add_chance(tree, "now(): it is the time at which a record is worked on");
  if (name == "uuid" && call.kids.empty()) add_chance(tree, "uuid(): each one is new");
  return true;
}

/// Returns the input like that of `node`, but for nested JSON as such.
std::size_t nested_input(const Node& node, Tree& tree) {
  const Input& plain = tree.inputs[node.input];
  if (plain.kind != Input::Kind::field && plain.kind != Input::Kind::exact) return node.input;
  const auto same = [&](const Input& other) {
    return other.nested && other.kind == plain.kind && other.field.name() == plain.field.name();
  };
  const auto found = std::find_if(tree.inputs.begin(), tree.inputs.end(), same);
  if (found != tree.inputs.end()) return static_cast<std::size_t>(found - tree.inputs.begin());
  if (tree.inputs.size() == kMostInputs) return node.input;
  Input nested = plain;
  nested.nested = true;
  tree.inputs.push_back(std::move(nested));
  return tree.inputs.size() - 1;
}

/// `handed_on`: whether the node's value is one of those places.
void name_nested(Node& node, bool handed_on, Tree& tree) {
  if (node.op == Op::input && handed_on) node.input = nested_input(node, tree);
  const bool chosen = node.op == Op::either || node.op == Op::both ||
                      (node.op == Op::call && node.text == "coalesce");
  const bool taken = node.op == Op::table || node.op == Op::object || node.op == Op::length ||
                     (node.op == Op::call && (node.text == "json" || node.text == "to_json"));
  for (Node& kid : node.kids) name_nested(kid, taken || (chosen && handed_on), tree);
}

}  // namespace

bool check_calls(const Node& node, Tree& tree, detail::ExpressionProblem& problem) {
  if (node.op == Op::call && !check_call(node, tree, problem)) return false;
  for (const Node& kid : node.kids) {
    if (!check_calls(kid, tree, problem)) return false;
  }
  return true;
}

void name_nested(Tree& tree) { name_nested(tree.root, true, tree); }

}  // namespace weir::stages::lua
