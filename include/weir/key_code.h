#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "weir/detail/number.h"
#include "weir/value.h"

namespace weir {

namespace detail {

template <class T>
void append_bytes(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Returns the number that `digits` write as significant digits and exponent, which are the same
/// for all notations of a number.
inline std::string exact_number(std::string_view digits) {
  std::string out;
  std::int64_t exponent = 0;
  bool fraction = false;
  std::size_t at = 0;
  for (; at < digits.size() && (digits[at] | 0x20) != 'e'; ++at) {
    if (digits[at] == '.') fraction = true;
    if (!is_digit(digits[at])) continue;
    if (fraction) --exponent;
    if (digits[at] != '0' || !out.empty()) out += digits[at];
  }
  if (at < digits.size()) {
    std::int64_t written = 0;
    if (digits[++at] == '+') ++at;
    std::from_chars(digits.data() + at, digits.data() + digits.size(), written);
    exponent += written;
  }
  if (out.empty()) return "0";
  for (; out.ends_with('0'); out.pop_back()) ++exponent;
  return (digits.starts_with('-') ? "-" : "") + out + 'e' + std::to_string(exponent);
}

/// Returns whether a written number has digits that its double does not distinguish from others.
inline bool is_beyond_double(const Value& value) {
  constexpr std::size_t kAlwaysHeld = 16;  // 15 digits and a point
  if (!value.has_bytes() || value.as_text().size() <= kAlwaysHeld) return false;
  char shortest[32];
  const char* end = std::to_chars(shortest, shortest + sizeof shortest, value.as_real()).ptr;
  const std::string_view written(shortest, static_cast<std::size_t>(end - shortest));
  return exact_number(value.as_text()) != exact_number(written);
}

/// Returns the integer for a real that is a whole number in int64's range, and one NaN for all of
/// them.
inline Value canonical(Value value) {
  if (value.type() != ValueType::real) return value;
  const double real = value.as_real();
  if (std::isnan(real)) return Value(std::nan(""));
  if (real >= -0x1p63 && real < 0x1p63 && std::trunc(real) == real) {
    return Value(static_cast<std::int64_t>(real));
  }
  return Value(real);
}

}  // namespace detail

/// Appends bytes that identify the value: two values, and two sequences of values, have the same
/// bytes only if they are equal. Numbers are compared by value (1 and 1.0 are equal), text and JSON
/// by their bytes.
inline void append_key(Value value, std::string& out) {
  std::string exact;
  if (value.type() == ValueType::real && detail::is_beyond_double(value)) {
    exact = detail::exact_number(value.as_text());
    value = Value::json(exact);
  }
  value = detail::canonical(value);
  out += static_cast<char>(value.type());
  switch (value.type()) {
    case ValueType::null:
      break;
    case ValueType::boolean:
      out += static_cast<char>(value.as_bool());
      break;
    case ValueType::integer:
      detail::append_bytes(value.as_integer(), out);
      break;
    case ValueType::real:
      detail::append_bytes(value.as_real(), out);
      break;
    case ValueType::text:
    case ValueType::json:
      detail::append_bytes(static_cast<std::uint32_t>(value.as_text().size()), out);
      out += value.as_text();
      break;
  }
}

}  // namespace weir
