#include "graph/flow/input/slot_store.h"

#include <algorithm>

#include "graph/flow/memory/record_copy.h"

namespace weir::flow {

using detail::RecordData;

namespace {

/// The bytes of text that go on with the error of a record that exceeds `limits.record`.
constexpr std::uint32_t kExcerpt = 1024;

}  // namespace

SlotStore::SlotStore(const RegionContext& region, std::span<InputQueue> inputs)
    : region_(region), inputs_(inputs), slabs_(region.quota.pool) {
  region.quota.pool.set_reclaim([this] { slabs_.release_empty(); });
}

Slot* SlotStore::make(std::size_t input, const RecordData& record, CopySize size, Lane lane,
                      const MergeRank& rank) {
  // Where nothing is called, the record's bytes stand behind the slot. Otherwise a detached attempt
  // may have to keep them.
  const std::size_t behind = region_.region().calls ? 0 : size.all() + detail::Arena::kPadding;
  Piece piece;
  if (!slabs_.take(sizeof(Slot) + behind, lane, piece)) return nullptr;
  Slot* const slot = new (piece.data) Slot(slabs_, piece);
  if (behind > 0) slot->arena.begin_in(piece.data + sizeof(Slot), piece.size - sizeof(Slot));
  slot->rank = rank;
  slot->input_index = static_cast<std::uint16_t>(input);
  slot->call.deadline.owner = slot->call.step.owner = slot;
  if (copy(record, size, *slot, lane)) return slot;
  undo(*slot);
  return nullptr;
}

bool SlotStore::copy(const RecordData& record, CopySize size, Slot& slot, Lane lane) const {
  slot.arena.set_lane(lane);
  const std::size_t limit = region_.run.record_limit();
  if (region_.region().calls) slot.arena.first_size(std::min(size.all(), limit));
  try {
    if (size.all() > limit) {
      RecordData cut = record;
      cut.text_size = std::min(cut.text_size, kExcerpt);
      cut.fields = nullptr;
      cut.field_count = cut.field_capacity = 0;
      cut.extra = nullptr;
      if (!copy_out(cut, copied_size(cut), slot.arena, slot.input)) return false;
      slot.error = std::make_unique<CallError>();
      slot.error->kind = "too_big";
      slot.error->message = "a record of " + std::to_string(size.all()) +
                            " bytes passes limits.record, " + std::to_string(limit) + " bytes";
    } else if (!copy_out(record, size, slot.arena, slot.input)) {
      return false;
    } else if (!record.extra) {
      slot.piece = size;
    }
  } catch (const detail::OutOfMemory&) {
    return false;
  }
  slot.input.root = detail::kNoRoot;
  slot.input.port = 0;
  // The inputs of dead letters have no order in the YAML, and there may be many.
  slot.input.input = static_cast<std::uint8_t>(region_.region().letters ? 0 : slot.input_index);
  return true;
}

void SlotStore::undo(Slot& slot) {
  const Piece piece = slot.self;
  slot.~Slot();
  slabs_.give(piece);
}

void SlotStore::discharge(Slot& slot, std::uint64_t bytes) {
  slot.bytes -= bytes;
  bytes_ -= bytes;
  inputs_[slot.input_index].bytes -= bytes;
}

void SlotStore::end(Slot& slot, Freed& freed) {
  Slot* next = &slot;
  while (Slot* const one = std::exchange(next, next ? next->partner : nullptr)) {
    freed.charges.emplace_back(one->input_index, one->bytes);
    freed.pieces.push_back(one->self);
    freed.partners += one->partner ? 1 : 0;
    one->~Slot();
  }
}

void SlotStore::give_back(Freed& freed) {
  slabs_.give(freed.pieces);
  region_.quota.gate.give_records(freed.partners);
  for (const auto& [input, bytes] : freed.charges) {
    bytes_ -= bytes;
    inputs_[input].bytes -= bytes;
    --inputs_[input].held;
  }
}

void SlotStore::free(Slot& slot) {
  Freed freed;
  end(slot, freed);
  give_back(freed);
}

void SlotStore::let_go(Slot& slot, RootMark mark) {
  if (slot.origin_ref) {
    slot.origin_ref->mark(mark);
    if (slot.origin_ref->let_go()) region_.accounts.book(*slot.origin_ref);
  }
  region_.quota.gate.give_records(1);
  free(slot);
}

}  // namespace weir::flow
