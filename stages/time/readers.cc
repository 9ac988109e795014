#include "stages/time/readers.h"

#include <cmath>

#include "stages/time/names.h"
#include "weir/event_time.h"

namespace weir::stages::time {
namespace {

/// Reads the three letters of a month.
bool short_month(Cursor& cursor, int& month) {
  char letters[3];
  if (cursor.letters(letters, 3) != 3) return false;
  month = month_of(three_of(letters));
  return month != 0;
}

/// Reads 23:59:59.
bool clock(Cursor& cursor, Parts& parts) {
  parts.hour = cursor.two();
  if (parts.hour < 0 || parts.hour > 23 || !cursor.take(':')) return false;
  parts.minute = cursor.two();
  if (parts.minute < 0 || parts.minute > 59 || !cursor.take(':')) return false;
  parts.second = cursor.two();
  return parts.second >= 0 && parts.second <= 60;
}

/// Passes over blanks and comments in brackets, which nest; false if one is not closed.
bool blanks_and_comments(Cursor& cursor) {
  int depth = 0;
  for (;;) {
    if (depth == 0) cursor.blanks();
    if (cursor.take('(')) {
      ++depth;
    } else if (depth == 0) {
      return true;
    } else if (cursor.done()) {
      return false;
    } else if (cursor.take(')')) {
      --depth;
    } else {
      cursor.take('\\');
      cursor.take(cursor.peek());
    }
  }
}

/// Reads a zone by its letters: GMT, EST, and the military ones, which say nothing.
bool zone_letters(Cursor& cursor, Parts& parts) {
  constexpr std::pair<std::string_view, int> kZones[] = {
      {"gmt", 0},  {"ut", 0},   {"utc", 0},  {"est", -5}, {"edt", -4}, {"cst", -6},
      {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}};
  char letters[4];
  const int count = cursor.letters(letters, 4);
  const std::string_view name(letters, static_cast<std::size_t>(count));
  if (count == 1 && name != "j") {
    parts.offset = 0;
    return true;
  }
  for (const auto& [known, hours] : kZones) {
    if (known != name) continue;
    parts.offset = hours * 3600;
    return true;
  }
  return false;
}

/// Reads a year of four digits, or of two or three as RFC 2822 has it.
bool mail_year(Cursor& cursor, int& year) {
  const std::size_t before = cursor.left();
  year = cursor.number(2, 4);
  const std::size_t digits = before - cursor.left();
  if (digits == 2 && year >= 0) year += year < 50 ? 2000 : 1900;
  if (digits == 3) year += 1900;
  return year > 0;
}

bool read_decimal(std::string_view text, std::int64_t scale, Instant& out) {
  Cursor cursor(text);
  const bool negative = cursor.take('-');
  if (!negative) cursor.take('+');
  constexpr int kMostDigits = 18;
  std::int64_t whole = 0;
  int digits = 0;
  for (; Cursor::is_digit(cursor.peek()); ++digits) {
    if (digits == kMostDigits + 1) return false;
    const int digit = cursor.number(1, 1);
    if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, digit, &whole)) {
      return false;
    }
  }
  std::int64_t part = 0;  // Nanoseconds of one unit.
  if (digits > 0 && (cursor.take('.') || cursor.take(','))) {
    part = cursor.fraction(1, 9);
    cursor.skip_digits();
  }
  if (digits == 0 || part < 0 || !cursor.done()) return false;
  const std::int64_t unit = 1'000'000'000 / scale;
  std::int64_t seconds = whole / scale;
  std::int64_t nanoseconds = whole % scale * unit + part / scale;
  if (negative) {
    seconds = -seconds - (nanoseconds > 0 ? 1 : 0);
    nanoseconds = nanoseconds > 0 ? 1'000'000'000 - nanoseconds : 0;
  }
  out = {seconds, static_cast<std::int32_t>(nanoseconds)};
  return out.in_range();
}

}  // namespace

