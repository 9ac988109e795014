#include "graph/flow/reorder_buffer.h"

#include <algorithm>

#include "graph/flow/failure.h"
#include "graph/flow/unloading.h"

namespace weir {

using detail::RecordData;

namespace {

/// Room for so many records at most before who waits for it is told: coming again wakes workers,
/// each of which burns a millisecond before it rests again.
constexpr std::uint64_t kRoomStep = 4096;

}  // namespace

ReorderBuffer::ReorderBuffer(Environment& env, Share& share, std::mutex* mutex)
    : env_(env),
      share_(share),
      stage_(static_cast<std::size_t>(share.region.first)),
      slabs_(share.pool),
      mutex_(mutex ? *mutex : own_mutex_),
      inlets_(share.region.inputs.size()) {
  if (inlets_.size() > 1) order_ = MergeOrder::make(share.region.merge);
  share.pool.set_reclaim([this] { slabs_.release_empty(); });
  if (!calls() || planned().when.empty()) return;
  for (Inlet& inlet : inlets_) inlet.when = planned().when.evaluator();
}

ReorderBuffer::~ReorderBuffer() {
  for (auto* list : {&waiting_, &out_}) {
    while (Slot* slot = list->front()) {
      list->remove(*slot);
      free(*slot);
    }
  }
  for (Inlet& inlet : inlets_) {
    for (Slot* slot : inlet.queue) free(*slot);
    for (Slot* slot : inlet.offered) free(*slot);
  }
}

void ReorderBuffer::perform(Actions& actions) {
  for (const auto& attempt : actions.cancels) attempt->cancel();
  actions.cancels.clear();
  if (actions.output) output_();
  for (const std::size_t inlet : actions.room) inlets_[inlet].room();
}

/// With the lock: if nothing is left and nothing more comes, that is the end.
bool ReorderBuffer::note_end() {
  const bool ended = closed_ && merging_ == 0 && waiting_.empty() && out_.empty() && taking_ == 0;
  if (ended) ended_.store(true, std::memory_order_release);
  return ended;
}

void ReorderBuffer::finish(Slot& slot, Slot::End end, Actions& actions) {
  stop(slot, actions);
  slot.state = Slot::State::done;
  slot.end = end;
  leave_line(slot, actions);
  switch (share_.region.order) {
    case Order::input:
      if (&slot == waiting_.front()) promote(actions);
      break;
    case Order::none:
      let_leave(slot, actions);
      break;
    case Order::key:
      // One that has a key leaves when it is the first of its line: `leave_line` sees to it.
      if (!slot.key && !slot.leaving) let_leave(slot, actions);
      break;
  }
}

Slot* ReorderBuffer::oldest_queued() const { return out_.front(); }

void ReorderBuffer::let_leave(Slot& slot, Actions& actions) {
  waiting_.remove(slot);
  out_.push_back(slot);
  slot.leaving = true;
  leaving_.store(out_.size(), std::memory_order_release);
  actions.output = true;
}

void ReorderBuffer::promote(Actions& actions) {
  note_hold();
  while (!waiting_.empty() && waiting_.front()->state == Slot::State::done) {
    let_leave(*waiting_.front(), actions);
  }
  front_since_ = now_;
}

/// The slot at the front is done: if others waited for it, for how long?
void ReorderBuffer::note_hold() {
  if (waiting_.size() < 2) return;
  const Slot& front = *waiting_.front();
  const auto since = std::max(front_since_, front.entered);
  const double seconds = std::chrono::duration<double>(now_ - since).count();
  if (seconds <= longest_.seconds) return;
  longest_ = {planned().name, env_.origin(front.input),    env_.parts.get(front.input.part).name,
              Doing::running, std::max(front.attempts, 1), seconds};
}

/// No further attempt follows: the error is the record's.
void ReorderBuffer::fail(Slot& slot, CallError error, Actions& actions) {
  if (policy_for(planned(), error).action == OnError::fail) {
    RecordFailure failure =
        failure_of(stage_, slot.input, slot.rank.place, error.kind, error.message);
    failure.excerpt = excerpt_of(slot.input);
    fail_run(env_, failure);
  }
  slot.error = std::make_unique<CallError>(std::move(error));
  finish(slot, Slot::End::failed, actions);
}

/// A slot that is in no list any more ends here, not in a batch.
void ReorderBuffer::let_go(Slot& slot, RootMark mark) {
  if (slot.ticket) {
    slot.ticket->mark(mark);
    if (slot.ticket->let_go()) env_.book(*slot.ticket);
  }
  share_.gate.give_records(1);
  free(slot);
}

void ReorderBuffer::free(Slot& slot) {
  Freed freed;
  end(slot, freed);
  discharge(freed);
}

/// The end of a slot and its partners, but for their charges.
void ReorderBuffer::end(Slot& slot, Freed& freed) {
  Slot* next = &slot;
  while (Slot* const one = std::exchange(next, next ? next->partner : nullptr)) {
    freed.charges.emplace_back(one->inlet, one->bytes);
    freed.pieces.push_back(one->self);
    freed.partners += one->partner ? 1 : 0;
    one->~Slot();
  }
}

/// With the lock, or in the end: what slots that have ended were charged with.
void ReorderBuffer::discharge(Freed& freed) {
  slabs_.give(freed.pieces);
  share_.gate.give_records(freed.partners);
  for (const auto& [inlet, bytes] : freed.charges) {
    slot_bytes_ -= bytes;
    inlets_[inlet].bytes -= bytes;
    --inlets_[inlet].held;
  }
}

bool ReorderBuffer::roomy() const {
  const std::uint64_t records = share_.gate.records();
  const std::uint64_t held = share_.gate.held();
  if (held == 0) return true;
  // What keeps all workers busy, twice over, is filled up at once.
  const auto busy = 2 * static_cast<std::uint64_t>(std::max(planned().workers.max, 1));
  const std::uint64_t spare = records > busy ? records - busy : 0;
  const std::uint64_t step = std::clamp<std::uint64_t>(spare / 4, 1, kRoomStep);
  return records - held >= step && slot_bytes_ <= share_.pool.normal_limit() * 3 / 8;
}

/// The same for the part of one of several inlets.
bool ReorderBuffer::roomy_for(const Inlet& inlet) const {
  if (inlets_.size() == 1) return roomy();
  if (inlet.held == 0) return true;
  const std::uint64_t quota = share_.gate.records() / inlets_.size();
  const std::uint64_t step = std::clamp<std::uint64_t>(quota / 4, 1, kRoomStep);
  return inlet.held + step <= quota &&
         inlet.bytes <= share_.pool.normal_limit() * 3 / 8 / inlets_.size();
}

/// With the lock: whoever found no room may come again, if there is enough of it now.
void ReorderBuffer::offer_room(Actions& actions, bool memory) {
  for (std::size_t i = 0; i < inlets_.size(); ++i) {
    Inlet& inlet = inlets_[i];
    if (!inlet.wants_room || (inlet.wants_memory && !memory)) continue;
    if (!planned().call.queue && !roomy_for(inlet)) continue;
    inlet.wants_room = false;
    inlet.expected = true;
    actions.room.push_back(i);
  }
}

void ReorderBuffer::let_come(Actions& actions) {
  for (std::size_t i = 0; i < inlets_.size(); ++i) {
    if (!std::exchange(inlets_[i].wants_room, false)) continue;
    inlets_[i].expected = true;
    actions.room.push_back(i);
  }
}

void ReorderBuffer::room_made() {
  Actions actions;
  {
    const Locked lock(*this);
    offer_room(actions);
    settled(actions);
  }
  perform(actions);
}

/// Ends all that is not done and for which `wanted` does not hold. With the lock.
template <class Unwanted>
void ReorderBuffer::end_slots(Unwanted unwanted, Slot::End end, Actions& actions) {
  std::vector<Slot*> slots;
  for (Slot* slot = waiting_.front(); slot; slot = slot->next) {
    if (slot->state != Slot::State::done && unwanted(*slot)) slots.push_back(slot);
  }
  for (Slot* slot : slots) finish(*slot, end, actions);
}

/// Whether nobody wants it any more. Of a letter, where it was written counts.
bool ReorderBuffer::is_beyond(const Slot& slot) const {
  const bool letter = share_.region.letters && slot.input.extra;
  return env_.beyond(slot.rank.place, letter ? slot.input.extra->error.stage : stage_);
}

void ReorderBuffer::drop_beyond() {
  Actions actions;
  {
    const Locked lock(*this);
    end_slots([this](const Slot& slot) { return is_beyond(slot); }, Slot::End::void_, actions);
    settled(actions);
  }
  perform(actions);
}

void ReorderBuffer::abandon() {
  Actions actions;
  {
    const Locked lock(*this);
    abandoned_ = true;
    end_slots([](const Slot&) { return true; }, Slot::End::abandoned, actions);
    if (order_) merge(actions);
    let_come(actions);
  }
  perform(actions);
}

std::uint32_t ReorderBuffer::take_out(Token& token, std::uint32_t records, std::uint64_t bytes) {
  std::vector<Slot*> taken;
  Actions before;
  {
    const Locked lock(*this);
    if (order_ && out_.size() < records) merge(before);
    while (taken.size() < records && !out_.empty()) {
      taken.push_back(out_.front());
      out_.remove(*taken.back());
    }
    taking_ = taken.size();
  }
  before.output = false;
  perform(before);
  std::uint32_t done = 0;
  Unloading unloading(env_, share_.region, token);
  while (done < taken.size() && unloading.bytes() < bytes) {
    if (!unloading.add(*taken[done])) break;
    ++done;
  }
  Freed freed;
  for (std::uint32_t i = 0; i < done; ++i) end(*taken[i], freed);
  Actions actions;
  {
    const Locked lock(*this);
    for (std::size_t i = taken.size(); i > done; --i) out_.push_front(*taken[i - 1]);
    discharge(freed);
    taking_ = 0;
    if (order_) merge(actions);
    leaving_.store(out_.size(), std::memory_order_release);
    if (share_.region.frontier) token.frontier = frontier_sent_ = frontier();
    advanced_.store(false, std::memory_order_release);
    note_end();
    offer_room(actions);
    settled(actions);
  }
  actions.output = false;  // Who takes looks again by himself.
  perform(actions);
  return done;
}

void ReorderBuffer::drop() {
  abandon();
  const std::lock_guard lock(mutex_);
  while (Slot* const slot = out_.front()) {
    out_.remove(*slot);
    let_go(*slot, root_mark(Outcome::abandoned, kInterrupted));
  }
}

/// Of a queue that nothing is called from.
void ReorderBuffer::fill(StageReport& report) const {
  const std::lock_guard lock(mutex_);
  CallReport calls;
  calls.shed = shed_;
  calls.peak_records = peak_;
  report.calls = calls;
}

/// That fails the run.
void ReorderBuffer::no_room_for(const RecordData& record, Place place) {
  fail_run(env_, failure_of(stage_, record, place, "memory",
                            "limits.memory leaves no room for the record, though no other is in "
                            "its way"));
}

void ReorderBuffer::give_up_first() {
  const Locked lock(*this);
  Slot* const slot = out_.front();
  if (!slot) return;
  no_room_for(slot->input, slot->rank.place);
  out_.remove(*slot);
  leaving_.store(out_.size(), std::memory_order_release);
  note_end();
  let_go(*slot, root_mark(Outcome::abandoned, static_cast<std::uint16_t>(stage_)));
}

std::optional<std::pair<Place, HeadOfLine>> ReorderBuffer::oldest() const {
  const std::lock_guard lock(mutex_);
  const Slot* slot = waiting_.front() ? waiting_.front() : out_.front();
  if (!slot) return std::nullopt;
  const auto since = std::max(front_since_, slot->entered);
  HeadOfLine head{planned().name,
                  env_.origin(slot->input),
                  env_.parts.get(slot->input.part).name,
                  slot->state == Slot::State::done ? Doing::leaving : doing(*slot),
                  std::max(slot->attempts, 1),
                  std::chrono::duration<double>(Clock::now() - since).count()};
  head.holds = share_.region.order == Order::input;
  return std::pair(slot->rank.place, std::move(head));
}

}  // namespace weir
