#include <charconv>
#include <cstdlib>

#include "stages/time/civil.h"
#include "stages/time/names.h"
#include "stages/time/pattern.h"

namespace weir::stages::time {
namespace {

void append_digits(std::string& out, std::int64_t number, int digits) {
  char text[16];
  out.append(text, detail::write_digits(text, number, digits));
}

void append_integer(std::string& out, std::int64_t number) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void append_offset(std::string& out, int offset) {
  out += offset < 0 ? '-' : '+';
  const int minutes = std::abs(offset) / 60;
  append_digits(out, minutes / 60, 2);
  append_digits(out, minutes % 60, 2);
}

/// A year and a week of it, as ISO 8601 counts them: the week of a Thursday.
struct Week {
  int year;
  int week;
};
Week iso_week(std::int64_t days) {
  const std::int64_t thursday = days - (weekday_of(days) + 6) % 7 + 3;
  const int year = day_of(thursday).year;
  return {year, static_cast<int>(thursday - days_of({year, 1, 1})) / 7 + 1};
}

}  // namespace

/// A time taken apart.
struct Pattern::Written {
  const Instant& time;
  Local local;
  std::int64_t days;
  std::int64_t second;  ///< Of the day.
  Day date;
};

void Pattern::write(const Instant& time, const Zone& zone, std::string& out) const {
  const Local local = zone.local_of(time.seconds);
  const std::int64_t days = floor_of(local.seconds, 86'400);
  const Written written{time, local, days, local.seconds - days * 86'400, day_of(days)};
  for (const Step& step : steps_) write_step(step, written, out);
}

void Pattern::write_step(const Step& step, const Written& time, std::string& out) {
  const int hour = static_cast<int>(time.second / 3600);
  switch (step.kind) {
    case Kind::literal:
    case Kind::blank:
      out += step.text;
      return;
    case Kind::hour:
      return append_digits(out, hour, 2);
    case Kind::half_hour:
      return append_digits(out, (hour + 11) % 12 + 1, 2);
    case Kind::minute:
      return append_digits(out, time.second / 60 % 60, 2);
    case Kind::second:
      return append_digits(out, time.second % 60, 2);
    case Kind::half:
      out += hour < 12 ? "AM" : "PM";
      return;
    case Kind::offset:
      return append_offset(out, time.local.offset);
    case Kind::zone:
      out += time.local.abbreviation;
      return;
    case Kind::epoch:
      return append_integer(out, time.time.seconds);
    case Kind::fraction: {
      char text[9];
      char* end = detail::write_fraction(text, time.time.nanoseconds);
      if (step.digits != 0) {
        detail::write_digits(text, time.time.nanoseconds, 9);
        end = text + step.digits;
      }
      out.append(text, end);
      return;
    }
    default:
      return write_date(step, time, out);
  }
}

void Pattern::write_date(const Step& step, const Written& time, std::string& out) {
  const int weekday = weekday_of(time.days);
  const auto of_year = static_cast<int>(time.days - days_of({time.date.year, 1, 1}));
  switch (step.kind) {
    case Kind::year:
      return append_digits(out, time.date.year, 4);
    case Kind::year_of_century:
      return append_digits(out, time.date.year % 100, 2);
    case Kind::month:
      return append_digits(out, time.date.month, 2);
    case Kind::day:
      return append_digits(out, time.date.day, 2);
    case Kind::blank_day:
      if (time.date.day < 10) out += ' ';
      return append_integer(out, time.date.day);
    case Kind::month_name:
      out += kMonths[time.date.month - 1];
      return;
    case Kind::short_month:
      out += kMonths[time.date.month - 1].substr(0, 3);
      return;
    case Kind::day_name:
      out += kDays[weekday];
      return;
    case Kind::short_day:
      out += kDays[weekday].substr(0, 3);
      return;
    case Kind::day_of_year:
      return append_digits(out, of_year + 1, 3);
    case Kind::week_from_sunday:
      return append_digits(out, (of_year + 7 - weekday) / 7, 2);
    case Kind::week_from_monday:
      return append_digits(out, (of_year + 7 - (weekday + 6) % 7) / 7, 2);
    case Kind::iso_week:
      return append_digits(out, iso_week(time.days).week, 2);
    case Kind::iso_year:
      return append_digits(out, iso_week(time.days).year, 4);
    case Kind::iso_day:
      return append_integer(out, weekday == 0 ? 7 : weekday);
    default:
      return;
  }
}

}  // namespace weir::stages::time
