#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "weir/record.h"

namespace weir::detail {

/// Names with a prefix before them. Most results have the names of the one before, in the same
/// order, so the first name at each place is made once and kept; any other is made in the batch.
class PrefixedNames {
 public:
  /// Returns `prefix` and `member` together; `index` says which member of its result it is. The
  /// prefix is always the same. Records may refer to what is returned as long as this lives.
  std::string_view of(std::string_view prefix, std::string_view member, std::size_t index,
                      Record& record) {
    if (prefix.empty()) return member;
    if (index == kept_.size() && index < kMost && member.size() <= kLongest) {
      kept_.push_back(std::string(prefix) + std::string(member));
    }
    if (index < kept_.size()) {
      const std::string_view kept = kept_[index];
      if (kept.substr(prefix.size()) == member) return kept;
    }
    char* made = record.allocate(prefix.size() + member.size());
    Arena::copy_bytes(made, prefix.data(), prefix.size());
    Arena::copy_bytes(made + prefix.size(), member.data(), member.size());
    return {made, prefix.size() + member.size()};
  }

 private:
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kLongest = 64;

  std::deque<std::string> kept_;  ///< Its elements stay where they are.
};

}  // namespace weir::detail
