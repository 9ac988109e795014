#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "weir/value.h"

namespace weir::detail {

constexpr bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

constexpr const char* skip_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) ++at;
  return at;
}

/// Reads a number with a fraction or an exponent; `at` is the first character after its integer
/// part.
inline bool read_fraction(std::string_view token, const char* at, Value& out) {
  const char* end = token.data() + token.size();
  if (*at == '.') {
    const char* fraction = at + 1;
    at = skip_digits(fraction, end);
    if (at == fraction) return false;
  }
  // A double ends at 1.8e308 and begins at 4.9e-324, so that only long numbers and large exponents
  // have to be converted to know whether a double holds them.
  bool fits = token.size() <= 200;
  if (at != end && (*at | 0x20) == 'e') {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* exponent = at;
    at = skip_digits(exponent, end);
    if (at == exponent) return false;
    fits = fits && at - exponent <= 2;
  }
  if (at != end) return false;
  double value = 0;
  fits = fits || std::from_chars(token.data(), end, value).ec == std::errc();
  out = fits ? Value::written(token) : Value::json(token);
  return true;
}

/// Returns whether all of `token` is a number in JSON's notation, and stores its value in `out`. A
/// number that is no 64-bit integer keeps its digits, as a view of `token`: as a real, or as
/// Value::json if it is a larger integer or no finite double can hold it.
inline bool read_number(std::string_view token, Value& out) {
  const char* at = token.data();
  const char* end = at + token.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* first = at;
  std::uint64_t value = 0;
  for (; at != end && is_digit(*at); ++at) value = value * 10 + static_cast<unsigned>(*at - '0');
  const auto digits = at - first;
  if (digits == 0 || (digits > 1 && *first == '0')) return false;
  if (at != end) return read_fraction(token, at, out);
  if (negative && value == 0 && digits == 1) {  // An integer would drop the sign.
    out = Value::written(token);
    return true;
  }
  if (digits <= 18) {
    const auto integer = static_cast<std::int64_t>(value);
    out = Value(negative ? -integer : integer);
    return true;
  }
  std::int64_t integer = 0;
  const bool fits = std::from_chars(token.data(), end, integer).ec == std::errc();
  out = fits ? Value(integer) : Value::json(token);
  return true;
}

}  // namespace weir::detail
