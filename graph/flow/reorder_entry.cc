// How records come into a ReorderBuffer.

#include <algorithm>

#include "graph/flow/caught.h"
#include "graph/flow/record_copy.h"
#include "graph/flow/reorder_buffer.h"

namespace weir {

using detail::RecordData;

namespace {

/// Records that are let in at once.
constexpr std::size_t kFlush = 64;
/// Credits that are taken ahead.
constexpr std::size_t kAhead = 32;

}  // namespace

/// Whether one more record of so many bytes may come in. If not, who asked is told later.
/// `ahead`: there may be more records like this one.
ReorderBuffer::Room ReorderBuffer::find_room(Inlet& inlet, std::size_t bytes, bool ahead) {
  Actions actions;
  Room room = Room::yes;
  {
    const Locked lock(*this);
    inlet.expected = false;
    const bool returned = return_ahead(inlet) > 0;  // Of too few bytes for this record.
    const auto& queue = planned().call.queue;
    if (queue && !make_queue_room(*queue, bytes, actions)) {
      room = Room::shed;
      ++shed_;
    } else {
      const bool queue_has_room =
          !queue ||
          ((queue->records == 0 || queued_records() < queue->records) &&
           (queue->bytes == 0 || queued_bytes() == 0 || queued_bytes() + bytes <= queue->bytes));
      const bool alone = is_alone(inlet);
      const bool may = alone || (queue_has_room && has_part(inlet, bytes));
      const bool taken = may && share_.gate.take_records(1) > 0;
      room = !taken ? Room::no : alone ? Room::alone : Room::yes;
      inlet.wants_room = !taken;
      inlet.wants_memory = false;
      if (taken) ++inlet.held;
      if (taken && ahead) take_ahead(inlet, bytes);
      if (order_ && inlet.wants_room) merge(actions);  // It may have waited for what is now full.
    }
    if (returned) offer_room(actions, share_.gate.held() == 0);
  }
  perform(actions);
  return room;
}

/// With the lock: what a queue that does not wait does about being full. False: the new record is
/// the one to be shed.
bool ReorderBuffer::make_queue_room(const QueuePolicy& queue, std::size_t bytes, Actions& actions) {
  if (queue.when_full == QueuePolicy::WhenFull::wait) return true;
  const auto full = [&] {
    return (queue.records > 0 && queued_records() >= queue.records) ||
           (queue.bytes > 0 && queued_bytes() + bytes > queue.bytes);
  };
  while (full()) {
    const bool drops_oldest = queue.when_full == QueuePolicy::WhenFull::drop_oldest;
    Slot* const oldest = drops_oldest ? oldest_queued() : nullptr;
    if (!oldest) return false;
    remove_queued(*oldest, actions);
  }
  return true;
}

/// With the lock: credits for what will come next, so that not each record takes the lock. `flush`
/// gives back what was not used.
void ReorderBuffer::take_ahead(Inlet& inlet, std::size_t bytes) {
  const std::size_t room = kAhead * bytes;
  if (!has_part(inlet, 2 * room)) return;
  std::uint64_t most = kAhead;
  if (inlets_.size() > 1) {
    most = std::min(most, share_.gate.records() / inlets_.size() - inlet.held);
  }
  inlet.granted_bytes = room;
  inlet.granted = share_.gate.take_records(static_cast<std::uint32_t>(most));
  inlet.held += inlet.granted;
}

/// With the lock: gives credits back that were taken ahead. Returns how many.
std::uint32_t ReorderBuffer::return_ahead(Inlet& inlet) {
  const std::uint32_t unused = std::exchange(inlet.granted, 0);
  inlet.held -= unused;
  share_.gate.give_records(unused);
  return unused;
}

/// Whether nothing is there that could make room later: then one record always comes in.
bool ReorderBuffer::is_alone(const Inlet& inlet) const {
  return inlets_.size() > 1 ? inlet.held == 0 : share_.gate.held() == 0;
}

/// Half of the share is for slots (attempts and batches need the rest), an equal part for each
/// inlet.
bool ReorderBuffer::has_part(const Inlet& inlet, std::size_t bytes) const {
  const std::uint64_t memory = share_.pool.normal_limit() / 2 / inlets_.size();
  return inlet.bytes + bytes <= memory &&
         (inlets_.size() == 1 || inlet.held < share_.gate.records() / inlets_.size());
}

/// With the lock: `queue` drops a record that has waited longest. Its place closes at once.
void ReorderBuffer::remove_queued(Slot& slot, Actions& actions) {
  ++shed_;
  stop(slot, actions);
  slot.state = Slot::State::done;
  slot.end = Slot::End::shed;
  leave_line(slot, actions);
  const bool was_out = slot.leaving;
  (was_out ? out_ : waiting_).remove(slot);
  leaving_.store(out_.size(), std::memory_order_release);
  let_go(slot, root_mark(Outcome::shed, static_cast<std::uint16_t>(stage_)));
  if (!was_out && share_.region.order == Order::input) promote(actions);
}

ReorderBuffer::Offered ReorderBuffer::offer(std::size_t at, const RecordData& record,
                                            const Rank& rank, Ticket** ticket) {
  Inlet& inlet = inlets_[at];
  const bool bounded = planned().call.queue.has_value();
  if (bounded) flush(at);
  const CopySize copy = copied_size(record);
  const std::size_t size = copy.all() + sizeof(Slot);
  for (bool again = false;; again = true) {
    const bool granted = inlet.granted > 0 && size <= inlet.granted_bytes;
    if (granted) {
      --inlet.granted;
      inlet.granted_bytes -= size;
    }
    const Room room = granted ? Room::yes : find_room(inlet, size, !bounded && !again);
    if (room == Room::shed) return Offered::shed;
    if (room == Room::no) {
      flush(at);
      return Offered::full;
    }
    const bool alone = room == Room::alone;
    const Lane lane = alone ? Lane::reserve : Lane::normal;
    if (Slot* const slot = make_slot(at, record, copy, lane, rank, ticket)) {
      inlet.offered.push_back(slot);
      if (bounded || inlet.offered.size() >= kFlush) flush(at);
      return Offered::taken;
    }
    flush(at);
    switch (give_room_back(inlet, alone)) {
      case Retry::now:
        break;
      case Retry::later:
        return Offered::full;
      case Retry::never:
        no_room_for(record, rank.place);
        return Offered::given_up;
    }
  }
}

/// There was no memory for a record that had found room. `alone`: it was tried with the reserve,
/// too; if it is alone in the region, what never came back holds all.
ReorderBuffer::Retry ReorderBuffer::give_room_back(Inlet& inlet, bool alone) {
  const bool hopeless = alone && share_.gate.held() == 1;
  share_.gate.give_records(1);
  Actions actions;
  bool full = false;
  {
    const Locked lock(*this);
    --inlet.held;
    settled(actions);  // The oldest may have waited for this one to be in, or not.
    // If all has left meanwhile, nobody is there any more to tell us that there is room.
    full = alone ? share_.gate.held() > 0 : !is_alone(inlet);
    inlet.wants_room = inlet.wants_memory = full;
  }
  perform(actions);
  if (hopeless) return Retry::never;
  return full ? Retry::later : Retry::now;
}

/// A slot with a copy of the record. Null: no memory now.
Slot* ReorderBuffer::make_slot(std::size_t inlet, const RecordData& record, CopySize size,
                               Lane lane, const Rank& rank, Ticket** ticket) {
  // Where nothing is called the record's bytes stand behind the slot: attempts keep theirs.
  const std::size_t behind = calls() ? 0 : size.all() + detail::Arena::kPadding;
  Piece piece;
  if (!slabs_.take(sizeof(Slot) + behind, lane, piece)) return nullptr;
  Slot* const slot = new (piece.data) Slot(slabs_, piece);
  if (behind > 0) slot->arena.begin_in(piece.data + sizeof(Slot), piece.size - sizeof(Slot));
  slot->rank = rank;
  slot->inlet = static_cast<std::uint16_t>(inlet);
  slot->deadline.owner = slot->step.owner = slot;
  const bool copied = copy_in(record, size, *slot, lane);
  if (copied && !*ticket) *ticket = Ticket::make(slabs_, lane, rank.place);
  if (copied && *ticket) {
    slot->ticket = *ticket;
    slot->ticket->hold();
    return slot;
  }
  slot->~Slot();
  slabs_.give(piece);
  return nullptr;
}

bool ReorderBuffer::copy_in(const RecordData& record, CopySize size, Slot& slot, Lane lane) {
  slot.arena.set_lane(lane);
  if (calls()) slot.arena.first_size(std::min(size.all(), env_.record_limit()));
  try {
    if (size.all() > env_.record_limit()) {
      // Its beginning goes on as the error's record.
      RecordData cut = record;
      cut.text_size = std::min<std::uint32_t>(cut.text_size, 1024);
      cut.fields = nullptr;
      cut.field_count = cut.field_capacity = 0;
      cut.extra = nullptr;
      if (!copy_out(cut, copied_size(cut), slot.arena, slot.input)) return false;
      slot.error = std::make_unique<CallError>();
      slot.error->kind = "too_big";
      slot.error->message = "a record of " + std::to_string(size.all()) +
                            " bytes passes limits.record, " + std::to_string(env_.record_limit()) +
                            " bytes";
    } else if (!copy_out(record, size, slot.arena, slot.input)) {
      return false;
    } else if (!record.extra) {
      slot.piece = size;
    }
    slot.input.root = detail::kNoRoot;
    slot.input.port = 0;
    slot.input.input = static_cast<std::uint8_t>(slot.inlet);
    if (!slot.error && (calls() || order_)) {
      Record one(slot.input, slot.arena, env_);
      slot.arena.set_budget(env_.record_limit());
      try {
        if (order_) order_->prepare(slot, one);
        if (calls()) {
          slot.key_text = key_of(one);
          const auto& when = inlets_[slot.inlet].when;
          slot.to_call = !when || when->test(one);
        }
        if (slot.to_call) slot.cost = cost_of(one);
      } catch (...) {
        Caught caught = caught_exception();
        slot.error = std::make_unique<CallError>();
        slot.error->kind = std::move(caught.kind);
        slot.error->message = std::move(caught.message);
      }
    }
    return true;
  } catch (const detail::OutOfMemory&) {
    return false;
  }
}

void ReorderBuffer::flush(std::size_t at) {
  Inlet& inlet = inlets_[at];
  if (inlet.offered.empty() && inlet.granted == 0) return;
  Actions actions;
  {
    const Locked lock(*this);
    inlet.expected = false;
    const std::uint32_t unused = return_ahead(inlet);
    // Credits alone are no room for those that found no memory.
    if (unused > 0) offer_room(actions, share_.gate.held() == 0);
    inlet.records += inlet.offered.size();
    inlet.heard = now_;
    if (std::exchange(inlet.idle, false) && loop_) loop_->wake();
    for (Slot* slot : inlet.offered) {
      slot->bytes = slot->self.size + slot->arena.capacity();
      slot_bytes_ += slot->bytes;
      inlet.bytes += slot->bytes;
      if (!order_) {
        enter(*slot, actions);
        continue;
      }
      slot->arrival = arrivals_++;
      ++merging_;
      order_->take_in(inlet, *slot);
    }
    if (order_) merge(actions);
    settled(actions);  // The oldest may have waited for these to be in.
  }
  inlet.offered.clear();
  perform(actions);
}

/// With the lock: the slot becomes part of the buffer.
void ReorderBuffer::enter(Slot& slot, Actions& actions, bool left) {
  slot.number = next_number_++;
  slot.entered = now_;
  if (waiting_.empty()) front_since_ = slot.entered;
  waiting_.push_back(slot);
  peak_ = std::max(peak_, waiting_.size() + out_.size());
  if (abandoned_ || left) {
    finish(slot, Slot::End::abandoned, actions);
  } else if (is_beyond(slot)) {
    finish(slot, Slot::End::void_, actions);
  } else if (slot.error) {
    stand_in_line(slot);
    fail(slot, std::move(*slot.error), actions);
  } else {
    entered(slot, actions);
  }
}

}  // namespace weir
