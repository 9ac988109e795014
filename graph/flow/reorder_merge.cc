// How the inlets of a ReorderBuffer become one sequence, and how it says how far it is.

#include "graph/flow/reorder_buffer.h"

namespace weir {

using detail::RecordData;

namespace {

/// Records that a merge which prefers some inlets lets through before they are wanted.
constexpr std::uint64_t kAhead = 4;

}  // namespace

/// With the lock: the first of the inlet's queue, out of it.
Slot& ReorderBuffer::pop(std::size_t inlet) {
  Slot& slot = *inlets_[inlet].queue.front();
  inlets_[inlet].queue.pop_front();
  --merging_;
  return slot;
}

/// With the lock: lets in what the order of the merge allows.
void ReorderBuffer::merge(Actions& actions) {
  const auto busy = 2 * static_cast<std::uint64_t>(std::max(planned().workers.max, 0));
  const std::uint64_t ahead = std::max(kAhead, busy);
  while (merging_ > 0 && (abandoned_ || !order_->lazy() || waiting_.size() + out_.size() < ahead)) {
    if (abandoned_) {
      const auto first =
          std::ranges::find_if(inlets_, [](const Inlet& inlet) { return !inlet.queue.empty(); });
      enter(pop(static_cast<std::size_t>(first - inlets_.begin())), actions);
      continue;
    }
    const auto choice = order_->next(inlets_);
    if (!choice) break;
    Slot& slot = pop(choice->inlet);
    if (choice->what == MergeOrder::Choice::What::pair) pair(slot, actions);
    if (choice->what == MergeOrder::Choice::What::failed && !slot.error) {
      slot.error = std::make_unique<CallError>();
      slot.error->kind = choice->kind;
      slot.error->message = choice->message;
    }
    enter(slot, actions, choice->what == MergeOrder::Choice::What::left && !slot.error);
  }
  note_frontier(actions);
}

/// With the lock: the first records of all other inlets become part of this one's.
void ReorderBuffer::pair(Slot& slot, Actions&) {
  Slot* last = &slot;
  for (std::size_t i = 0; i < inlets_.size(); ++i) {
    if (i == slot.inlet) continue;
    Slot& partner = pop(i);
    last->partner = &partner;
    last = &partner;
    add_fields(slot, partner);
    if (!partner.ticket) continue;
    partner.ticket->mark(root_mark(Outcome::aggregated, static_cast<std::uint16_t>(stage_)));
    if (partner.ticket->let_go()) env_.book(*partner.ticket);
    partner.ticket = nullptr;
  }
}

/// The partner's fields stand behind the slot's own; one whose name is taken has the name of the
/// partner's input before its own. Their bytes stay where they are.
void ReorderBuffer::add_fields(Slot& slot, Slot& partner) {
  RecordData& into = slot.input;
  const RecordData& from = partner.input;
  if (from.field_count == 0 || slot.error) return;
  const auto region = static_cast<std::size_t>(share_.region.inputs[partner.inlet]);
  const std::string prefix = env_.plan.at(env_.plan.regions[region].last).name + '_';
  try {
    slot.arena.set_lane(Lane::reserve);
    auto* const table = reinterpret_cast<detail::FieldSlot*>(
        slot.arena.take((into.field_count + from.field_count) * sizeof(detail::FieldSlot)));
    std::copy_n(into.fields, into.field_count, table);
    std::uint32_t count = into.field_count;
    for (std::uint32_t i = 0; i < from.field_count; ++i) {
      detail::FieldSlot field = from.fields[i];
      const auto taken = [&](std::string_view name) {
        return std::any_of(table, table + count,
                           [&](const detail::FieldSlot& other) { return other.key() == name; });
      };
      if (taken(field.key())) {
        const std::string_view name = slot.arena.keep(prefix + std::string(field.key()));
        field.name = name.data();
        field.name_size = static_cast<std::uint32_t>(name.size());
      }
      table[count++] = field;
    }
    slot.piece.reset();
    into.fields = table;
    into.field_count = into.field_capacity = count;
    into.flags &= static_cast<std::uint8_t>(~detail::kFieldsShared);
  } catch (const detail::OutOfMemory&) {
    slot.error = std::make_unique<CallError>();
    slot.error->kind = "memory";
    slot.error->message = "no room for the fields of both partners";
  }
  const std::uint64_t more = slot.self.size + slot.arena.capacity() - slot.bytes;
  slot.bytes += more;
  slot_bytes_ += more;
  inlets_[slot.inlet].bytes += more;
}

/// With the lock: nothing below it will leave any more, where records leave in order.
Rank ReorderBuffer::frontier() const {
  const Slot* const first = out_.front() ? out_.front() : waiting_.front();
  // Behind all that comes in stands what the region's own stages make in the end.
  Rank rank = first ? first->rank : Rank{{share_.behind_all(0), 0, 0}};
  for (const Inlet& inlet : inlets_) {
    if (!inlet.queue.empty()) {
      rank = std::min(rank, inlet.queue.front()->rank);
    } else if (!inlet.closed) {
      rank = std::min(rank, inlet.frontier);
    }
  }
  return std::max(rank, frontier_sent_);
}

/// With the lock: if nothing is there to take along how far the region is, that alone is output.
void ReorderBuffer::note_frontier(Actions& actions) {
  if (!share_.region.frontier || !out_.empty() || !waiting_.empty() || taking_ > 0) return;
  if (frontier() <= frontier_sent_ || advanced_.load()) return;
  advanced_.store(true, std::memory_order_release);
  actions.output = true;
}

void ReorderBuffer::advance(std::size_t at, const Rank& frontier) {
  Actions actions;
  {
    const Locked lock(*this);
    Inlet& inlet = inlets_[at];
    if (frontier <= inlet.frontier) return;
    inlet.frontier = frontier;
    if (order_) merge(actions);
    note_frontier(actions);
    settled(actions);
  }
  perform(actions);
}

void ReorderBuffer::not_coming(std::size_t at) {
  if (!order_ || !order_->lazy()) return;
  Actions actions;
  {
    const Locked lock(*this);
    if (!std::exchange(inlets_[at].expected, false)) return;
    merge(actions);
    settled(actions);
  }
  perform(actions);
}

/// Whether what comes from that region has come to an end because a source was stopped.
bool ReorderBuffer::is_cut(int region) const {
  const Region& above = env_.plan.regions[static_cast<std::size_t>(region)];
  if (above.source < 0) {
    return std::ranges::any_of(above.inputs, [this](int input) { return is_cut(input); });
  }
  const auto source = static_cast<std::size_t>(above.source);
  return env_.stopped(source) && !env_.input_end(source);
}

void ReorderBuffer::close(std::size_t at) {
  Actions actions;
  {
    const Locked lock(*this);
    inlets_[at].closed = true;
    inlets_[at].cut = order_ && is_cut(share_.region.inputs[at]);
    inlets_[at].expected = false;
    closed_ = std::ranges::all_of(inlets_, [](const Inlet& inlet) { return inlet.closed; });
    if (order_) merge(actions);
    actions.output = note_end() || actions.output;
    settled(actions);
  }
  perform(actions);
}

void ReorderBuffer::watch_idle(EventLoop& loop) {
  if (!order_ || share_.region.merge.idle.count() == 0) return;
  loop_ = &loop;
  loop.add(idle_clock_);
  for (Inlet& inlet : inlets_) inlet.heard = Clock::now();
}

std::optional<Clock::time_point> ReorderBuffer::look_for_idle() {
  Actions actions;
  std::optional<Clock::time_point> next;
  {
    const Locked lock(*this);
    for (Inlet& inlet : inlets_) {
      if (inlet.closed || inlet.idle) continue;
      const bool silent = inlet.queue.empty() && !inlet.wants_room;
      const auto due = (silent ? inlet.heard : now_) + share_.region.merge.idle;
      if (due <= now_) {
        inlet.idle = true;
        ++inlet.idled;
      } else if (!next || due < *next) {
        next = due;
      }
    }
    merge(actions);
    settled(actions);
  }
  perform(actions);
  return next;
}

void ReorderBuffer::fill_inputs(StageReport& report) const {
  // Those of dead letters nobody has written down; some only say how far the main way is.
  if (!order_ || share_.region.letters) return;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < inlets_.size(); ++i) {
    using State = InputReport::State;
    const Inlet& inlet = inlets_[i];
    const auto region = static_cast<std::size_t>(share_.region.inputs[i]);
    report.inputs.push_back({env_.plan.at(env_.plan.regions[region].last).name, inlet.records,
                             inlet.closed ? State::ended
                             : inlet.idle ? State::idle
                                          : State::live,
                             inlet.idled});
  }
}

bool ReorderBuffer::waits() const {
  if (!loop_) return false;
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(inlets_,
                             [](const Inlet& inlet) { return !inlet.closed && !inlet.idle; });
}

}  // namespace weir
