#pragma once

// How times are written in records. A stage gets a TimeFormat as an option (TimeField,
// weir/time_options.h), or makes one in `open` with Context::times, out of options such as
// TimeZone. A TimeFormat is immutable: all threads may use one, and a copy is cheap.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/error.h"
#include "weir/event_time.h"
#include "weir/in_quotes.h"
#include "weir/instant.h"
#include "weir/value.h"
#include "weir/value_text.h"

namespace weir {

/// What a time is written like. The formats are tried in turn; a time is written in the first.
struct TimeSpec {
  static constexpr std::size_t kMostFormats = 8;

  std::vector<std::string> formats = {"auto"};
  /// The zone of a text that names no offset: an IANA name, `UTC`, `local` or `+02:00`; UTC unless
  /// set. A time that is written is of this zone.
  std::optional<std::string> zone;
  /// The time by which a text without a year gets one: an ISO time or `now`, which is the start of
  /// the run; `now` unless set.
  std::optional<std::string> reference;
};

/// A mistake in a TimeSpec.
struct TimeProblem {
  enum class Part : std::uint8_t { format, zone, reference };
  Part part = Part::format;
  std::size_t format = 0;                             ///< The index of the format with the mistake.
  std::size_t offset = static_cast<std::size_t>(-1);  ///< The byte in it; -1: all of it.
  std::string message;
  std::string hint;
  std::string word = {};                     ///< An unknown name,
  std::vector<std::string> candidates = {};  ///< and those of which one may be meant.
};

namespace detail {

/// The compiled form of a TimeSpec. Immutable.
class TimeRules {
 public:
  virtual ~TimeRules() = default;
  /// Returns false if the value is no time of these formats.
  virtual bool read(const Value& value, Instant& out) const = 0;
  /// Returns the time as text, whose bytes are in `room`, or as a number.
  virtual Value write(const Instant& time, std::string& room) const = 0;
  /// Returns what `read` takes, such as "a time such as '%d/%b/%Y'".
  virtual const std::string& expected() const = 0;
  /// Returns why the times depend on when or where the run is; empty if they do not.
  virtual const std::vector<std::string>& chances() const = 0;
};

/// Compiles time formats; stages/time implements it.
class TimeLanguage {
 public:
  virtual ~TimeLanguage() = default;
  /// Compiles formats to read, or one to write. Returns null and fills `problem` if it cannot.
  virtual std::shared_ptr<const TimeRules> compile(const TimeSpec& spec,
                                                   TimeProblem& problem) const = 0;
  virtual std::shared_ptr<const TimeRules> compile_to_write(const TimeSpec& spec,
                                                            TimeProblem& problem) const = 0;
};

}  // namespace detail

/// Reads and writes times. One that is default-constructed has the format `auto` and zone UTC, and
/// costs nothing beside.
class TimeFormat {
 public:
  TimeFormat() = default;
  explicit TimeFormat(std::shared_ptr<const detail::TimeRules> rules) : rules_(std::move(rules)) {}
  /// Makes a format to read (and, if it is one alone, to write), out of options that were checked
  /// before. Throws Error of kind `time` if it is none.
  TimeFormat(const detail::TimeLanguage& language, const TimeSpec& spec) {
    TimeProblem problem;
    rules_ = language.compile(spec, problem);
    if (!rules_) throw Error("time", problem.message, false);
  }

  /// Reads a value; returns false if it is no such time of the years 1 to 9999.
  bool read(const Value& value, Instant& out) const {
    return rules_ ? rules_->read(value, out) : detail::read_auto(value, out);
  }
  /// Reads a value as nanoseconds since 1970: nothing if it is no time of the years 1678 to 2261.
  std::optional<std::chrono::nanoseconds> since_1970(const Value& value) const {
    Instant time;
    if (!read(value, time)) return std::nullopt;
    return time.since_1970();
  }
  /// Returns why `since_1970`, or `read`, refused a value, in the form "expected X, got Y".
  std::string problem(const Value& value) const {
    std::string shown;
    append_text(shown, value);
    Instant time;
    if (read(value, time)) return "expected a time of the years 1678 to 2261, got " + shown;
    if (value.is_null()) return "expected " + expected() + ", got nothing";
    if (value.is_number() && expected() == kAuto) {
      const bool large = value.as_real() > 1e11;
      return "expected seconds since 1970, got " + shown +
             (large ? " ('format: unix_ms' reads milliseconds)" : "");
    }
    return "expected " + expected() + ", got " + in_quotes(shown);
  }

  /// Returns the time as text, whose bytes are in `room` until that is changed, or as a number.
  Value write(const Instant& time, std::string& room) const {
    room.clear();
    if (rules_) return rules_->write(time, room);
    detail::append_iso(room, time);
    return Value(std::string_view(room));
  }

  const std::string& expected() const { return rules_ ? rules_->expected() : kAuto; }

 private:
  static inline const std::string kAuto = "a time such as 2026-01-31T23:59:59Z";

  std::shared_ptr<const detail::TimeRules> rules_;
};

}  // namespace weir
