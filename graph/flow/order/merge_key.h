#pragma once

#include <chrono>
#include <compare>
#include <string>

#include "weir/event_time.h"
#include "weir/value.h"

namespace weir::flow {

/// The value by which merged streams are sorted: a number, a time (of an ISO 8601 text), or other
/// text by its bytes. Keys of different kinds compare in that order.
class MergeKey {
 public:
  /// Returns the key of the value of `field`. Throws Error if it has no order.
  static MergeKey of(Value value, std::string_view field);

  /// Returns this key moved back by `time`; text cannot be moved.
  MergeKey less(std::chrono::nanoseconds time) const {
    MergeKey key = *this;
    if (kind_ == Kind::time) key.integer_ -= time.count();
    if (kind_ == Kind::number && time.count() != 0) {
      key.number_ -= std::chrono::duration<double>(time).count();
      key.whole_ = false;
    }
    return key;
  }
  friend bool operator<(const MergeKey& one, const MergeKey& other) {
    if (one.kind_ != other.kind_) return one.kind_ < other.kind_;
    if (one.number_ != other.number_) return one.number_ < other.number_;
    if (one.whole_ && other.whole_ && one.integer_ != other.integer_) {
      return one.integer_ < other.integer_;
    }
    return one.text_ < other.text_;
  }

 private:
  enum class Kind : std::uint8_t { number, time, text };
  Kind kind_ = Kind::number;
  double number_ = 0;
  bool whole_ = false;        ///< True if `integer_` is exact.
  std::int64_t integer_ = 0;  ///< A time in nanoseconds since 1970, or a whole number.
  std::string text_;
};

}  // namespace weir::flow
