#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "weir/value.h"

namespace weir {

namespace detail {

inline void append_ascending(std::uint64_t bits, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift);
}

/// Returns bits that sort as the doubles do.
inline std::uint64_t ascending(double real) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  if (real == 0) real = 0;  // Turns -0.0 into 0.0, which is equal to it.
  if (std::isnan(real)) real = std::nan("");
  const auto bits = std::bit_cast<std::uint64_t>(real);
  return (bits & kSign) ? ~bits : bits | kSign;
}

/// Appends the nearest double and an integer's distance from it. Rounding keeps the order, so
/// integers and reals are compared exactly.
inline void append_sorted_number(const Value& value, std::string& out) {
  const double real = value.as_real();
  std::int64_t rest = 0;
  if (value.type() == ValueType::integer) {
    rest = real < 0x1p63 ? value.as_integer() - static_cast<std::int64_t>(real)
                         : value.as_integer() - INT64_MAX - 1;
  }
  append_ascending(ascending(real), out);
  append_ascending(static_cast<std::uint64_t>(rest) ^ std::uint64_t{1} << 63, out);
}

/// Appends bytes such that no code is a prefix of another: a text ends with two zeros, and a zero
/// within it is followed by 255.
inline void append_sorted_bytes(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    out += c;
    if (c == '\0') out += '\xff';
  }
  out.append(2, '\0');
}

}  // namespace detail

/// Appends bytes that sort as the values do, also where the codes of several values follow one
/// another: null, false, true, numbers by value (integers exactly), text by its bytes, JSON by its
/// bytes. NaN sorts after all numbers. No code is the beginning of another.
inline void append_sort_code(const Value& value, std::string& out) {
  switch (value.type()) {
    case ValueType::null:
      out += '\0';
      return;
    case ValueType::boolean:
      out += value.as_bool() ? '\2' : '\1';
      return;
    case ValueType::integer:
    case ValueType::real:
      out += '\3';
      return detail::append_sorted_number(value, out);
    case ValueType::text:
      out += '\4';
      return detail::append_sorted_bytes(value.as_text(), out);
    case ValueType::json:
      out += '\5';
      return detail::append_sorted_bytes(value.as_text(), out);
  }
}

/// Returns whether `one` sorts before `other` in that order.
inline bool sorts_before(const Value& one, const Value& other) {
  if (one.type() == ValueType::integer && other.type() == ValueType::integer) {
    return one.as_integer() < other.as_integer();
  }
  if (one.type() == ValueType::real && other.type() == ValueType::real &&
      !std::isnan(one.as_real()) && !std::isnan(other.as_real())) {
    return one.as_real() < other.as_real();
  }
  std::string codes[2];
  append_sort_code(one, codes[0]);
  append_sort_code(other, codes[1]);
  return codes[0] < codes[1];
}

}  // namespace weir
