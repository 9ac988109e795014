#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace weir {

/// States by key, of which one is the oldest, and one was not seen for longest. A key is encoded as
/// `append_key` does. Pointers to entries stay valid until they are removed.
template <class State>
class KeyStates {
 public:
  struct Entry {
    std::string key;
    std::uint64_t number = 0;  ///< Grows: a key that comes again after its removal has a new one.
    State state;
  };
  /// What one entry takes beside the bytes of its key and what its State holds: its nodes in the
  /// list, the hash table and the tree, and what the allocator adds.
  static constexpr std::size_t kEntrySize = sizeof(Entry) + 192;

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  /// Null: there is none. It is now the one seen last.
  Entry* find(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    entries_.splice(entries_.end(), entries_, found->second);
    return &*found->second;
  }
  /// `key` must be new.
  Entry& add(std::string_view key) {
    Entry& entry = entries_.emplace_back();
    entry.key = key;
    entry.number = next_++;
    const auto at = std::prev(entries_.end());
    by_key_.emplace(entry.key, at);
    by_age_.emplace(entry.number, at);
    return entry;
  }
  Entry& oldest() { return *by_age_.begin()->second; }
  const Entry& oldest() const { return *by_age_.begin()->second; }
  Entry& longest_unseen() { return entries_.front(); }

  /// Removes the entry and gives what it was.
  Entry take(Entry& entry) {
    const auto at = by_key_.find(entry.key)->second;
    by_age_.erase(entry.number);
    by_key_.erase(entry.key);
    Entry taken = std::move(*at);
    entries_.erase(at);
    return taken;
  }

 private:
  using Entries = std::list<Entry>;
  Entries entries_;  ///< The one seen last stands last.
  std::unordered_map<std::string_view, typename Entries::iterator> by_key_;
  std::map<std::uint64_t, typename Entries::iterator> by_age_;
  std::uint64_t next_ = 0;
};

}  // namespace weir
