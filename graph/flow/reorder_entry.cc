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

}  // namespace

/// Whether one more record of so many bytes may come in. If not, who asked is told later. A letter
/// does not wait for the stage: no queue is too full for it.
ReorderBuffer::Room ReorderBuffer::find_room(std::size_t bytes, bool letter) {
  Actions actions;
  Room room = Room::yes;
  {
    const Locked lock(*this);
    const auto& queue = planned().call.queue;
    if (queue && !letter && queue->when_full != QueuePolicy::WhenFull::wait) {
      const auto full = [&] {
        return (queue->records > 0 && queued_records() >= queue->records) ||
               (queue->bytes > 0 && queued_bytes() + bytes > queue->bytes);
      };
      while (full() && room == Room::yes) {
        Slot* oldest =
            queue->when_full == QueuePolicy::WhenFull::drop_oldest ? oldest_queued() : nullptr;
        if (!oldest) room = Room::shed;
        if (oldest) remove_queued(*oldest, actions);
      }
    }
    if (room == Room::yes) {
      const bool queue_has_room =
          !queue || letter ||
          ((queue->records == 0 || queued_records() < queue->records) &&
           (queue->bytes == 0 || queued_bytes() == 0 || queued_bytes() + bytes <= queue->bytes));
      // Half of the share is for slots; attempts and batches need the rest.
      const bool memory = slot_bytes_ + bytes <= share_.pool.normal_limit() / 2;
      const bool alone = share_.gate.held() == 0;
      const bool may = alone || (queue_has_room && memory);
      room = may && share_.gate.take_records(1) > 0 ? Room::yes : Room::no;
      wants_room_ = room == Room::no;
    }
    if (room == Room::shed) ++shed_;
  }
  perform(actions);
  return room;
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

ReorderBuffer::Offered ReorderBuffer::offer(const RecordData& record, Place place,
                                            Ticket** ticket) {
  const bool bounded = planned().call.queue.has_value();
  if (bounded) flush();
  while (true) {
    switch (find_room(copied_size(record) + sizeof(Slot), record.letter_to != 0)) {
      case Room::no:
        flush();
        return Offered::full;
      case Room::shed:
        return Offered::shed;
      case Room::yes:
        break;
    }
    if (Slot* const slot = make_slot(record, place, ticket)) {
      offered_.push_back(slot);
      if (bounded || offered_.size() >= kFlush) flush();
      return Offered::taken;
    }
    // Alone in the region and yet without room: what never came back holds it all.
    if (share_.gate.held() == 1) {
      share_.gate.give_records(1);
      no_room_for(record, place);
      return Offered::given_up;
    }
    share_.gate.give_records(1);
    flush();
    Actions actions;
    bool full = false;
    {
      const Locked lock(*this);
      settled(actions);  // The oldest may have waited for this one to be in, or not.
      // If all has left meanwhile, nobody is there any more to tell us that there is room.
      full = wants_room_ = share_.gate.held() > 0;
    }
    perform(actions);
    if (full) return Offered::full;
  }
}

/// A slot with a copy of the record. Null: no memory now.
Slot* ReorderBuffer::make_slot(const RecordData& record, Place place, Ticket** ticket) {
  // The record that is alone in the region may use the reserve: so there is always one that can.
  const Lane lane = share_.gate.held() == 1 ? Lane::reserve : Lane::normal;
  Piece piece;
  if (!slabs_.take(sizeof(Slot), lane, piece)) return nullptr;
  Slot* const slot = new (piece.data) Slot(slabs_, piece);
  slot->place = place;
  slot->deadline.owner = slot->step.owner = slot;
  const bool copied = copy_in(record, *slot, lane);
  if (copied && ticket && !*ticket) *ticket = Ticket::make(slabs_, lane, place);
  if (copied && ticket) slot->ticket = *ticket;
  if (copied && (!ticket || *ticket)) {
    if (slot->ticket) slot->ticket->hold();
    return slot;
  }
  slot->~Slot();
  slabs_.give(piece);
  return nullptr;
}

bool ReorderBuffer::copy_in(const RecordData& record, Slot& slot, Lane lane) {
  slot.arena.set_lane(lane);
  const std::size_t size = copied_size(record);
  slot.arena.first_size(std::min(size, env_.record_limit()));
  try {
    if (size > env_.record_limit()) {
      // Its beginning goes on as the error's record.
      RecordData cut = record;
      cut.text_size = std::min<std::uint32_t>(cut.text_size, 1024);
      cut.fields = nullptr;
      cut.field_count = cut.field_capacity = 0;
      cut.extra = nullptr;
      if (!copy_out(cut, slot.arena, slot.input)) return false;
      slot.error = std::make_unique<CallError>();
      slot.error->kind = "too_big";
      slot.error->message = "a record of " + std::to_string(size) +
                            " bytes passes limits.record, " + std::to_string(env_.record_limit()) +
                            " bytes";
    } else if (!copy_out(record, slot.arena, slot.input)) {
      return false;
    }
    slot.input.root = detail::kNoRoot;
    if (record.letter_to != 0) {
      slot.end = Slot::End::letter;
    } else if (calls() && !slot.error) {
      Record one(slot.input, slot.arena, env_);
      slot.arena.set_budget(env_.record_limit());
      try {
        slot.key_text = key_of(one);
        slot.to_call = !when_ || when_->test(one);
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

void ReorderBuffer::flush() {
  if (offered_.empty()) return;
  Actions actions;
  {
    const Locked lock(*this);
    for (Slot* slot : offered_) enter(*slot, actions);
    settled(actions);  // The oldest may have waited for these to be in.
  }
  offered_.clear();
  perform(actions);
}

/// With the lock: the slot becomes part of the buffer.
void ReorderBuffer::enter(Slot& slot, Actions& actions) {
  slot.number = next_number_++;
  slot.entered = now_;
  if (waiting_.empty()) front_since_ = slot.entered;
  waiting_.push_back(slot);
  slot_bytes_ += slot.arena.capacity() + sizeof(Slot);
  peak_ = std::max(peak_, waiting_.size() + out_.size());
  if (abandoned_) {
    finish(slot, Slot::End::abandoned, actions);
  } else if (env_.beyond(slot.place, stage_)) {
    finish(slot, Slot::End::void_, actions);
  } else if (slot.end == Slot::End::letter) {
    finish(slot, Slot::End::letter, actions);
  } else if (slot.error) {
    stand_in_line(slot);
    fail(slot, std::move(*slot.error), actions);
  } else {
    entered(slot, actions);
  }
}

}  // namespace weir
