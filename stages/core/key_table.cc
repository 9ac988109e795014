#include "stages/core/key_table.h"

#include <cstring>
#include <functional>

#include "weir/error.h"
#include "weir/key_code.h"

namespace weir {
namespace {

template <class T>
T take(std::string_view& rest) {
  T value;
  std::memcpy(&value, rest.data(), sizeof value);
  rest.remove_prefix(sizeof value);
  return value;
}

std::size_t hash(std::string_view code) { return std::hash<std::string_view>()(code); }

/// What a key of this size takes beside its entry: short ones stand inside it.
std::uint64_t heap_size(std::size_t size) {
  constexpr std::size_t kInside = 15;
  constexpr std::size_t kBeside = 24;  // The end, and what malloc needs and rounds up.
  return size <= kInside ? 0 : size + kBeside;
}

}  // namespace

KeyTable::KeyTable(const KeyPolicy& policy, Context& context) : policy_(policy) {
  account_.open(context.state());
  if (policy.when_full == KeyPolicy::WhenFull::evict) evicted_ = &context.counter("evicted");
}

/// Leaves the key in `wanted_` for `add`.
std::uint32_t KeyTable::find(const Record& record) {
  wanted_.clear();
  for (const Field& field : policy_.fields) append_key(record.get(field), wanted_);
  if (size_ == 0) return kNoIndex;
  const std::uint32_t at = slots_[slot_of(wanted_)];
  if (at != 0 && evicted_) {
    seen_.remove(entries_, at - 1);
    seen_.append(entries_, at - 1);
  }
  return at - 1;  // 0: kNoIndex
}

/// What the wanted key takes; an entry that is free is charged already.
std::uint64_t KeyTable::need() const {
  return heap_size(wanted_.size()) + (free_ == kNoIndex ? kKeySize : 0);
}

/// Takes state for the wanted key, of those not seen for longest if need be: returns how many of
/// them must go.
std::uint32_t KeyTable::make_room() {
  std::uint64_t bytes = need();
  bool full = (policy_.max != 0 && size_ >= policy_.max) || entries_.size() == kNoIndex - 1;
  std::uint32_t going = 0;
  std::uint32_t at = seen_.first();
  while (full || !account_.take(bytes)) {
    if (at == kNoIndex) {
      for (std::uint32_t back = seen_.first(); back != kNoIndex; back = entries_[back].seen.after) {
        account_.take_back(heap_size(entries_[back].code.size()));
      }
      account_.settle();
      throw_full();
    }
    account_.give(heap_size(entries_[at].code.size()));
    if (going == 0) bytes = heap_size(wanted_.size());  // Its entry is the new key's.
    at = entries_[at].seen.after;
    full = false;
    ++going;
  }
  return going;
}

void KeyTable::undo(std::uint32_t going) {
  account_.give(heap_size(wanted_.size()));
  std::uint32_t at = seen_.first();
  for (; going > 0; --going, at = entries_[at].seen.after) {
    account_.take_back(heap_size(entries_[at].code.size()));
  }
  account_.settle();
}

/// Adds the wanted key, in room that is made.
std::uint64_t& KeyTable::add(std::uint32_t going) {
  if (going > 0) evicted_->add(going);
  for (; going > 0; --going) remove(seen_.first());
  account_.settle();
  if (slots_.size() < 2 * (size_ + 1)) grow();
  std::uint32_t index = free_;
  if (index == kNoIndex) {
    index = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    free_ = entries_[index].appeared.after;
  }
  Entry& entry = entries_[index];
  slots_[slot_of(wanted_)] = index + 1;
  entry.code = wanted_;
  entry.value = 0;
  appeared_.append(entries_, index);
  if (evicted_) seen_.append(entries_, index);
  ++size_;
  return entry.value;
}

void KeyTable::remove(std::uint32_t index) {
  Entry& entry = entries_[index];
  empty(slot_of(entry.code));
  appeared_.remove(entries_, index);
  if (evicted_) seen_.remove(entries_, index);
  std::string().swap(entry.code);
  entry.appeared.after = free_;
  free_ = index;
  --size_;
}

void KeyTable::forget(std::uint32_t index) {
  account_.give(heap_size(entries_[index].code.size()));
  remove(index);
  if (size_ == 0) {
    account_.give(kKeySize * entries_.size());
    entries_.clear();
    std::vector<std::uint32_t>().swap(slots_);
    free_ = kNoIndex;
  }
  account_.settle();
}

void KeyTable::throw_full() const {
  if (policy_.max != 0 && size_ >= policy_.max && !evicted_) {
    throw Error("state_full", "more than " + std::to_string(policy_.max) + " keys", false);
  }
  throw Error("state_full", "no room for one more key in limits.state", false);
}

/// The key's slot, or the empty one where it belongs.
std::size_t KeyTable::slot_of(std::string_view code) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash(code) & mask;
  while (slots_[at] != 0 && entries_[slots_[at] - 1].code != code) at = (at + 1) & mask;
  return at;
}

void KeyTable::grow() {
  std::vector<std::uint32_t>(slots_.empty() ? 64 : 2 * slots_.size(), 0).swap(slots_);
  for (std::uint32_t at = first(); at != kNoIndex; at = entries_[at].appeared.after) {
    slots_[slot_of(entries_[at].code)] = at + 1;
  }
}

/// Empties a slot. What stands behind it and was pushed past it moves up, so that no search ends
/// too early.
void KeyTable::empty(std::size_t slot) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = (slot + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t home = hash(entries_[slots_[at] - 1].code) & mask;
    if (((at - home) & mask) < ((at - slot) & mask)) continue;
    slots_[slot] = slots_[at];
    slot = at;
  }
  slots_[slot] = 0;
}

Value KeyTable::decode(std::string_view& rest) {
  const auto type = static_cast<ValueType>(take<char>(rest));
  switch (type) {
    case ValueType::null:
      return {};
    case ValueType::boolean:
      return Value(take<char>(rest) != 0);
    case ValueType::integer:
      return Value(take<std::int64_t>(rest));
    case ValueType::real:
      return Value(take<double>(rest));
    case ValueType::text:
    case ValueType::json:
      break;
  }
  const auto size = take<std::uint32_t>(rest);
  const std::string_view bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  return type == ValueType::json ? Value::json(bytes) : Value(bytes);
}

}  // namespace weir
