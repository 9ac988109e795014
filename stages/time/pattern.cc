// The formats with `%`: which conversions there are, and what a format needs to be read.

#include "stages/time/pattern.h"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::stages::time {
namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";

/// What other programs write for something that is here, too.
constexpr std::pair<std::string_view, std::string_view> kForeign[] = {
    {"%R", "write '%H:%M'"},
    {"%D", "write '%m/%d/%y'"},
    {"%r", "write '%I:%M:%S %p'"},
    {"%h", "write '%b'"},
    {"%k", "write '%H'"},
    {"%l", "write '%I'"},
    {"%L", "milliseconds are '%3f'"},
    {"%N", "nanoseconds are '%9f'"},
    {"%E", "a fraction is '%f'"},
    {"%P", "write '%p'"},
    {"%c", "write all of it"},
    {"%x", "write all of it"},
    {"%X", "write '%T'"},
    {"%C", "a year is '%Y'"},
};

/// Returns the length of the conversion that begins with the `%` at the front.
std::size_t length_of_conversion(std::string_view format) {
  const bool counted = format.size() > 2 && format[1] >= '0' && format[1] <= '9';
  std::size_t length = std::min<std::size_t>(counted ? 3 : 2, format.size());
  // All of a character that is not ASCII.
  while (length < format.size() && (format[length] & 0xc0) == 0x80) ++length;
  return length;
}

}  // namespace

bool Pattern::compile(std::string_view format, bool write, TimeProblem& problem) {
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      add_literal(format[at++]);
      continue;
    }
    const std::string_view conversion = format.substr(at, length_of_conversion(format.substr(at)));
    if (!add(conversion, write)) {
      problem.offset = at;
      Pattern other;
      if (!write && other.add(conversion, true)) {
        problem.message = "a format that is read takes no " + in_quotes(conversion);
        return false;
      }
      problem.message = "unknown conversion " + in_quotes(conversion);
      for (const auto& [foreign, hint] : kForeign) {
        if (foreign == conversion) problem.hint = hint;
      }
      return false;
    }
    at += conversion.size();
  }
  has_year_ = has(Kind::year) || has(Kind::year_of_century) || has(Kind::epoch);
  return write || check_read(problem);
}

/// Adds a byte that stands for itself; blanks become one step.
void Pattern::add_literal(char c) {
  const bool blank = kBlanks.find(c) != kBlanks.npos;
  const Kind kind = blank ? Kind::blank : Kind::literal;
  if (steps_.empty() || steps_.back().kind != kind) steps_.push_back({kind, 0, {}});
  steps_.back().text += c;
}

bool Pattern::add(std::string_view conversion, bool write) {
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"%Y", Kind::year},
      {"%y", Kind::year_of_century},
      {"%m", Kind::month},
      {"%d", Kind::day},
      {"%e", Kind::blank_day},
      {"%H", Kind::hour},
      {"%I", Kind::half_hour},
      {"%M", Kind::minute},
      {"%S", Kind::second},
      {"%p", Kind::half},
      {"%b", Kind::short_month},
      {"%B", Kind::month_name},
      {"%a", Kind::short_day},
      {"%A", Kind::day_name},
      {"%z", Kind::offset},
      {"%Z", Kind::zone},
      {"%s", Kind::epoch},
      {"%f", Kind::fraction},
      {"%j", Kind::day_of_year},
      {"%U", Kind::week_from_sunday},
      {"%W", Kind::week_from_monday},
      {"%V", Kind::iso_week},
      {"%G", Kind::iso_year},
      {"%u", Kind::iso_day},
  };
  if (conversion == "%F") {
    return add("%Y", write) && (add_literal('-'), add("%m", write)) &&
           (add_literal('-'), add("%d", write));
  }
  if (conversion == "%T") {
    return add("%H", write) && (add_literal(':'), add("%M", write)) &&
           (add_literal(':'), add("%S", write));
  }
  if (conversion == "%n" || conversion == "%t" || conversion == "%%") {
    add_literal(conversion == "%n" ? '\n' : conversion == "%t" ? '\t' : '%');
    return true;
  }
  if (conversion == "%3f" || conversion == "%6f" || conversion == "%9f") {
    steps_.push_back({Kind::fraction, conversion[1] - '0', {}});
    return true;
  }
  for (const auto& [name, kind] : kKinds) {
    if (name != conversion || (!write && kind >= Kind::day_of_year)) continue;
    steps_.push_back({kind, 0, {}});
    return true;
  }
  return false;
}

bool Pattern::has(Kind kind) const {
  return std::any_of(steps_.begin(), steps_.end(),
                     [&](const Step& step) { return step.kind == kind; });
}

/// Returns whether the parts that are read make a time: a day at least, and no part of the clock
/// without the larger ones.
bool Pattern::check_read(TimeProblem& problem) const {
  const auto missing = [&](const char* what) {
    problem.message = "missing '" + std::string(what) + "'";
    return false;
  };
  const bool epoch = has(Kind::epoch);
  const bool month = has(Kind::month) || has(Kind::short_month) || has(Kind::month_name);
  const bool hour = has(Kind::hour) || has(Kind::half_hour);
  if (!epoch && !has(Kind::day) && !has(Kind::blank_day)) return missing("%d");
  if (!epoch && !month) return missing("%m");
  if (has(Kind::half_hour) && !has(Kind::half)) return missing("%p");
  if (has(Kind::half) && !has(Kind::half_hour)) return missing("%I");
  if (has(Kind::minute) && !hour) return missing("%H");
  if (has(Kind::second) && !has(Kind::minute)) return missing("%M");
  if (has(Kind::fraction) && !has(Kind::second) && !epoch) return missing("%S");
  return true;
}

}  // namespace weir::stages::time
