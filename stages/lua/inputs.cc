#include "stages/lua/inputs.h"

#include <span>
#include <vector>

#include "stages/builtin.h"
#include "weir/error.h"

namespace weir::stages::lua {
namespace {

Value read_error(Input::Kind kind, const RecordError& error) {
  if (error.kind.empty()) return {};
  switch (kind) {
    case Input::Kind::error_kind:
      return Value(error.kind);
    case Input::Kind::error_stage:
      return Value(error.stage);
    case Input::Kind::error_attempts:
      return Value(error.attempts);
    default:
      return Value(error.message);
  }
}

std::string_view shown_type(const Value& value) {
  if (value.is_number()) return "a number";
  return value.type() == ValueType::boolean ? "a boolean" : "text";
}

/// Returns the value at the first `count` steps of a path.
Value value_at(const Record& record, const std::vector<std::string>& steps, std::size_t count) {
  const Value top = record.get(std::string_view(steps.front()));
  if (count == 1 || top.type() != ValueType::json) return top;
  return record.host().json_at(top.as_text(), std::span(steps).subspan(1, count - 1),
                               record.arena());
}

/// Throws Error if the path, at which there is nothing, leads into what has no members.
void check_path(const Field& field, const Record& record) {
  const auto& steps = field.steps();
  if (steps.empty() || record.has(field.name())) return;
  std::string path = steps.front();
  for (std::size_t count = 1; count < steps.size(); ++count) {
    const Value part = value_at(record, steps, count);
    if (part.is_null()) return;
    const std::string outer = path;
    path += "." + steps[count];
    if (part.type() == ValueType::json) continue;
    std::string message = "expected nested JSON for '" + path + "', got ";
    message += shown_type(part);
    if (count == 1 && part.type() == ValueType::text) {
      message += ": 'json.parse: { field: " + outer + " }' makes it nested";
    }
    throw Error("expression", message, false);
  }
}

bool has(const Input& input, const Record& record) {
  if (record.has(input.field.name())) return true;
  const auto& steps = input.field.steps();
  if (input.kind == Input::Kind::has_exact || steps.empty()) return false;
  const Value top = record.get(std::string_view(steps.front()));
  return top.type() == ValueType::json &&
         json_has(top.as_text(), std::span(steps).subspan(1), record.arena());
}

}  // namespace

Value read_input(const Input& input, const Record& record, std::string& made) {
  switch (input.kind) {
    case Input::Kind::exact:
      return record.get(std::string_view(input.field.name()));
    case Input::Kind::field: {
      const Value value = record.get(input.field);
      if (value.is_null()) check_path(input.field, record);
      return value;
    }
    case Input::Kind::has_field:
    case Input::Kind::has_exact:
      return Value(has(input, record));
    case Input::Kind::text:
      return Value(record.text());
    case Input::Kind::position:
      return Value(static_cast<std::int64_t>(record.origin().position));
    case Input::Kind::line:
      return record.line() == 0 ? Value() : Value(static_cast<std::int64_t>(record.line()));
    case Input::Kind::path:
      return Value(std::string_view(record.part().name));
    case Input::Kind::origin:
      made = record.part().name + ":" + std::to_string(record.origin().position);
      return Value(std::string_view(made));
    default:
      return read_error(input.kind, record.error());
  }
}

}  // namespace weir::stages::lua
