#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "weir/options.h"
#include "weir/value.h"

namespace weir {

/// What a stage that takes fields from text makes of one: its `types: { amount: number }`.
enum class FieldType : std::uint8_t { text, integer, number, boolean };
template <>
struct EnumNames<FieldType> {
  static constexpr std::string_view names[] = {"text", "integer", "number", "boolean"};
};

/// "a number", "an integer": for "expected X, got Y".
inline std::string with_article(FieldType type) {
  if (type == FieldType::text) return "text";
  std::string shown = type == FieldType::integer ? "an " : "a ";
  shown += EnumNames<FieldType>::names[static_cast<std::size_t>(type)];
  return shown;
}

/// Makes a value of `type` from `text`, all of it; false if it is none. Nothing is null, unless
/// text is asked for. `out` refers to `text`.
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
  std::int64_t integer = 0;
  if (whole(std::from_chars(text.data(), end, integer))) {
    out = Value(integer);
    return true;
  }
  if (type == FieldType::integer) return false;
  double number = 0;
  if (!whole(std::from_chars(text.data(), end, number)) || !std::isfinite(number)) return false;
  out = Value(number);
  return true;
}

/// "'abc'", clipped: a text in a message.
inline std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string shown(1, '\'');
  for (const char c : text.substr(0, kShown)) {
    shown += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  shown += text.size() > kShown ? "...'" : "'";
  return shown;
}

}  // namespace weir
