#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/options.h"
#include "weir/record.h"

namespace weir::flow {

/// The values by which merged streams are sorted, the first first. Each is a number, a time (where
/// the field has a format, or of an ISO 8601 text), or other text by its bytes; values of different
/// kinds compare in that order.
class MergeKey {
 public:
  /// Returns the key of a record. Throws Error if a field's value has no order, or is no time where
  /// it should be one.
  static MergeKey of(const Record& record, const std::vector<OrderField>& by);

  /// Returns this key with its first value moved back by `time`; text cannot be moved. No key that
  /// is moved has a value behind the first.
  MergeKey less(std::chrono::nanoseconds time) const;

  friend bool operator<(const MergeKey& one, const MergeKey& other) {
    if (one.first_ < other.first_) return true;
    return !(other.first_ < one.first_) && one.rest_ < other.rest_;
  }

 private:
  enum class Kind : std::uint8_t { number, time, text };
  struct Part {
    static Part of(const Value& value, std::string_view field);

    friend bool operator<(const Part& one, const Part& other) {
      if (one.kind != other.kind) return one.kind < other.kind;
      if (one.number != other.number) return one.number < other.number;
      if (one.whole && other.whole && one.integer != other.integer) {
        return one.integer < other.integer;
      }
      return one.text < other.text;
    }

    Kind kind = Kind::number;
    double number = 0;
    bool whole = false;        ///< True if `integer` is exact.
    std::int64_t integer = 0;  ///< A time in nanoseconds since 1970, or a whole number.
    std::string text;
  };

  Part first_;
  std::vector<Part> rest_;
};

}  // namespace weir::flow
