#pragma once

#include <cstdint>

namespace weir::stages::core {

constexpr std::uint32_t kNoIndex = 0xffffffff;

/// The neighbours of a table's entry in an IndexList.
struct Links {
  std::uint32_t before = kNoIndex;
  std::uint32_t after = kNoIndex;
};

/// A doubly linked list of a table's entries, linked by their indexes. `Entries` is the table, and
/// `links` the member of an entry that holds its links; an entry may be in several lists.
template <class Entries, auto links>
class IndexList {
 public:
  std::uint32_t first() const { return first_; }
  std::uint32_t last() const { return last_; }

  void append(Entries& entries, std::uint32_t index) {
    entries[index].*links = {last_, kNoIndex};
    (last_ == kNoIndex ? first_ : (entries[last_].*links).after) = index;
    last_ = index;
  }
  void remove(Entries& entries, std::uint32_t index) {
    const Links at = entries[index].*links;
    (at.before == kNoIndex ? first_ : (entries[at.before].*links).after) = at.after;
    (at.after == kNoIndex ? last_ : (entries[at.after].*links).before) = at.before;
  }

 private:
  std::uint32_t first_ = kNoIndex;
  std::uint32_t last_ = kNoIndex;
};

}  // namespace weir::stages::core