bool read_offset(Cursor& cursor, Parts& parts) {
  if (cursor.take('Z') || cursor.take('z')) {
    parts.offset = 0;
    return true;
  }
  const int sign = cursor.take('-') ? -1 : cursor.take('+') ? 1 : 0;
  if (sign == 0) return false;
  const int hours = cursor.two();
  if (hours < 0 || hours > 23) return false;
  int minutes = 0;
  const bool colon = cursor.take(':');
  if (colon || Cursor::is_digit(cursor.peek())) minutes = cursor.two();
  if (minutes < 0 || minutes > 59) return false;
  parts.offset = sign * (hours * 3600 + minutes * 60);
  return true;
}

bool read_syslog(std::string_view text, Parts& out) {
  Cursor cursor(text);
  if (!short_month(cursor, out.month)) return false;
  if (cursor.peek() != ' ') return false;
  cursor.blanks();
  out.day = cursor.number(1, 2);
  if (out.day < 1 || out.day > 31 || cursor.peek() != ' ') return false;
  cursor.blanks();
  if (!clock(cursor, out)) return false;
  if (cursor.take('.') || cursor.take(',')) {
    out.nanoseconds = cursor.fraction(1, 9);
    if (out.nanoseconds < 0) return false;
  }
  return cursor.done();
}

bool read_common_log(std::string_view text, Parts& out) {
  Cursor cursor(text);
  out.day = cursor.number(1, 2);
  if (out.day < 1 || out.day > 31 || !cursor.take('/')) return false;
  if (!short_month(cursor, out.month) || !cursor.take('/')) return false;
  out.year = cursor.number(4, 4);
  if (out.year < 1 || !cursor.take(':') || !clock(cursor, out)) return false;
  cursor.blanks();
  return read_offset(cursor, out) && cursor.done();
}

bool read_rfc2822(std::string_view text, Parts& out) {
  Cursor cursor(text);
  if (!blanks_and_comments(cursor)) return false;
  if (Cursor::is_letter(cursor.peek())) {
    if (read_name(cursor, kDays) < 0 || !blanks_and_comments(cursor)) return false;
    cursor.take(',');
    if (!blanks_and_comments(cursor)) return false;
  }
  out.day = cursor.number(1, 2);
  if (out.day < 1 || out.day > 31 || !blanks_and_comments(cursor)) return false;
  if (!short_month(cursor, out.month) || !blanks_and_comments(cursor)) return false;
  if (!mail_year(cursor, out.year) || !blanks_and_comments(cursor)) return false;
  out.hour = cursor.two();
  if (out.hour < 0 || out.hour > 23 || !cursor.take(':')) return false;
  out.minute = cursor.two();
  if (out.minute < 0 || out.minute > 59) return false;
  if (cursor.take(':')) {
    out.second = cursor.two();
    if (out.second < 0 || out.second > 60) return false;
  }
  if (!blanks_and_comments(cursor)) return false;
  if (Cursor::is_letter(cursor.peek())) {
    if (!zone_letters(cursor, out)) return false;
  } else if (!cursor.done() && !read_offset(cursor, out)) {
    return false;
  }
  return blanks_and_comments(cursor) && cursor.done();
}

bool read_unix(const Value& value, std::int64_t scale, Instant& out) {
  switch (value.type()) {
    case ValueType::integer: {
      const std::int64_t whole = value.as_integer();
      // `seconds * scale` may be no int64, at its lower end.
      const std::int64_t rest = (whole % scale + scale) % scale;
      out = {floor_of(whole, scale), static_cast<std::int32_t>(rest * (1'000'000'000 / scale))};
      return out.in_range();
    }
    case ValueType::real:
      return detail::instant_of(value.as_real() / static_cast<double>(scale), out);
    case ValueType::text:
      return read_decimal(value.as_text(), scale, out);
    default:
      return false;
  }
}

}  // namespace weir::stages::time
