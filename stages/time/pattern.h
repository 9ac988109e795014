#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stages/time/parts.h"
#include "stages/time/zone.h"
#include "weir/time_format.h"

namespace weir::stages::time {

/// A format with `%`, compiled into steps.
class Pattern {
 public:
  /// Compiles `format`; returns false and fills `problem` if it cannot be read, or, with `write`,
  /// written.
  bool compile(std::string_view format, bool write, TimeProblem& problem);

  /// Reads all of `text`. `zoned`: a zone was named, so the letters of %Z may be any.
  bool read(std::string_view text, bool zoned, Parts& out) const;
  void write(const Instant& time, const Zone& zone, std::string& out) const;

  bool has_year() const { return has_year_; }

 private:
  enum class Kind : std::uint8_t {
    literal,
    blank,
    year,
    year_of_century,
    month,
    day,
    blank_day,
    hour,
    half_hour,
    minute,
    second,
    half,
    month_name,
    short_month,
    day_name,
    short_day,
    offset,
    zone,
    epoch,
    fraction,
    day_of_year,
    week_from_sunday,
    week_from_monday,
    iso_week,
    iso_year,
    iso_day,
  };
  struct Step {
    Kind kind = Kind::literal;
    int digits = 0;  ///< Of a fraction; 0: as many as there are.
    std::string text;
  };
  struct Written;

  bool add(std::string_view conversion, bool write);
  void add_literal(char c);
  bool check_read(TimeProblem& problem) const;
  bool has(Kind kind) const;
  static bool read_step(const Step& step, bool zoned, class Cursor& cursor, Parts& parts,
                        int& half);
  static void write_step(const Step& step, const Written& time, std::string& out);
  static void write_date(const Step& step, const Written& time, std::string& out);

  std::vector<Step> steps_;
  bool has_year_ = false;
};

}  // namespace weir::stages::time
