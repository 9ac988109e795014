#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/time/parts.h"
#include "stages/time/pattern.h"
#include "weir/time_format.h"

namespace weir::stages::time {

/// One format: one that has a name, or a pattern.
class Format {
 public:
  /// The formats with a name, in the order of `names()`.
  enum class Kind : std::uint8_t {
    automatic,
    iso,
    unix_s,
    unix_ms,
    unix_us,
    unix_ns,
    rfc2822,
    syslog,
    common_log,
    pattern
  };
  static const std::vector<std::string>& names();

  /// Returns false and fills `problem` if the text is no format.
  bool compile(std::string_view text, bool write, TimeProblem& problem);

  /// `zoned`: a zone was named.
  bool read(const Value& value, const Completion& completion, bool zoned, Instant& out) const;
  Value write(const Instant& time, const Zone& zone, std::string& out) const;

  /// Returns what it reads, such as "a time such as 'Jan 31 23:59:59'".
  std::string expected() const;
  bool has_year() const;

 private:
  bool read_text(std::string_view text, const Completion& completion, bool zoned,
                 Instant& out) const;

  Kind kind_ = Kind::automatic;
  std::string text_;
  Pattern pattern_;
};

/// All of a TimeSpec.
class Rules final : public detail::TimeRules {
 public:
  Rules(std::vector<Format> formats, Completion completion, const TimeSpec& spec);

  bool read(const Value& value, Instant& out) const override;
  Value write(const Instant& time, std::string& room) const override;
  const std::string& expected() const override { return expected_; }
  const std::vector<std::string>& chances() const override { return chances_; }

 private:
  std::vector<Format> formats_;
  Completion completion_;
  bool zoned_ = false;
  std::string expected_;
  std::vector<std::string> chances_;
};

}  // namespace weir::stages::time
