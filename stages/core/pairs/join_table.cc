#include "stages/core/pairs/join_table.h"

#include <utility>

namespace weir::stages::core {

JoinTable::Entry* JoinTable::first(std::string_view key, std::uint8_t side) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second.sides[side].first;
}

void JoinTable::add(std::string_view key, Entry entry) {
  const std::int64_t time = entry.time;
  // Most records arrive in the order of time.
  Entry& added = by_time_.emplace_hint(by_time_.end(), time, std::move(entry))->second;
  auto found = by_key_.find(key);
  if (found == by_key_.end()) found = by_key_.emplace(std::string(key), Chains()).first;
  added.key = &*found;
  Chain& chain = found->second.sides[added.side];
  added.before = chain.last;
  (chain.last ? chain.last->after : chain.first) = &added;
  chain.last = &added;
}

JoinTable::Entry JoinTable::take_oldest() {
  Entry& entry = oldest();
  Chains& chains = entry.key->second;
  Chain& chain = chains.sides[entry.side];
  (entry.before ? entry.before->after : chain.first) = entry.after;
  (entry.after ? entry.after->before : chain.last) = entry.before;
  if (!chains.sides[0].first && !chains.sides[1].first) {
    by_key_.erase(by_key_.find(entry.key->first));
  }
  Entry taken = std::move(entry);
  by_time_.erase(by_time_.begin());
  return taken;
}

void JoinTable::clear() {
  by_time_.clear();
  by_key_.clear();
}

}  // namespace weir::stages::core
