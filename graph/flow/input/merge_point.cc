#include "graph/flow/input/merge_point.h"

#include <algorithm>
#include <string>

namespace weir::flow {

using detail::RecordData;

MergePoint::MergePoint(const RegionContext& region, std::span<InputQueue> inputs, SlotStore& store)
    : region_(region), inputs_(inputs), store_(store) {
  if (inputs.size() > 1) order_ = MergeOrder::make(region.run.plan, region.region());
}

Slot& MergePoint::any() {
  const auto first =
      std::ranges::find_if(inputs_, [](const InputQueue& input) { return !input.waiting.empty(); });
  return pop(static_cast<std::size_t>(first - inputs_.begin()));
}

/// Makes the first records of all other inputs part of this one's.
void MergePoint::pair(Slot& slot) {
  Slot* last = &slot;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (i == slot.input_index) continue;
    Slot& partner = pop(i);
    last->partner = &partner;
    last = &partner;
    add_fields(slot, partner);
    if (!partner.origin_ref) continue;
    partner.origin_ref->mark(root_mark(Outcome::aggregated, region_.region().first));
    if (partner.origin_ref->let_go()) region_.accounts.book(*partner.origin_ref);
    partner.origin_ref = nullptr;
  }
}

/// Adds the partner's fields behind the slot's own. A field whose name is taken gets the name of
/// the partner's input in front of its own. The bytes stay where they are.
void MergePoint::add_fields(Slot& slot, Slot& partner) {
  RecordData& into = slot.input;
  const RecordData& from = partner.input;
  if (from.field_count == 0 || slot.error) return;
  const std::string prefix = input_name(partner.input_index) + '_';
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
  store_.charge(slot);
}

/// Gives a record its error, unless what is missing may have been abandoned above, where that is
/// known earlier than here.
MergePoint::Next MergePoint::fail(Slot& slot, const MergeOrder::Choice& choice) {
  const bool all = choice.what == MergeOrder::Choice::What::none_good;
  if (slot.error && !all) return {slot};
  if (region_.run.abandoned()) return {slot, true};
  std::string message = all ? all_errors(slot) : choice.message;
  slot.error = std::make_unique<CallError>();
  slot.error->kind = choice.kind;
  slot.error->message = std::move(message);
  return {slot};
}

/// Names the errors of all records of a rank. `slot` is the one that was taken out.
std::string MergePoint::all_errors(const Slot& slot) const {
  std::string text;
  const auto add = [&](const std::string& stage, std::string_view kind, std::string_view why) {
    text.append(text.empty() ? "no branch was good: " : "; ").append(stage);
    text.append(": ").append(kind).append(": ").append(why);
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const auto& waiting = inputs_[i].waiting;
    const Slot* const one = i == slot.input_index ? &slot
                            : waiting.empty()     ? nullptr
                                                  : waiting.front();
    if (!one || one->rank != slot.rank) continue;
    if (one->error) {
      add(input_name(i), one->error->kind, one->error->message);
    } else {
      const detail::ErrorSlot& error = one->input.extra->error;
      add(region_.run.plan.stages[StageId(error.stage)].name, error.kind, error.message);
    }
  }
  return text;
}

/// Returns the name of the stage that an input reads.
const std::string& MergePoint::input_name(std::size_t input) const {
  const compile::Plan& plan = region_.run.plan;
  return plan.stages[plan.regions[region_.region().inputs[input]].last].name;
}

bool MergePoint::advance(std::size_t at, const MergeRank& frontier) {
  InputQueue& input = inputs_[at];
  if (frontier <= input.frontier) return false;
  input.frontier = frontier;
  return true;
}

bool MergePoint::close(std::size_t at) {
  InputQueue& input = inputs_[at];
  input.closed = true;
  input.cut = order_ && is_cut(region_.region().inputs[at]);
  input.expected = false;
  return std::ranges::all_of(inputs_, &InputQueue::closed);
}

/// Returns whether what comes from that region ended because a source was stopped.
bool MergePoint::is_cut(RegionId region) const {
  const compile::Region& above = region_.run.plan.regions[region];
  if (!above.source) {
    return std::ranges::any_of(above.inputs, [this](RegionId input) { return is_cut(input); });
  }
  return region_.run.stopped(*above.source) && !region_.run.input_end(*above.source);
}

MergeRank MergePoint::frontier(const Slot* first) const {
  // What the region's own stages make at the end stands behind all that comes in.
  MergeRank rank = first ? first->rank : MergeRank{{region_.quota.behind_all(0), 0, SourceId()}};
  for (const InputQueue& input : inputs_) {
    if (!input.waiting.empty()) {
      rank = std::min(rank, input.waiting.front()->rank);
    } else if (!input.closed) {
      rank = std::min(rank, input.frontier);
    }
  }
  return std::max(rank, told_);
}

std::optional<Clock::time_point> MergePoint::look_for_idle(Clock::time_point now) {
  std::optional<Clock::time_point> next;
  for (InputQueue& input : inputs_) {
    if (input.closed || input.idle) continue;
    const bool silent = input.waiting.empty() && !input.wants_room;
    const auto due = (silent ? input.heard : now) + region_.region().merge.idle;
    if (due <= now) {
      input.idle = true;
      ++input.idled;
    } else if (!next || due < *next) {
      next = due;
    }
  }
  return next;
}

bool MergePoint::is_live() const {
  return std::ranges::any_of(inputs_,
                             [](const InputQueue& input) { return !input.closed && !input.idle; });
}

void MergePoint::fill(StageReport& report) const {
  // The inputs of a region for dead letters are not in the YAML. Some only tell how far the main
  // chain is.
  if (!order_ || region_.region().letters) return;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    using State = InputReport::State;
    const InputQueue& input = inputs_[i];
    report.inputs.push_back({input_name(i), input.records,
                             input.closed ? State::ended
                             : input.idle ? State::idle
                                          : State::live,
                             input.idled, order_->won(i)});
  }
}

}  // namespace weir::flow
