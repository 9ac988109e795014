#pragma once

#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

#include "weir/detail/json_line.h"
#include "weir/record.h"
#include "weir/value.h"

namespace weir {

namespace detail {

constexpr std::size_t kLongestNumber = 32;

inline char* write_bytes(std::string_view bytes, char* out) {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

/// Writes 100000 and not 1e+05: an exponent only if the digits would not fit.
inline char* write_real(double real, char* out) {
  const double size = std::fabs(real);
  const bool plain = size == 0 || (size >= 1e-5 && size < 1e17);
  return plain ? std::to_chars(out, out + kLongestNumber, real, std::chars_format::fixed).ptr
               : std::to_chars(out, out + kLongestNumber, real).ptr;
}

}  // namespace detail

// A value as text, as templates write it: null is empty, numbers are plain or as they were written,
// nested values take one line.

/// Returns an upper bound on the bytes that `write_text` writes.
inline std::size_t longest_text(const Value& value) {
  if (value.has_bytes()) return value.as_text().size();
  switch (value.type()) {
    case ValueType::null:
      return 0;
    case ValueType::boolean:
      return 5;
    default:
      return detail::kLongestNumber;
  }
}

/// Writes the value to `out` and returns the end.
inline char* write_text(const Value& value, char* out) {
  switch (value.type()) {
    case ValueType::null:
      return out;
    case ValueType::boolean:
      return detail::write_bytes(value.as_bool() ? "true" : "false", out);
    case ValueType::integer:
      return std::to_chars(out, out + detail::kLongestNumber, value.as_integer()).ptr;
    case ValueType::real:
      if (!value.has_bytes()) return detail::write_real(value.as_real(), out);
      break;
    case ValueType::json:
      if (!detail::has_line_break(value.as_text())) break;
      return detail::write_json_line(value.as_text(), out);
    case ValueType::text:
      break;
  }
  return detail::write_bytes(value.as_text(), out);
}

/// Returns the value as text: its own bytes, or bytes that are made in the record's batch.
inline std::string_view text_in(Record& record, const Value& value) {
  if (value.has_bytes()) return value.as_text();
  if (value.is_null()) return {};
  char* made = record.allocate(detail::kLongestNumber);
  char* end = write_text(value, made);
  record.trim(end);
  return {made, static_cast<std::size_t>(end - made)};
}

inline void append_text(std::string& text, const Value& value) {
  const std::size_t size = text.size();
  text.resize(size + longest_text(value));
  const char* end = write_text(value, text.data() + size);
  text.resize(static_cast<std::size_t>(end - text.data()));
}

}  // namespace weir
