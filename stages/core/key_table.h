#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "stages/core/index_list.h"
#include "stages/core/state_account.h"
#include "weir/keyed.h"
#include "weir/record.h"

namespace weir {

/// The distinct keys of records, each with a number that its stage counts up: a key is the values
/// of some fields as `append_key` tells them apart; a missing field is null. What the keys take is
/// charged to the state of the run and bounded as the stage's `key:` says.
class KeyTable {
 public:
  /// What one key is charged with, beside its own bytes where they do not fit into the entry: that
  /// entry, its share of the slots at their emptiest, and of those that they replace meanwhile. The
  /// entry of a key that went stays, for another one, until there is no key left.
  static constexpr std::size_t kKeySize = 80;

  /// `policy` must outlive the table. Evictions are counted as `evicted`.
  KeyTable(const KeyPolicy& policy, Context& context);
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;
  ~KeyTable() { account_.close(); }

  /// The number of the record's key, 0 if it is new. For each key that must go for it,
  /// `on_evict(index)` comes first. Throws Error `state_full`; no key has gone then, nor if
  /// `on_evict` throws.
  template <class OnEvict>
  std::uint64_t& value(const Record& record, OnEvict&& on_evict) {
    const std::uint32_t known = find(record);
    if (known != kNoIndex) return entries_[known].value;
    const std::uint32_t going = make_room();
    try {
      std::uint32_t at = seen_.first();
      for (std::uint32_t i = 0; i < going; ++i, at = entries_[at].seen.after) on_evict(at);
    } catch (...) {
      undo(going);
      throw;
    }
    return add(going);
  }

  /// The key that appeared first of those that are known; kNoIndex if there is none.
  std::uint32_t first() const { return appeared_.first(); }
  std::uint64_t value_at(std::uint32_t index) const { return entries_[index].value; }
  /// Calls `each(number of the field, value)` for the values of a key; their bytes live in the
  /// table.
  template <class Each>
  void key_at(std::uint32_t index, Each&& each) const {
    std::string_view rest = entries_[index].code;
    for (std::size_t field = 0; !rest.empty(); ++field) each(field, decode(rest));
  }
  void forget(std::uint32_t index);

  /// The first of the values that `append_key` has written, which is then taken off; its bytes
  /// are those of `rest`.
  static Value decode(std::string_view& rest);

 private:
  struct Entry {
    std::string code;
    std::uint64_t value = 0;
    Links appeared;
    Links seen;
  };
  using Entries = std::deque<Entry>;

  std::uint32_t find(const Record& record);
  std::uint32_t make_room();
  void undo(std::uint32_t going);
  std::uint64_t& add(std::uint32_t going);
  std::uint64_t need() const;
  [[noreturn]] void throw_full() const;
  void remove(std::uint32_t index);
  std::size_t slot_of(std::string_view code) const;
  void grow();
  void empty(std::size_t slot);

  const KeyPolicy& policy_;
  StateAccount account_;
  Counter* evicted_ = nullptr;  ///< Null: keys are not evicted, and nobody asks who was seen last.
  Entries entries_;
  std::vector<std::uint32_t> slots_;  ///< Open addressing: an entry's index + 1, or 0.
  IndexList<Entries, &Entry::appeared> appeared_;
  IndexList<Entries, &Entry::seen> seen_;
  std::uint32_t free_ = kNoIndex;  ///< Entries without a key, linked by `appeared.after`.
  std::size_t size_ = 0;
  std::string wanted_;
};

}  // namespace weir
