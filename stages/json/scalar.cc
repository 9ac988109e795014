#include "stages/json/scalar.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "weir/detail/number.h"
#include "weir/detail/utf8.h"

namespace weir::stages::json {
namespace {

/// Returns the number that the four hex digits at `at` stand for; above 0xffff if they are none.
std::uint32_t read_hex4(const char* at, const char* end) {
  if (end - at < 4) return 0x10000;
  std::uint32_t value = 0;
  const auto [stop, code] = std::from_chars(at, at + 4, value, 16);
  return code == std::errc() && stop == at + 4 ? value : 0x10000;
}

/// Returns the code point of the `\u` escape whose digits begin at `at`; above 0x10ffff if there is
/// none. Advances `at` past it and past the second half of a surrogate pair.
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

/// Returns what a one-letter escape stands for; NUL if it is none.
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
  return detail::read_number(token, out);
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
      out = detail::write_utf8(code, out);
    } else if (const char c = plain_escape(slash[1])) {
      *out++ = c;
    } else {
      return nullptr;
    }
  }
  return out;
}

}  // namespace weir::stages::json
