#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "weir/value.h"

namespace weir {

namespace detail {

template <class T>
void append_bytes(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// A real that is a whole number in int64's range is that integer, and there is one NaN.
inline Value canonical(Value value) {
  if (value.type() != ValueType::real) return value;
  const double real = value.as_real();
  if (std::isnan(real)) return Value(std::nan(""));
  if (real >= -0x1p63 && real < 0x1p63 && std::trunc(real) == real) {
    return Value(static_cast<std::int64_t>(real));
  }
  return value;
}

}  // namespace detail

/// Appends bytes that say which value it is: equal for equal values only, also for several values
/// one behind the other. Numbers are compared by value (1 and 1.0 are equal), text and JSON by
/// their bytes.
inline void append_key(Value value, std::string& out) {
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
