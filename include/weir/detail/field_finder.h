#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

#include "weir/detail/text_hash.h"
#include "weir/record.h"

namespace weir::detail {

/// Looks up many fields of one record, one after the other. Names mostly come in the record's
/// order; then each lookup finds the next field at once. If they do not and the record is wide, a
/// table finds the fields, because a linear search for each of a hundred thousand names takes
/// quadratic time.
class FieldFinder {
 public:
  /// `record` must keep its fields while this object lives.
  explicit FieldFinder(const Record& record) : record_(record), count_(record.field_count()) {}

  /// Returns whether the record has a field of that name, not counting paths into JSON.
  bool has(std::string_view name) { return find(name) != kNone; }
  /// Returns the field's value, as Record::get does.
  Value get(const Field& field) {
    const std::uint32_t at = find(field.name());
    if (at != kNone) return record_.field(at).value;
    if (field.steps().empty()) return {};
    const std::uint32_t top = find(field.steps().front());
    if (top == kNone || record_.field(top).value.type() != ValueType::json) return {};
    return record_.host().json_at(record_.field(top).value.as_text(),
                                  std::span(field.steps()).subspan(1), record_.arena());
  }
  /// The number of comparisons of a field with a name so far; a measure for tests.
  std::uint64_t compared() const { return compared_; }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  /// A table costs as much as this many searches of all fields.
  static constexpr std::uint64_t kSearches = 16;
  static constexpr std::uint32_t kFew = 64;

  std::uint32_t find(std::string_view name) {
    if (next_ < count_ && record_.field(next_).name == name) {
      ++compared_;
      return next_++;
    }
    const std::uint32_t at =
        count_ > kFew && compared_ > kSearches * count_ ? look_up(name) : search(name);
    if (at != kNone) next_ = at + 1;
    return at;
  }
  std::uint32_t search(std::string_view name) {
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (record_.field(i).name != name) continue;
      compared_ += i + 1;
      return i;
    }
    compared_ += count_;
    return kNone;
  }
  std::uint32_t look_up(std::string_view name) {
    if (places_.empty()) {
      for (std::uint32_t i = 0; i < count_; ++i) places_.emplace(record_.field(i).name, i);
    }
    const auto found = places_.find(name);
    return found == places_.end() ? kNone : found->second;
  }

  const Record& record_;
  std::uint32_t count_;
  std::uint32_t next_ = 0;
  std::uint64_t compared_ = 0;
  std::unordered_map<std::string_view, std::uint32_t, TextHash> places_;
};

}  // namespace weir::detail
