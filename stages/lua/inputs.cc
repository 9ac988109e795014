#include "stages/lua/inputs.h"

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

}  // namespace

Value read_input(const Input& input, const Record& record, std::string& made) {
  switch (input.kind) {
    case Input::Kind::exact:
      return record.get(std::string_view(input.field.name()));
    case Input::Kind::field:
      return record.get(input.field);
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
