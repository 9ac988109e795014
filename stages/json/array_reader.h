#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stages/json/structurals.h"
#include "weir/record.h"

namespace weir::stages::json {

/// Splits a raw JSON array, which was checked when it was parsed, into its elements, one after the
/// other. Nested values stay raw slices. Strings without escapes are views of the array, others are
/// unescaped into the batch. If the array is no valid JSON after all, Error of kind `unnest` is
/// thrown where that shows.
///
///   for (reader.open(array); reader.next();) use(reader.value(record));
class ArrayReader {
 public:
  /// `array` must live until the next call.
  void open(std::string_view array);
  /// Moves to the next element, which must then be read once, by `value` or `members`. Returns
  /// false at the end.
  bool next();

  bool at_object() const { return peek() == '{'; }
  Value value(Record& to);
  /// Calls `each(name, value)` for the members of the current element, which is an object.
  template <class Each>
  void members(Record& to, Each&& each) {
    ++at_;
    if (take('}')) return;
    for (;;) {
      const std::string_view name = key(to);
      each(name, value(to));
      if (take('}')) return;
      if (!take(',')) fail("',' or '}'");
    }
  }

 private:
  /// Returns the byte at the current position; NUL at the end.
  char peek() const { return at_ == end_ ? '\0' : array_[*at_]; }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  std::string_view key(Record& to);
  std::string_view nested();
  std::string_view string(Record& to);
  std::string_view token() const;
  [[noreturn]] void fail(const std::string& expected) const;

  Structurals structurals_;
  std::string_view array_;
  const std::uint32_t* at_ = nullptr;
  const std::uint32_t* end_ = nullptr;
  bool first_ = true;
};

}  // namespace weir::stages::json
