#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "weir/detail/number.h"
#include "weir/in_quotes.h"
#include "weir/options.h"
#include "weir/value.h"

namespace weir {

/// The type that a stage gives a field that it takes from text, as in `types: { amount: number }`.
enum class FieldType : std::uint8_t { text, integer, number, boolean };
template <>
struct EnumNames<FieldType> {
  static constexpr std::string_view names[] = {"text", "integer", "number", "boolean"};
};

/// Returns the type with its article ("a number", "an integer"), for "expected X, got Y".
inline std::string with_article(FieldType type) {
  if (type == FieldType::text) return "text";
  std::string shown = type == FieldType::integer ? "an " : "a ";
  shown += EnumNames<FieldType>::names[static_cast<std::size_t>(type)];
  return shown;
}

/// Returns "expected a number, got 'x'", of a text that `read_as` refuses.
inline std::string mistyped(FieldType type, std::string_view text) {
  return "expected " + with_article(type) + ", got " + in_quotes(text);
}

/// Makes a value of `type` from all of `text`; returns false if it is none. An empty text is null,
/// unless `type` is text. `out` refers to `text`, also for a number that is no integer: it is
/// written as it was read.
inline bool read_as(FieldType type, std::string_view text, Value& out) {
  if (type == FieldType::text) {
    out = Value(text);
    return true;
  }
  out = Value();
  if (text.empty()) return true;
  const char* end = text.data() + text.size();
  const auto whole = [end](std::from_chars_result result) {
    return result.ec == std::errc() && result.ptr == end;
  };
  if (type == FieldType::boolean) {
    out = Value(text == "true");
    return text == "true" || text == "false";
  }
  if (type == FieldType::number && detail::read_number(text, out) && out.type() != ValueType::json)
    return true;
  const bool json = out.type() == ValueType::json;
  std::int64_t integer = 0;
  if (whole(std::from_chars(text.data(), end, integer))) {
    out = Value(integer);
    return true;
  }
  if (type == FieldType::integer) return false;
  double number = 0;
  if (!whole(std::from_chars(text.data(), end, number)) || !std::isfinite(number)) return false;
  out = json ? Value::written(text) : Value(number);  // .5 and 007.5 are not JSON
  return true;
}

}  // namespace weir
