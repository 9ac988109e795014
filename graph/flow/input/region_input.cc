#include "graph/flow/input/region_input.h"

#include <algorithm>

#include "graph/flow/context/caught.h"
#include "graph/flow/context/failure.h"
#include "graph/flow/input/batch_builder.h"
#include "graph/flow/memory/record_copy.h"

namespace weir::flow {

using detail::RecordData;

namespace {

/// Records that are let in at a time.
constexpr std::size_t kFlush = 64;

/// Records that a merge with preferred inputs lets through before they are wanted.
constexpr std::uint64_t kAhead = 4;

/// The number of consecutive batches without a record that makes an input dry.
constexpr std::uint32_t kDry = 16;

}  // namespace

RegionInput::RegionInput(const RegionContext& region, Mutex* mutex)
    : context_(region.run),
      quota_(region.quota),
      stage_(quota_.region.first),
      planned_(context_.plan.stages[stage_]),
      mutex_(mutex ? *mutex : own_mutex_),
      inputs_(quota_.region.inputs.size()),
      store_(region, inputs_),
      admission_(quota_, planned_, inputs_),
      merge_(region, inputs_, store_),
      queue_(context_, quota_.region) {
  const auto& queue = planned_.call.queue;
  if (!queue) return;
  if (queue->when_full == compile::QueuePolicy::WhenFull::drop_random) {
    shed_order_.emplace(queue->seed);
  }
  max_age_ = queue->max_age;
}

RegionInput::~RegionInput() {
  while (Slot* const slot = queue_.first_waiting()) {
    queue_.let_leave(*slot);
  }
  while (Slot* const slot = queue_.take()) store_.free(*slot);
  for (InputQueue& input : inputs_) {
    for (Slot* slot : input.waiting) store_.free(*slot);
    for (Slot* slot : input.offered) store_.free(*slot);
  }
}

void RegionInput::perform(Actions& actions) {
  if (actions.loop) calls_->wake();
  for (const auto& attempt : actions.cancels) attempt->cancel();
  actions.cancels.clear();
  if (actions.output) output_();
  if (actions.decided && decided_) decided_(*actions.decided);
  for (const std::size_t input : actions.room) inputs_[input].room();
}

void RegionInput::settled(Actions& actions) {
  if (calls_) calls_->settled(actions);
}

// Records come in.

/// Returns the counts of the records that wait to be called, or to leave where nothing is called,
/// but not of those that wait for records of other inputs.
Queued RegionInput::queued() const {
  return calls_ ? calls_->queued() : Queued{queue_.size(), store_.bytes()};
}

/// Finds room for one more record. If there is none, the producer is notified when it may retry.
RegionInput::Room RegionInput::find_room(InputQueue& input, const Wanted& wanted) {
  Actions actions;
  Room room = Room::shed;
  {
    const Locked lock(*this);
    input.expected = true;
    const bool returned = admission_.return_ahead(input) > 0;  // They cover too few bytes.
    room = take_room(input, wanted, actions);
    if (room == Room::shed) ++shed_;
    input.wants_room = room == Room::no;
    input.wants_memory = false;
    const bool taken = room == Room::yes || room == Room::alone;
    if (taken) ++input.held;
    if (taken && wanted.ahead) admission_.take_ahead(input, wanted.bytes);
    // It may have waited for this input, which is now full.
    if (merge_.merges() && input.wants_room) merge(actions);
    if (returned) offer_room(actions, quota_.gate.held() == 0);
  }
  perform(actions);
  return room;
}

/// Takes a credit for one record, and sheds others for it if `queue` says so.
RegionInput::Room RegionInput::take_room(InputQueue& input, const Wanted& wanted,
                                         Actions& actions) {
  if (admission_.never_fits(wanted.bytes)) return Room::shed;
  while (admission_.must_shed(wanted.bytes, queued())) {
    if (!drop_one(wanted, actions)) return Room::shed;
  }
  do {
    switch (admission_.take(input, wanted.bytes, queued())) {
      case Admission::Room::yes:
        return Room::yes;
      case Admission::Room::alone:
        return Room::alone;
      case Admission::Room::no:
        break;
    }
  } while (admission_.sheds() && drop_one(wanted, actions));
  return admission_.sheds() ? Room::shed : Room::no;
}

/// Makes room by shedding a waiting record. Returns false if the new one must go.
bool RegionInput::drop_one(const Wanted& wanted, Actions& actions) {
  if (!admission_.sheds_waiting()) return false;
  Slot* const slot = first_to_shed(wanted);
  if (!slot) return false;
  shed(*slot, root_mark(Outcome::shed, stage_), actions);
  return true;
}

/// Returns the waiting record that makes room; null if the new one must go.
Slot* RegionInput::first_to_shed(const Wanted& wanted) const {
  if (!shed_order_) return calls_ ? calls_->oldest_queued() : queue_.first_out();
  Slot* const first = shed_order_->first();
  return first && first->shed_hash < wanted.shed_hash ? first : nullptr;
}

/// Sheds a record that waits. Its place closes at once.
void RegionInput::shed(Slot& slot, RootMark mark, Actions& actions) {
  ++shed_;
  if (shed_order_ && !calls_) shed_order_->remove(slot);
  mark_done(slot, Slot::End::shed, actions);
  if (queue_.remove(slot, now_)) actions.output = true;
  store_.let_go(slot, mark);
}

void RegionInput::shed_old(Slot& slot, Actions& actions) {
  shed(slot, root_mark(Outcome::shed, kMaxAge), actions);
}

/// Lets others come where old records were, if there are any: a merge, a producer, the end.
void RegionInput::room_after_old(Actions& actions) {
  if (merge_.merges()) merge(actions);
  offer_room(actions);
  note_frontier(actions);
  if (note_end()) actions.output = true;
}

RegionInput::Offered RegionInput::offer(std::size_t at, const RecordData& record,
                                        const MergeRank& rank, OriginRef** origin_ref) {
  InputQueue& input = inputs_[at];
  input.gave = true;
  const bool bounded = admission_.has_queue();
  if (bounded) flush(at);
  const CopySize copy = copied_size(record);
  const std::size_t size = copy.all() + sizeof(Slot);
  const std::uint64_t shed_hash = shed_order_ ? shed_order_->hash(context_.origin(record)) : 0;
  for (bool again = false;; again = true) {
    const bool granted = input.granted > 0 && size <= input.granted_bytes;
    if (granted) {
      --input.granted;
      input.granted_bytes -= size;
    }
    const Room room = granted ? Room::yes : find_room(input, {size, shed_hash, !bounded && !again});
    if (room == Room::shed) return Offered::shed;
    if (room == Room::no) {
      flush(at);
      return Offered::full;
    }
    const bool alone = room == Room::alone;
    const Lane lane = alone ? Lane::reserve : Lane::normal;
    if (Slot* const slot = make_slot(at, record, copy, lane, rank, origin_ref)) {
      slot->shed_hash = shed_hash;
      input.offered.push_back(slot);
      if (bounded || input.offered.size() >= kFlush) flush(at);
      return Offered::taken;
    }
    flush(at);
    switch (give_room_back(input, alone)) {
      case Retry::now:
        break;
      case Retry::later:
        return Offered::full;
      case Retry::shed:
        return Offered::shed;
      case Retry::never:
        no_room_for(record, rank.place);
        return Offered::given_up;
    }
  }
}

/// Returns the credit of a record that had found room but no memory, and decides when to retry.
/// `alone`: it was tried with the reserve, too. If it is also the only record of the region, all
/// memory is held by what never came back.
RegionInput::Retry RegionInput::give_room_back(InputQueue& input, bool alone) {
  const bool hopeless = alone && quota_.gate.held() == 1;
  quota_.gate.give_records(1);
  Actions actions;
  bool full = false;
  {
    const Locked lock(*this);
    --input.held;
    settled(actions);  // The oldest may have waited to see if this one comes in.
    // If everything has left meanwhile, nobody is there any more who could notify the producer.
    full = alone ? quota_.gate.held() > 0 : !admission_.is_alone(input);
    if (full && admission_.sheds()) ++shed_;
    input.wants_room = input.wants_memory = full && !admission_.sheds();
  }
  perform(actions);
  if (hopeless) return Retry::never;
  if (full && admission_.sheds()) return Retry::shed;
  return full ? Retry::later : Retry::now;
}

/// Makes a slot with a copy of the record, prepared for merge and call. Returns null if there is no
/// memory now.
Slot* RegionInput::make_slot(std::size_t input, const RecordData& record, CopySize size, Lane lane,
                             const MergeRank& rank, OriginRef** origin_ref) {
  Slot* const slot = store_.make(input, record, size, lane, rank);
  if (!slot) return nullptr;
  if (prepare(*slot) && store_.attach(*slot, lane, origin_ref)) return slot;
  store_.undo(*slot);
  return nullptr;
}

/// Reads what merge and call need from a record. Returns false if there is no memory now.
bool RegionInput::prepare(Slot& slot) {
  if (slot.error || (!calls_ && !merge_.merges())) return true;
  Record record(slot.input, slot.arena, context_);
  slot.arena.set_budget(context_.record_limit());
  try {
    merge_.prepare(slot, record);
    if (calls_) calls_->prepare(slot, record);
  } catch (const detail::OutOfMemory&) {
    return false;
  } catch (...) {
    Caught caught = caught_exception();
    slot.error = std::make_unique<CallError>();
    slot.error->kind = std::move(caught.kind);
    slot.error->message = std::move(caught.message);
  }
  return true;
}

void RegionInput::flush(std::size_t at) {
  InputQueue& input = inputs_[at];
  if (input.offered.empty() && input.granted == 0) return;
  Actions actions;
  {
    const Locked lock(*this);
    const std::uint32_t unused = admission_.return_ahead(input);
    // Credits alone are no room for records that found no memory.
    if (unused > 0) offer_room(actions, quota_.gate.held() == 0);
    input.records += input.offered.size();
    input.heard = now_;
    if (std::exchange(input.idle, false) && loop_) loop_->wake();
    for (Slot* slot : input.offered) {
      store_.charge(*slot);
      if (merge_.merges()) {
        merge_.take_in(*slot);
      } else {
        enter(*slot, actions);
      }
    }
    if (merge_.merges()) {
      merge(actions);
    } else if (quota_.region.tells_head) {
      note_frontier(actions);
    }
    settled(actions);  // The oldest may have waited for these to be in.
  }
  input.offered.clear();
  perform(actions);
}

/// Lets in what the order of the merge allows.
void RegionInput::merge(Actions& actions) {
  const auto busy = 2 * static_cast<std::uint64_t>(std::max(planned_.workers.max, 0));
  const std::uint64_t ahead = std::max(kAhead, busy);
  bool lost = false;
  while (merge_.waiting() > 0 && (abandoned_ || !prefers() || queue_.size() < ahead)) {
    if (abandoned_) {
      enter(merge_.any(), actions);
      continue;
    }
    const auto next = merge_.next();
    if (!next) break;
    if (next->lost) {
      store_.let_go(next->slot, kLost);
      lost = true;
    } else {
      enter(next->slot, actions, next->left);
    }
  }
  if (lost) offer_room(actions);
  if (const MergeRank* const decided = merge_.decided(); decided && told_decided_ != *decided) {
    actions.decided = told_decided_ = *decided;
  }
  note_frontier(actions);
}

/// Makes the record part of the sequence. `left`: what it would have waited for is no longer read.
void RegionInput::enter(Slot& slot, Actions& actions, bool left) {
  queue_.enter(slot, now_);
  if (shed_order_ && !calls_) shed_order_->add(slot);
  if (abandoned_ || left) {
    finish(slot, Slot::End::abandoned, actions);
  } else if (is_beyond(slot)) {
    finish(slot, Slot::End::void_, actions);
  } else if (is_lost(slot)) {
    finish(slot, Slot::End::lost, actions);
  } else if (slot.error) {
    if (calls_) calls_->stand_in_line(slot);
    fail(slot, std::move(*slot.error), actions);
  } else if (calls_ && drops_unwanted_) {
    finish(slot, Slot::End::unwanted, actions);
  } else if (calls_) {
    calls_->enter(slot, actions);
  } else {
    finish(slot, Slot::End::passed, actions);
  }
}

void RegionInput::advance(std::size_t at, const MergeRank& frontier) {
  Actions actions;
  {
    const Locked lock(*this);
    if (!merge_.advance(at, frontier)) return;
    if (merge_.merges()) merge(actions);
    note_frontier(actions);
    settled(actions);
  }
  perform(actions);
}

void RegionInput::close(std::size_t at) {
  Actions actions;
  {
    const Locked lock(*this);
    closed_ = merge_.close(at);
    if (merge_.merges()) merge(actions);
    actions.output = note_end() || actions.output;
    settled(actions);
  }
  perform(actions);
}

// A merge that prefers some inputs is told what to expect.

void RegionInput::not_coming(std::size_t at) {
  if (!prefers()) return;
  {
    const Locked lock(*this);
    stop_waiting_for(inputs_[at]);
  }
  choose_again();
}

void RegionInput::batch_left(std::size_t at) {
  InputQueue& input = inputs_[at];
  input.dry.store(std::exchange(input.gave, false) ? 0 : input.dry.load() + 1);
  if (!prefers()) return;
  const Locked lock(*this);
  stop_waiting_for(input);
}

/// Notes that the producer of an input is not on its way to it. It may have found no room before,
/// and then no longer needed any: what it had lies beyond the failure cut.
void RegionInput::stop_waiting_for(InputQueue& input) { input.expected = input.wants_room = false; }

bool RegionInput::is_dry(std::size_t input) const { return inputs_[input].dry.load() >= kDry; }

void RegionInput::choose_again() {
  if (!prefers()) return;
  Actions actions;
  {
    const Locked lock(*this);
    merge(actions);
    settled(actions);
  }
  perform(actions);
}

void RegionInput::watch_idle(EventLoop& loop) {
  if (!merge_.watches_idle()) return;
  loop_ = &loop;
  loop.add(idle_clock_);
  for (InputQueue& input : inputs_) input.heard = Clock::now();
}

std::optional<Clock::time_point> RegionInput::look_for_idle() {
  Actions actions;
  std::optional<Clock::time_point> next;
  {
    const Locked lock(*this);
    next = merge_.look_for_idle(now_);
    merge(actions);
    settled(actions);
  }
  perform(actions);
  return next;
}

// Records end here.

/// Marks a record as done, however it ended, and lets those go on that waited for its call.
void RegionInput::mark_done(Slot& slot, Slot::End end, Actions& actions) {
  slot.end = end;
  if (calls_) calls_->stop(slot, actions);
  slot.state = Slot::State::done;
  if (calls_) calls_->leave_line(slot, actions);
}

void RegionInput::finish(Slot& slot, Slot::End end, Actions& actions) {
  mark_done(slot, end, actions);
  if (queue_.done(slot, now_)) actions.output = true;
}

void RegionInput::fail(Slot& slot, CallError error, Actions& actions) {
  if (policy_for(planned_, error).action == compile::OnError::fail) {
    RecordFailure failure =
        failure_of(stage_, slot.input, slot.rank.place, error.kind, error.message);
    failure.excerpt = excerpt_of(slot.input);
    fail_run(context_, failure);
  }
  slot.error = std::make_unique<CallError>(std::move(error));
  finish(slot, Slot::End::failed, actions);
}

/// Ends all records that are not done and for which `unwanted` holds.
template <class Unwanted>
void RegionInput::end_slots(Unwanted unwanted, Slot::End end, Actions& actions) {
  std::vector<Slot*> slots;
  for (Slot* slot = queue_.first_waiting(); slot; slot = slot->next) {
    if (slot->state != Slot::State::done && unwanted(*slot)) slots.push_back(slot);
  }
  for (Slot* slot : slots) finish(*slot, end, actions);
}

/// Returns whether nobody wants the record any longer. For a letter, the stage that wrote it
/// counts.
bool RegionInput::is_beyond(const Slot& slot) const {
  const bool letter = quota_.region.letters && slot.input.extra;
  return context_.beyond(slot.rank.place, letter ? StageId(slot.input.extra->error.stage) : stage_);
}

void RegionInput::drop_beyond() {
  Actions actions;
  {
    const Locked lock(*this);
    end_slots([this](const Slot& slot) WEIR_REQUIRES(input_lock) { return is_beyond(slot); },
              Slot::End::void_, actions);
    settled(actions);
  }
  perform(actions);
}

void RegionInput::drop_unwanted() {
  Actions actions;
  {
    const Locked lock(*this);
    drops_unwanted_ = true;
    end_slots([](const Slot&) { return true; }, Slot::End::unwanted, actions);
    settled(actions);
  }
  perform(actions);
}

void RegionInput::drop_lost(const MergeRank& rank) {
  Actions actions;
  {
    const Locked lock(*this);
    if (lost_ && rank <= *lost_) return;
    lost_ = rank;
    std::vector<Slot*> slots;
    // Where ranks decide, records wait in their order.
    for (Slot* slot = queue_.first_waiting(); slot && is_lost(*slot); slot = slot->next) {
      if (slot->state != Slot::State::done) slots.push_back(slot);
    }
    for (Slot* slot : slots) finish(*slot, Slot::End::lost, actions);
    settled(actions);
  }
  perform(actions);
}

void RegionInput::abandon() {
  Actions actions;
  {
    const Locked lock(*this);
    abandoned_ = true;
    if (calls_) calls_->abandon();
    end_slots([](const Slot&) { return true; }, Slot::End::abandoned, actions);
    if (merge_.merges()) merge(actions);
    let_come(actions);
  }
  perform(actions);
}

void RegionInput::drop() {
  abandon();
  const Locked lock(*this);
  while (Slot* const slot = take_first()) {
    store_.let_go(*slot, root_mark(Outcome::abandoned, kInterrupted));
  }
}

/// Fails the run, because there is no room for the record.
void RegionInput::no_room_for(const RecordData& record, OriginPlace place) {
  fail_run(context_, failure_of(stage_, record, place, "memory",
                                "limits.memory leaves no room for the record, though no other is "
                                "in its way"));
}

void RegionInput::give_up_first() {
  const Locked lock(*this);
  Slot* const slot = take_first();
  if (!slot) return;
  no_room_for(slot->input, slot->rank.place);
  queue_.publish();
  note_end();
  store_.let_go(*slot, root_mark(Outcome::abandoned, stage_));
}

// Records leave.

/// Removes and returns the next of those that leave; null if there is none.
Slot* RegionInput::take_first() {
  Slot* const slot = queue_.take();
  if (slot && shed_order_ && !calls_) shed_order_->remove(*slot);
  return slot;
}

/// Undoes `take_first`.
void RegionInput::put_back(Slot& slot) {
  queue_.put_back(slot);
  if (shed_order_ && !calls_) shed_order_->add(slot);
}

/// Removes and returns up to `records` of those that leave. Sheds what waited too long for a stage
/// that is not called record by record.
std::vector<Slot*> RegionInput::take_young(std::uint32_t records) {
  std::vector<Slot*> taken;
  while (taken.size() < records && queue_.out() > 0) {
    Slot* const slot = take_first();
    if (!calls_ && slot->end == Slot::End::passed && too_old(*slot)) {
      ++shed_;
      store_.let_go(*slot, root_mark(Outcome::shed, kMaxAge));
    } else {
      taken.push_back(slot);
    }
  }
  return taken;
}

RegionInput::Taken RegionInput::take_out(Token& token, std::uint32_t records, std::uint64_t bytes) {
  std::vector<Slot*> taken;
  Actions before;
  {
    const Locked lock(*this);
    if (merge_.merges() && queue_.out() < records) merge(before);
    taken = take_young(records);
    taking_ = taken.size();
  }
  before.output = false;
  perform(before);
  std::uint32_t done = 0;
  BatchBuilder builder(context_, quota_.region, unwanted(), token);
  while (done < taken.size() && builder.bytes() < bytes) {
    if (!builder.add(*taken[done])) break;
    ++done;
  }
  SlotStore::Freed freed;
  for (std::uint32_t i = 0; i < done; ++i) SlotStore::end(*taken[i], freed);
  Actions actions;
  {
    const Locked lock(*this);
    for (std::size_t i = taken.size(); i > done; --i) put_back(*taken[i - 1]);
    store_.give_back(freed);
    taking_ = 0;
    if (merge_.merges()) merge(actions);
    queue_.publish();
    if (quota_.region.frontier) {
      token.frontier = frontier();
      merge_.tell(token.frontier);
    }
    advanced_.store(false, std::memory_order_release);
    note_end();
    offer_room(actions);
    settled(actions);
  }
  actions.output = false;  // The caller looks again by itself.
  perform(actions);
  return {done, done == 0 && !taken.empty()};
}

void RegionInput::room_made() {
  Actions actions;
  {
    const Locked lock(*this);
    offer_room(actions);
    settled(actions);
  }
  perform(actions);
}

/// Returns the rank below which nothing will leave any more, where records leave in order.
MergeRank RegionInput::frontier() const {
  return merge_.frontier(queue_.first_out() ? queue_.first_out() : queue_.first_waiting());
}

/// Makes an advanced frontier output by itself, if no record is there to take it along: none at
/// all, or where the head is to be told, none that leaves.
void RegionInput::note_frontier(Actions& actions) {
  if (!quota_.region.frontier || taking_ > 0) return;
  if (quota_.region.tells_head ? queue_.out() > 0 : !queue_.empty()) return;
  if (frontier() <= merge_.told() || advanced_.load()) return;
  advanced_.store(true, std::memory_order_release);
  actions.output = true;
}

/// Notes the end, if nothing is left and nothing more comes.
bool RegionInput::note_end() {
  const bool ended = closed_ && merge_.waiting() == 0 && queue_.empty() && taking_ == 0;
  if (ended) ended_.store(true, std::memory_order_release);
  return ended;
}

// The input reports.

bool RegionInput::waits() const {
  const Locked lock(*this);
  return (loop_ && merge_.is_live()) || (calls_ && calls_->pending());
}

void RegionInput::fill(StageReport& report) const {
  const Locked lock(*this);
  CallReport calls;
  if (calls_) calls_->fill(calls);
  calls.shed = shed_;
  calls.peak_records = queue_.peak();
  report.calls = calls;
  merge_.fill(report);
}

std::optional<std::pair<OriginPlace, HeadOfLine>> RegionInput::oldest() const {
  const Locked lock(*this);
  const auto doing = [this](const Slot& slot) WEIR_REQUIRES(input_lock) {
    return calls_ ? calls_->doing(slot) : Doing::leaving;
  };
  auto head = queue_.oldest(doing);
  if (!head) return std::nullopt;
  const Slot* const slot = queue_.first_waiting() ? queue_.first_waiting() : queue_.first_out();
  return std::pair(slot->rank.place, std::move(*head));
}

}  // namespace weir::flow
