#include "stages/lua/time_text.h"

#include <chrono>

namespace weir::lua {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_[0]; }
  bool take(char c) {
    if (peek() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Exactly `digits` digits, a number of at most `max`.
  bool number(std::size_t digits, int max, int& out) {
    if (text_.size() < digits) return false;
    out = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      out = out * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return out <= max;
  }
  /// What stands behind the decimal point.
  bool fraction(double& out) {
    double scale = 0.1;
    int digits = 0;
    for (int digit = 0; number(1, 9, digit); scale /= 10, ++digits) out += digit * scale;
    return digits > 0;
  }

 private:
  std::string_view text_;
};

bool read_date(Reader& reader, double& seconds) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.number(4, 9999, year) || !reader.take('-') || !reader.number(2, 12, month) ||
      !reader.take('-') || !reader.number(2, 31, day)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  seconds = 86400.0 * static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
  return true;
}

bool read_clock(Reader& reader, double& seconds) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  double fraction = 0;
  if (!reader.number(2, 23, hour) || !reader.take(':') || !reader.number(2, 59, minute)) {
    return false;
  }
  if (reader.take(':')) {
    if (!reader.number(2, 60, second)) return false;  // 60: a leap second
    if ((reader.take('.') || reader.take(',')) && !reader.fraction(fraction)) return false;
  }
  seconds += hour * 3600 + minute * 60 + second + fraction;
  return true;
}

bool read_zone(Reader& reader, double& seconds) {
  if (reader.done() || reader.take('Z') || reader.take('z')) return true;
  const int sign = reader.take('-') ? -1 : reader.take('+') ? 1 : 0;
  int hours = 0;
  int minutes = 0;
  if (sign == 0 || !reader.number(2, 23, hours)) return false;
  reader.take(':');
  if (!reader.done() && !reader.number(2, 59, minutes)) return false;
  seconds -= sign * (hours * 3600 + minutes * 60);
  return true;
}

}  // namespace

bool read_time(std::string_view text, double& seconds) {
  Reader reader(text);
  seconds = 0;
  if (!read_date(reader, seconds)) return false;
  if (reader.done()) return true;
  if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return false;
  return read_clock(reader, seconds) && read_zone(reader, seconds) && reader.done();
}

}  // namespace weir::lua
