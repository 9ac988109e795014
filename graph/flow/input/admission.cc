#include "graph/flow/input/admission.h"

#include <algorithm>
#include <utility>

namespace weir::flow {
namespace {

/// The most credits that are taken ahead.
constexpr std::size_t kAhead = 32;

/// The room, in records, that always suffices to notify a waiting producer. Its retry wakes
/// oneTBB's workers, each of which burns a millisecond before it rests again.
constexpr std::uint64_t kRoomStep = 4096;

}  // namespace

Admission::Room Admission::take(const InputQueue& input, std::size_t bytes, Queued queued) {
  const bool queue_has_room =
      !queue() ||
      ((queue()->records == 0 || queued.records < queue()->records) &&
       (queue()->bytes == 0 || queued.bytes == 0 || queued.bytes + bytes <= queue()->bytes));
  const bool alone = is_alone(input);
  const bool may = alone || (queue_has_room && has_part(input, bytes));
  if (!may || quota_.gate.take_records(1) == 0) return Room::no;
  return alone ? Room::alone : Room::yes;
}

void Admission::take_ahead(InputQueue& input, std::size_t bytes) {
  const std::size_t room = kAhead * bytes;
  if (!has_part(input, 2 * room)) return;
  std::uint64_t most = kAhead;
  if (inputs_.size() > 1) {
    most = std::min(most, quota_.gate.records() / inputs_.size() - input.held);
  }
  input.granted_bytes = room;
  input.granted = quota_.gate.take_records(static_cast<std::uint32_t>(most));
  input.held += input.granted;
}

std::uint32_t Admission::return_ahead(InputQueue& input) {
  const std::uint32_t unused = std::exchange(input.granted, 0);
  input.held -= unused;
  quota_.gate.give_records(unused);
  return unused;
}

bool Admission::is_alone(const InputQueue& input) const {
  return inputs_.size() > 1 ? input.held == 0 : quota_.gate.held() == 0;
}

bool Admission::must_shed(std::size_t bytes, Queued queued) const {
  return sheds() && ((queue()->records > 0 && queued.records >= queue()->records) ||
                     (queue()->bytes > 0 && queued.bytes + bytes > queue()->bytes));
}

/// Returns whether the input's part has room. Half of the quota's memory is for slots (attempts and
/// batches need the rest), an equal part for each input.
bool Admission::has_part(const InputQueue& input, std::size_t bytes) const {
  const std::uint64_t memory = quota_.pool.normal_limit() / 2 / inputs_.size();
  return input.bytes + bytes <= memory &&
         (inputs_.size() == 1 || input.held < quota_.gate.records() / inputs_.size());
}

/// Returns whether there is enough room to notify producers. `slots` is the memory of all slots.
bool Admission::roomy(std::uint64_t slots) const {
  const std::uint64_t records = quota_.gate.records();
  const std::uint64_t held = quota_.gate.held();
  if (held == 0) return true;
  // The records that keep all permits busy, twice over, are replaced at once.
  const auto busy = 2 * static_cast<std::uint64_t>(std::max(stage_.workers.max, 1));
  const std::uint64_t spare = records > busy ? records - busy : 0;
  const std::uint64_t step = std::clamp<std::uint64_t>(spare / 4, 1, kRoomStep);
  return records - held >= step && slots <= quota_.pool.normal_limit() * 3 / 8;
}

/// Does the same for the part of one of several inputs.
bool Admission::roomy_for(const InputQueue& input, std::uint64_t slots) const {
  if (inputs_.size() == 1) return roomy(slots);
  if (input.held == 0) return true;
  const std::uint64_t part = quota_.gate.records() / inputs_.size();
  const std::uint64_t step = std::clamp<std::uint64_t>(part / 4, 1, kRoomStep);
  return input.held + step <= part &&
         input.bytes <= quota_.pool.normal_limit() * 3 / 8 / inputs_.size();
}

bool Admission::wants_room() const { return std::ranges::any_of(inputs_, &InputQueue::wants_room); }

void Admission::offer_room(std::vector<std::size_t>& who, std::uint64_t slots, bool memory) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    InputQueue& input = inputs_[i];
    if (!input.wants_room || (input.wants_memory && !memory)) continue;
    if (!has_queue() && !roomy_for(input, slots)) continue;
    input.wants_room = false;
    input.expected = true;
    who.push_back(i);
  }
}

void Admission::let_come(std::vector<std::size_t>& who) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (!std::exchange(inputs_[i].wants_room, false)) continue;
    inputs_[i].expected = true;
    who.push_back(i);
  }
}

}  // namespace weir::flow
