#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/core/aggregation.h"
#include "weir/error.h"
#include "weir/keyed.h"

namespace weir {

/// How far windows are apart: a time, or a number of records.
struct Slide {
  std::optional<Duration> time;
  std::uint64_t records = 0;
};

template <>
struct OptionType<Slide> {
  static std::string name() { return "duration | integer"; }
  static bool parse(const Node& node, Slide& out, Binder& binder) {
    const bool digits = node.text.find_first_not_of("0123456789") == std::string::npos;
    if (node.shape == Node::Shape::scalar && digits) {
      return OptionType<std::uint64_t>::parse(node, out.records, binder);
    }
    Duration time{};
    if (!OptionType<Duration>::parse(node, time, binder)) return false;
    out.time = time;
    return true;
  }
  static std::string show(const Slide&) { return {}; }
};

struct WindowOptions {
  std::optional<Duration> every;
  std::optional<Duration> session;
  std::optional<std::uint64_t> count;
  std::optional<Slide> slide;
  std::optional<Field> time;
  std::optional<Duration> lateness;
  OptionMap<Aggregation> aggregate;
  KeyPolicy key;

  bool by_clock() const { return !count && !time; }
};

/// What windows are, checked: throws OptionError.
class WindowShape {
 public:
  enum class Kind : std::uint8_t { every, session, count };

  explicit WindowShape(const WindowOptions& options);

  Kind kind() const { return kind_; }
  /// How long a window is, or a session's gap, in nanoseconds; or how many records it has.
  std::int64_t size() const { return size_; }
  /// How far the next one begins behind it: `size` unless they overlap.
  std::int64_t slide() const { return slide_; }
  std::int64_t lateness() const { return lateness_; }

 private:
  void read_slide(const WindowOptions& options);

  Kind kind_ = Kind::every;
  std::int64_t size_ = 0;
  std::int64_t slide_ = 0;
  std::int64_t lateness_ = 0;
};

}  // namespace weir
