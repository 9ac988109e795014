#pragma once

#include <chrono>
#include <compare>
#include <string>

#include "weir/event_time.h"
#include "weir/value.h"

namespace weir {

/// What a record is sorted by where streams are merged: a number, a time (of an ISO 8601 text), or
/// other text by its bytes; in that order where they meet.
class MergeKey {
 public:
  /// Throws Error for what has no order.
  static MergeKey of(Value value, std::string_view field);

  /// This key, so much earlier; text has no earlier.
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
  bool whole_ = false;        ///< `integer_` says it exactly:
  std::int64_t integer_ = 0;  ///< a time in nanoseconds since 1970, or a whole number.
  std::string text_;
};

}  // namespace weir
