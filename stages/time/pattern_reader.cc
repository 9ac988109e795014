#include "stages/time/cursor.h"
#include "stages/time/names.h"
#include "stages/time/pattern.h"
#include "stages/time/readers.h"

namespace weir::stages::time {
namespace {

/// Reads a number of `least` to `most` digits from `low` to `high`.
bool number(Cursor& cursor, int least, int most, int low, int high, int& out) {
  out = cursor.number(least, most);
  return out >= low && out <= high;
}

/// Reads the name of a zone. Only those of UTC say an offset by themselves.
bool zone_name(Cursor& cursor, bool zoned, Parts& parts) {
  std::string name;
  const auto belongs = [](char c) {
    return Cursor::is_letter(c) || Cursor::is_digit(c) || c == '+' || c == '-' || c == ':';
  };
  while (name.size() < 10 && belongs(cursor.peek())) {
    name += cursor.peek();
    cursor.take(cursor.peek());
  }
  if (name == "UTC" || name == "GMT" || name == "Z") {
    if (!parts.offset) parts.offset = 0;
    return true;
  }
  return zoned && !name.empty();
}

bool epoch(Cursor& cursor, Parts& parts) {
  const bool negative = cursor.take('-');
  std::int64_t seconds = 0;
  int digits = 0;
  while (digits < 13 && Cursor::is_digit(cursor.peek())) {
    seconds = seconds * 10 + cursor.number(1, 1);
    ++digits;
  }
  parts.epoch = negative ? -seconds : seconds;
  return digits > 0;
}

/// Reads AM or PM.
bool half_of_day(Cursor& cursor, int& half) {
  char letters[2];
  if (cursor.letters(letters, 2) != 2 || letters[1] != 'm') return false;
  half = letters[0] == 'p' ? 1 : 0;
  return letters[0] == 'p' || letters[0] == 'a';
}

}  // namespace

bool Pattern::read(std::string_view text, bool zoned, Parts& out) const {
  Cursor cursor(text);
  int half = -1;
  for (const Step& step : steps_) {
    if (!read_step(step, zoned, cursor, out, half)) return false;
  }
  if (half >= 0) out.hour = out.hour % 12 + 12 * half;
  return cursor.done();
}

bool Pattern::read_step(const Step& step, bool zoned, Cursor& cursor, Parts& parts, int& half) {
  switch (step.kind) {
    case Kind::literal:
      return cursor.take(step.text);
    case Kind::blank:
      cursor.blanks();
      return true;
    case Kind::year:
      return number(cursor, 4, 4, 1, 9999, parts.year);
    case Kind::year_of_century:
      if (!number(cursor, 2, 2, 0, 99, parts.year)) return false;
      parts.year += parts.year >= 69 ? 1900 : 2000;
      return true;
    case Kind::month:
      return number(cursor, 1, 2, 1, 12, parts.month);
    case Kind::blank_day:
      cursor.blanks();
      [[fallthrough]];
    case Kind::day:
      return number(cursor, 1, 2, 1, 31, parts.day);
    case Kind::hour:
      return number(cursor, 1, 2, 0, 23, parts.hour);
    case Kind::half_hour:
      return number(cursor, 1, 2, 1, 12, parts.hour);
    case Kind::minute:
      return number(cursor, 1, 2, 0, 59, parts.minute);
    case Kind::second:
      return number(cursor, 1, 2, 0, 60, parts.second);
    case Kind::half:
      return half_of_day(cursor, half);
    case Kind::month_name:
    case Kind::short_month:
      parts.month = read_name(cursor, kMonths) + 1;
      return parts.month > 0;
    case Kind::day_name:
    case Kind::short_day:
      return read_name(cursor, kDays) >= 0;
    case Kind::offset:
      return read_offset(cursor, parts);
    case Kind::zone:
      return zone_name(cursor, zoned, parts);
    case Kind::epoch:
      return epoch(cursor, parts);
    case Kind::fraction:
      parts.nanoseconds =
          cursor.fraction(step.digits ? step.digits : 1, step.digits ? step.digits : 9);
      return parts.nanoseconds >= 0;
    default:
      return false;
  }
}

}  // namespace weir::stages::time
