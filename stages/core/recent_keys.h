#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stages/core/siphash.h"

namespace weir {

/// The last distinct keys, by when each was seen last: a key that comes again is the newest again,
/// and a new one takes the place of the one not seen for longest. Of a key only its hash is kept:
/// at most 40 bytes each, taken as keys come.
class RecentKeys {
 public:
  /// Remembers `most` keys, from 1 to 2^32 - 2.
  explicit RecentKeys(std::size_t most) : most_(most) {}

  /// Whether the key is among the last; it now is.
  bool seen(const Hash128& key);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  struct Entry {
    Hash128 key;
    std::uint32_t older = kNone;
    std::uint32_t newer = kNone;
  };

  std::size_t slot_of(const Hash128& key) const;
  std::uint32_t make_room();
  void grow();
  void forget(std::size_t slot);
  void unlink(std::uint32_t index);
  void link_newest(std::uint32_t index);

  std::size_t most_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< Open addressing: an entry's index + 1, or 0.
  std::uint32_t newest_ = kNone;
  std::uint32_t oldest_ = kNone;
};

}  // namespace weir
