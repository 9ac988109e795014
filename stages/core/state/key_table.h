#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "stages/core/state/index_list.h"
#include "stages/core/state/record_key.h"
#include "stages/core/state/state_account.h"
#include "weir/keyed.h"
#include "weir/record.h"

namespace weir::stages::core {

/// The distinct keys of records, each with a number that its stage counts up. A key is the values
/// of some fields, told apart by `append_key`; a missing field is null. The memory of the keys is
/// charged to the state of the run and limited by the stage's `key:`.
class KeyTable {
 public:
  /// The bytes that a key is charged with: its entry, its share of the slots at their emptiest, and
  /// its share of the old slots while these are replaced. Its own bytes are charged in addition, if
  /// they do not fit into the entry. The entry of a removed key stays charged, for another key,
  /// until no key is left.
  static constexpr std::size_t kKeySize = 80;

  /// `policy` must outlive the table. Evictions are counted as `evicted`.
  KeyTable(const KeyPolicy& policy, Context& context);
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;
  ~KeyTable() { account_.close(); }

  /// Returns the number of the record's key, 0 if the key is new. Before a key is evicted for it,
  /// `on_evict(index)` is called. Throws Error `state_full`; after that, or if `on_evict` throws,
  /// no key has been evicted.
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

  /// Returns the known key that appeared first; kNoIndex if there is none.
  std::uint32_t first() const { return appeared_.first(); }
  std::uint64_t value_at(std::uint32_t index) const { return entries_[index].value; }
  /// Calls `each(index of the field, value)` for the values of a key. Their bytes live in the
  /// table.
  template <class Each>
  void key_at(std::uint32_t index, Each&& each) const {
    RecordKey::values(entries_[index].code, policy_.fields.size(), each);
  }
  void forget(std::uint32_t index);

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
  std::size_t slot_of(std::string_view identity) const;
  std::string_view identity_of(const Entry& entry) const {
    return RecordKey::identity_of(entry.code, policy_.fields.size());
  }
  void grow();
  void empty(std::size_t slot);

  const KeyPolicy& policy_;
  StateAccount account_;
  Counter* evicted_ = nullptr;  ///< Null if keys are not evicted; `seen_` is not kept then.
  Entries entries_;
  std::vector<std::uint32_t> slots_;  ///< Open addressing: the index of an entry + 1, or 0.
  IndexList<Entries, &Entry::appeared> appeared_;
  IndexList<Entries, &Entry::seen> seen_;
  std::uint32_t free_ = kNoIndex;  ///< The first entry without a key; `appeared.after` links them.
  std::size_t size_ = 0;
  RecordKey wanted_;
};

}  // namespace weir::stages::core
