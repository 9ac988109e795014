#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "stages/core/state/record_key.h"
#include "weir/detail/text_hash.h"

namespace weir::stages::core {

/// States by key. The table knows the oldest key and the one that was not seen for longest.
/// Pointers to entries stay valid until the entries are removed.
template <class State>
class KeyStates {
 public:
  /// A key and its state.
  struct Entry {
    std::string key;  ///< RecordKey::code
    std::size_t identity = 0;
    std::uint64_t number = 0;  ///< Grows; a key that was removed and comes again gets a new one.
    State state;
  };
  /// The bytes that an entry takes beside those of its key and its State: its nodes in the list,
  /// the hash table and the tree, and the overhead of the allocator.
  static constexpr std::size_t kEntrySize = sizeof(Entry) + 192;

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  /// Returns the entry of the key, which is now the one seen last; null if there is none.
  Entry* find(const RecordKey& key) {
    const auto found = by_key_.find(key.identity());
    if (found == by_key_.end()) return nullptr;
    entries_.splice(entries_.end(), entries_, found->second);
    return &*found->second;
  }
  /// Adds an entry for `key`, which must be new.
  Entry& add(const RecordKey& key) {
    Entry& entry = entries_.emplace_back();
    entry.key = key.code();
    entry.identity = key.identity().size();
    entry.number = next_++;
    const auto at = std::prev(entries_.end());
    by_key_.emplace(identity_of(entry), at);
    by_age_.emplace(entry.number, at);
    return entry;
  }
  Entry& oldest() { return *by_age_.begin()->second; }
  const Entry& oldest() const { return *by_age_.begin()->second; }
  Entry& longest_unseen() { return entries_.front(); }

  /// Removes the entry and returns it.
  Entry take(Entry& entry) {
    const auto at = by_key_.find(identity_of(entry))->second;
    by_age_.erase(entry.number);
    by_key_.erase(identity_of(entry));
    Entry taken = std::move(*at);
    entries_.erase(at);
    return taken;
  }

 private:
  using Entries = std::list<Entry>;

  static std::string_view identity_of(const Entry& entry) {
    return std::string_view(entry.key).substr(0, entry.identity);
  }

  Entries entries_;  ///< In the order in which they were last seen.
  std::unordered_map<std::string_view, typename Entries::iterator, detail::TextHash> by_key_;
  std::map<std::uint64_t, typename Entries::iterator> by_age_;
  std::uint64_t next_ = 0;
};

}  // namespace weir::stages::core
