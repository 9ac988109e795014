#include "stages/json/scalar.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace weir {
namespace {

constexpr bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Past the digits at `at`.
const char* skip_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) ++at;
  return at;
}

/// A number with a fraction or an exponent, or one of very many digits; `digits` is what follows
/// the integer part.
bool read_real(std::string_view token, const char* digits, Value& out) {
  const char* at = digits;
  const char* end = token.data() + token.size();
  if (at != end && *at == '.') {
    const char* fraction = at + 1;
    at = skip_digits(fraction, end);
    if (at == fraction) return false;
  }
  if (at != end && (*at | 0x20) == 'e') {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* exponent = at;
    at = skip_digits(exponent, end);
    if (at == exponent) return false;
  }
  if (at != end) return false;
  double value = 0;
  const bool fits = std::from_chars(token.data(), end, value).ec == std::errc();
  out = fits ? Value(value) : Value::json(token);
  return true;
}

/// The four hex digits at `at`, or a number above 0xffff.
std::uint32_t read_hex4(const char* at, const char* end) {
  if (end - at < 4) return 0x10000;
  std::uint32_t value = 0;
  const auto [stop, code] = std::from_chars(at, at + 4, value, 16);
  return code == std::errc() && stop == at + 4 ? value : 0x10000;
}

char* write_utf8(std::uint32_t code, char* out) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
    return out;
  }
  if (code < 0x800) {
    *out++ = static_cast<char>(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      *out++ = static_cast<char>(0xe0 | code >> 12);
    } else {
      *out++ = static_cast<char>(0xf0 | code >> 18);
      *out++ = static_cast<char>(0x80 | (code >> 12 & 0x3f));
    }
    *out++ = static_cast<char>(0x80 | (code >> 6 & 0x3f));
  }
  *out++ = static_cast<char>(0x80 | (code & 0x3f));
  return out;
}

/// The code point of the `\u` escape whose digits begin at `at`, which moves past it and past the
/// second half of a surrogate pair; above 0x10ffff if there is none.
std::uint32_t read_unicode(const char*& at, const char* end) {
  constexpr std::uint32_t kNone = 0x110000;
  const std::uint32_t first = read_hex4(at, end);
  if (first > 0xffff || (first & 0xfc00) == 0xdc00) return kNone;
  at += 4;
  if ((first & 0xfc00) != 0xd800) return first;
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return kNone;
  const std::uint32_t second = read_hex4(at + 2, end);
  if (second > 0xffff || (second & 0xfc00) != 0xdc00) return kNone;
  at += 6;
  return 0x10000 + ((first & 0x3ff) << 10 | (second & 0x3ff));
}

/// What a one-letter escape stands for; NUL if it is none.
constexpr char plain_escape(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '/':
      return '/';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

}  // namespace

bool read_json_number(std::string_view token, Value& out) {
  const char* at = token.data();
  const char* end = at + token.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* first = at;
  std::uint64_t value = 0;
  for (; at != end && is_digit(*at); ++at) value = value * 10 + static_cast<unsigned>(*at - '0');
  const auto digits = at - first;
  if (digits == 0 || (digits > 1 && *first == '0')) return false;
  if (at != end) return read_real(token, at, out);
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

bool read_json_atom(std::string_view token, Value& out) {
  if (token == "true") {
    out = Value(true);
  } else if (token == "false") {
    out = Value(false);
  } else if (token == "null") {
    out = Value();
  } else {
    return false;
  }
  return true;
}

char* unescape_json(std::string_view escaped, char* out, std::size_t& bad) {
  const char* at = escaped.data();
  const char* end = at + escaped.size();
  while (at != end) {
    const auto* slash = static_cast<const char*>(std::memchr(at, '\\', end - at));
    const char* stop = slash ? slash : end;
    std::memmove(out, at, static_cast<std::size_t>(stop - at));
    out += stop - at;
    if (!slash) break;
    bad = static_cast<std::size_t>(slash - escaped.data());
    at = slash + 2;
    if (at > end) return nullptr;
    if (slash[1] == 'u') {
      const std::uint32_t code = read_unicode(at, end);
      if (code > 0x10ffff) return nullptr;
      out = write_utf8(code, out);
    } else if (const char c = plain_escape(slash[1])) {
      *out++ = c;
    } else {
      return nullptr;
    }
  }
  return out;
}

}  // namespace weir
