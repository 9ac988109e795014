#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/core/window/aggregation.h"
#include "weir/error.h"
#include "weir/keyed.h"

namespace weir::stages::core {

/// The distance between the starts of two windows: a time, or a number of records.
struct Slide {
  std::optional<Duration> time;
  std::uint64_t records = 0;
};

/// The options of `window`.
struct WindowOptions {
  std::optional<Duration> every;
  std::optional<Duration> session;
  std::optional<std::uint64_t> count;
  std::optional<Slide> slide;
  std::optional<TimeField> time;
  std::optional<Duration> lateness;
  OptionMap<Aggregation> aggregate;
  KeyPolicy key;

  bool by_clock() const { return !count && !time; }
};

/// The kind, size and distance of windows, checked. The constructor throws OptionError.
class WindowShape {
 public:
  enum class Kind : std::uint8_t { every, session, count };

  explicit WindowShape(const WindowOptions& options);

  Kind kind() const { return kind_; }
  /// Returns the length of a window or the gap of a session, in nanoseconds, or the number of
  /// records in a window.
  std::int64_t size() const { return size_; }
  /// Returns the distance to the start of the next window: `size` unless windows overlap.
  std::int64_t slide() const { return slide_; }
  std::int64_t lateness() const { return lateness_; }

 private:
  void read_slide(const WindowOptions& options);

  Kind kind_ = Kind::every;
  std::int64_t size_ = 0;
  std::int64_t slide_ = 0;
  std::int64_t lateness_ = 0;
};

}  // namespace weir::stages::core

namespace weir {

template <>
struct OptionType<stages::core::Slide> {
  static std::string name() { return "duration | integer"; }
  static bool parse(const Node& node, stages::core::Slide& out, Binder& binder) {
    const bool digits = node.text.find_first_not_of("0123456789") == std::string::npos;
    if (node.shape == Node::Shape::scalar && digits) {
      return OptionType<std::uint64_t>::parse(node, out.records, binder);
    }
    Duration time{};
    if (!OptionType<Duration>::parse(node, time, binder)) return false;
    out.time = time;
    return true;
  }
  static std::string show(const stages::core::Slide&) { return {}; }
};

}  // namespace weir
