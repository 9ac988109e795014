// Resolves the names in an expression: fields, parts of the record, functions.

#include <algorithm>
#include <array>
#include <utility>

#include "stages/lua/expression_parser.h"
#include "stages/lua/functions.h"

namespace weir::stages::lua {
namespace {

// A function of Lua has at most 200 locals, and arguments are among them.
constexpr std::size_t kMaxInputs = 150;

constexpr std::array<std::pair<std::string_view, Input::Kind>, 6> kRecordParts = {{
    {"text", Input::Kind::text},
    {"position", Input::Kind::position},
    {"line", Input::Kind::line},
    {"path", Input::Kind::path},
    {"origin", Input::Kind::origin},
    {"error", Input::Kind::error},
}};
constexpr std::array<std::pair<std::string_view, Input::Kind>, 4> kErrorParts = {{
    {"kind", Input::Kind::error_kind},
    {"message", Input::Kind::error_message},
    {"stage", Input::Kind::error_stage},
    {"attempts", Input::Kind::error_attempts},
}};

template <std::size_t N>
std::string names_of(const std::array<std::pair<std::string_view, Input::Kind>, N>& parts) {
  std::string text;
  for (const auto& [name, kind] : parts) {
    text += text.empty() ? "" : ", ";
    text += name;
  }
  return text;
}

}  // namespace

Node ExpressionParser::named() {
  const std::string_view name = token_.source;
  if (name == "null") {
    fail(token_.offset, "unknown value 'null'",
         "write 'nil'; whether there is a field, be it null, is has(NAME)");
  }
  if (name == "record") return record_part();
  if (name == "fields") return field(Input::Kind::exact);
  if (is_library(name)) return library();
  return field(Input::Kind::field);
}

Node ExpressionParser::field(Input::Kind kind) {
  const Token first = token_;
  advance();
  if (token_.is("(")) return call(std::string(first.source), first.offset);
  std::vector<std::string> steps;
  if (kind == Input::Kind::field) {
    steps.emplace_back(first.source);
  } else if (!read_step(steps)) {
    fail(token_.offset, "expected [\"name\"] behind 'fields', got " + shown());
  }
  while (read_step(steps)) {
  }
  Input found;
  if (steps.size() == 1) {
    found = {Input::Kind::exact, Field(steps[0]), "field '" + steps[0] + "'"};
  } else {
    std::string path;
    for (const std::string& step : steps) {
      if (step.empty() || step.find('.') != std::string::npos) {
        fail(first.offset, "a step of a path is empty or holds a '.'");
      }
      path += path.empty() ? step : "." + step;
    }
    found = {Input::Kind::field, Field(path), "field '" + path + "'"};
  }
  add_field(steps[0]);
  return input(std::move(found), first.offset);
}

void ExpressionParser::add_field(const std::string& name) {
  auto& fields = tree_->fields;
  if (std::find(fields.begin(), fields.end(), name) == fields.end()) fields.push_back(name);
}

/// Reads one more step of a path: `.name`, `.0`, `["name"]`. Returns false if there is none.
bool ExpressionParser::read_step(std::vector<std::string>& steps) {
  if (take(".")) {
    if (token_.kind != TokenKind::name) fail(token_.offset, "expected a name, got " + shown());
    steps.emplace_back(token_.source);
    advance();
    return true;
  }
  if (!token_.is("[")) return false;
  advance();
  if (token_.kind != TokenKind::text) {
    fail(token_.offset, "expected a name in quotes, got " + shown(),
         token_.kind == TokenKind::number ? "the first element of 'list' is 'list.0'" : "");
  }
  steps.push_back(token_.value);
  advance();
  expect("]");
  return true;
}

Node ExpressionParser::record_part() {
  const std::size_t offset = token_.offset;
  advance();
  if (!token_.is(".")) {
    fail(offset, "expected a '.' behind 'record', got " + shown(),
         "a field of that name is fields[\"record\"]");
  }
  advance();
  Input found;
  const auto choose = [&](const auto& parts, const char* whole) {
    for (const auto& [name, kind] : parts) {
      if (token_.kind == TokenKind::name && token_.source == name) {
        found = {kind, Field(), whole + ("." + std::string(name))};
        advance();
        return;
      }
    }
    fail(token_.offset, "unknown part " + shown() + " of '" + whole + "'",
         "it has " + names_of(parts));
  };
  choose(kRecordParts, "record");
  if (found.kind == Input::Kind::error && take(".")) choose(kErrorParts, "record.error");
  if (found.kind == Input::Kind::text) tree_->uses_text = true;
  if (found.kind == Input::Kind::line) tree_->uses_line = true;
  return input(std::move(found), offset);
}

Node ExpressionParser::library() {
  const Token first = token_;
  advance();
  if (!token_.is(".")) {
    Input found{Input::Kind::exact, Field(std::string(first.source)),
                "field '" + std::string(first.source) + "'"};
    add_field(found.field.name());
    return input(std::move(found), first.offset);
  }
  advance();
  const std::string name = std::string(first.source) + "." + std::string(token_.source);
  if (is_constant(name)) {
    Node node = leaf(Op::constant);
    node.text = name;
    return node;
  }
  if (!find_function(name)) {
    fail(first.offset, "unknown function '" + name + "'",
         "'" + std::string(first.source) + "' has " + function_names(first.source));
  }
  advance();
  if (!token_.is("(")) fail(token_.offset, "expected '(' behind '" + name + "', got " + shown());
  return call(name, first.offset);
}

Node ExpressionParser::call(std::string function, std::size_t offset) {
  const Function* const known = find_function(function);
  if (!known) {
    fail(offset, "unknown function '" + function + "'", "there are " + function_names(""));
  }
  if (function == "has") return has(offset);
  Node node;
  node.op = Op::call;
  node.offset = offset;
  node.text = std::move(function);
  read_arguments(node);
  check_count(node, *known, 0);
  return node;
}

/// Reads has(PATH), which looks at the field and not at its value.
Node ExpressionParser::has(std::size_t offset) {
  Node node;
  node.op = Op::call;
  node.offset = offset;
  node.text = "has";
  advance();
  const std::size_t place = token_.offset;
  const std::size_t known = tree_->inputs.size();
  if (!token_.is(")")) node.kids.push_back(expression(0));
  while (take(",")) node.kids.push_back(expression(0));
  expect(")");
  check_count(node, *find_function("has"), 0);
  const Node& kid = node.kids.front();
  const Input* const named = kid.op == Op::input ? &tree_->inputs[kid.input] : nullptr;
  if (!named || (named->kind != Input::Kind::field && named->kind != Input::Kind::exact)) {
    fail(place, "expected a field for 'has', got a value", "write it as has(name) or has(a.b)");
  }
  Input wanted{named->kind == Input::Kind::field ? Input::Kind::has_field : Input::Kind::has_exact,
               named->field, named->shown, false};
  if (known + 1 == tree_->inputs.size()) tree_->inputs.pop_back();  // Its value is not asked for.
  return input(std::move(wanted), offset);
}

/// Checks the number of arguments, `own` of which are no kids. One that is a call of Lua's may be
/// several values.
void ExpressionParser::check_count(const Node& node, const Function& function,
                                   std::size_t own) const {
  const std::size_t first = node.op == Op::method ? 1 : 0;
  const std::size_t count = node.kids.size() - first + own;
  const bool ours = node.op == Op::call && node.text.find('.') == std::string::npos;
  const bool open = !ours && node.kids.size() > first &&
                    (node.kids.back().op == Op::call || node.kids.back().op == Op::method);
  const bool few = count < static_cast<std::size_t>(function.least) && !open;
  if (!few && count <= static_cast<std::size_t>(function.most)) return;
  Function shown = function;  // Of a method, the text before it does not count.
  if (node.op == Op::method) {
    shown.least -= 1;
    if (shown.most != Function::kAny) shown.most -= 1;
  }
  fail(node.offset, "expected " + shown.arguments() + " for '" + node.text + "', got " +
                        std::to_string(node.kids.size() - first));
}

Node ExpressionParser::method(Node object) {
  advance();
  Node node;
  node.op = Op::method;
  node.offset = token_.offset;
  node.text = token_.source;
  const Function* const known =
      token_.kind == TokenKind::name ? find_text_method(node.text) : nullptr;
  if (!known) {
    fail(token_.offset, "unknown method " + shown(), "a text has " + function_names("string"));
  }
  advance();
  node.depth = object.depth + 1;
  node.kids.push_back(std::move(object));
  read_arguments(node);
  check_count(node, *known, 1);
  return node;
}

void ExpressionParser::read_arguments(Node& node) {
  expect("(");
  while (!token_.is(")")) {
    node.kids.push_back(expression(0));
    node.depth = std::max(node.depth, node.kids.back().depth + 1);
    if (!take(",")) break;
  }
  expect(")");
}

Node ExpressionParser::input(Input wanted, std::size_t offset) {
  auto& inputs = tree_->inputs;
  const auto same = [&](const Input& known) {
    return known.kind == wanted.kind && known.field.name() == wanted.field.name() &&
           known.nested == wanted.nested;
  };
  const auto found = std::find_if(inputs.begin(), inputs.end(), same);
  Node node;
  node.op = Op::input;
  node.offset = offset;
  node.input = static_cast<std::size_t>(found - inputs.begin());
  if (found == inputs.end()) inputs.push_back(std::move(wanted));
  if (inputs.size() > kMaxInputs) {
    fail(offset, "the expression names more than " + std::to_string(kMaxInputs) + " fields");
  }
  return node;
}

}  // namespace weir::stages::lua
