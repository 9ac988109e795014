#include "stages/core/window/sort_code.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace weir::stages::core {
namespace {

void append_ascending(std::uint64_t bits, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift);
}

/// Returns bits that sort as the doubles do.
std::uint64_t ascending(double real) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  if (real == 0) real = 0;  // Turns -0.0 into 0.0, which is equal to it.
  if (std::isnan(real)) real = std::nan("");
  const auto bits = std::bit_cast<std::uint64_t>(real);
  return (bits & kSign) ? ~bits : bits | kSign;
}

/// Appends the nearest double and an integer's distance from it. Rounding keeps the order, so
/// integers and reals are compared exactly.
void append_number(const Value& value, std::string& out) {
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
void append_bytes(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    out += c;
    if (c == '\0') out += '\xff';
  }
  out.append(2, '\0');
}

}  // namespace

void append_sort_code(const Value& value, std::string& out) {
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
      return append_number(value, out);
    case ValueType::text:
      out += '\4';
      return append_bytes(value.as_text(), out);
    case ValueType::json:
      out += '\5';
      return append_bytes(value.as_text(), out);
  }
}

bool sorts_before(const Value& one, const Value& other) {
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

}  // namespace weir::stages::core
