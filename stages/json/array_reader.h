#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stages/json/structurals.h"
#include "weir/record.h"

namespace weir {

/// Cuts a raw JSON array, which was checked when it was parsed, into its elements, one after the
/// other. Nested values stay raw slices and strings without escapes views of the array; others are
/// unescaped into the batch. JSON that is none after all is thrown as Error of kind "unnest" where
/// that shows.
///
///   for (reader.open(array); reader.next();) use(reader.value(record));
class ArrayReader {
 public:
  /// `array` lives until the next one.
  void open(std::string_view array);
  /// Goes to the next element, which is then read once: by `value` or by `members`.
  bool next();

  bool at_object() const { return peek() == '{'; }
  Value value(Record& to);
  /// Calls `each(name, value)` for the members of the object that the element is.
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
  /// The byte there; NUL at the end.
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

}  // namespace weir
