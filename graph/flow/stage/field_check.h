#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "weir/detail/record_data.h"
#include "weir/detail/text_hash.h"

namespace weir::flow {

/// Checks whether records have the fields that a stage names, and what they have instead. The work
/// is linear in the number of fields, and the memory is bounded, because a record may have a
/// hundred thousand of them.
class FieldCheck {
 public:
  /// The names in `wanted` must outlive the check.
  explicit FieldCheck(const std::vector<std::string>& wanted);

  void look_at(std::span<const detail::RecordData> records);

  bool found(std::string_view wanted) const { return !missing_.contains(wanted); }
  /// Returns the first names that the records have, each once, to find one like a missing one.
  const std::vector<std::string>& names() const { return names_; }
  /// Returns how many fields were looked at.
  std::size_t looked_at() const { return looked_at_; }

 private:
  static constexpr std::size_t kMostNames = 1000;
  static constexpr std::size_t kLongestName = 200;

  void add(std::string_view name);

  std::unordered_set<std::string_view, detail::TextHash> missing_;
  std::unordered_set<std::string, detail::TextHash> known_;
  std::vector<std::string> names_;
  std::size_t looked_at_ = 0;
};

}  // namespace weir::flow
