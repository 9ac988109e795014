#include "graph/flow/input/batch_builder.h"

#include <algorithm>

#include "graph/flow/context/failure.h"
#include "graph/flow/memory/record_copy.h"
#include "graph/flow/stage/error_policy.h"

namespace weir::flow {

using detail::RecordData;
using detail::RecordState;

namespace {

RecordData copied(const RecordData& record, const std::optional<CopySize>& piece,
                  detail::Arena& arena, std::uint32_t root) {
  RecordData copy;
  const bool fits = piece ? copy_piece(record, *piece, arena, copy)
                          : copy_out(record, copied_size(record), arena, copy);
  if (!fits) throw detail::OutOfMemory{};
  copy.root = root;
  copy.state = RecordState::live;
  copy.flags &= static_cast<std::uint8_t>(~detail::kPassesBy);
  return copy;
}

}  // namespace

bool BatchBuilder::add(Slot& slot) {
  const std::uint32_t roots = token_.roots.size();
  const std::uint32_t records = token_.work.records.size();
  const std::uint32_t letters = token_.letters.size();
  const std::size_t failures = token_.failures.size();
  const StageTally tally = token_.tallies[stage_];
  try {
    token_.origin_refs.push(slot.origin_ref, token_.work.lane);
    token_.roots.push(kUnmarked, token_.work.lane);
    if (region_.frontier) token_.ranks.push(slot.rank, token_.work.lane);
    convert(slot, roots);
  } catch (const detail::OutOfMemory&) {
    token_.origin_refs.truncate(roots);
    token_.roots.truncate(roots);
    token_.ranks.truncate(roots);
    token_.work.records.truncate(records);
    token_.letters.truncate(letters);
    token_.failures.take_back(failures);
    token_.tallies[stage_] = tally;
    return false;
  }
  const bool first = token_.credits == 0;
  token_.first_place = first ? slot.rank.place : std::min(token_.first_place, slot.rank.place);
  ++token_.credits;
  return true;
}

void BatchBuilder::convert(Slot& slot, std::uint32_t root) {
  StageTally& tally = token_.tallies[stage_];
  const std::uint32_t before = token_.work.records.size();
  const bool counts = calls();
  if (counts) ++tally.in;
  tally.busy_ns += slot.busy_ns;
  switch (slot.end) {
    case Slot::End::passed:
      put(slot.input, root, slot.piece);
      break;
    case Slot::End::answered:
      answered(slot, root);
      break;
    case Slot::End::failed:
      failed(slot, root);
      break;
    case Slot::End::shed:
      mark(slot, root, root_mark(Outcome::shed, stage_));
      break;
    case Slot::End::lost:
      token_.mark(root, kLost);
      break;
    case Slot::End::unwanted:
      token_.mark(root, root_mark(Outcome::filtered, unwanted_));
      break;
    case Slot::End::abandoned:
      token_.mark(root, root_mark(Outcome::abandoned, kInterrupted));
      break;
    case Slot::End::void_:
      token_.give_up_behind(context_.failure_cut, root);
      break;
  }
  if (counts) tally.out += token_.work.records.size() - before;
}

/// Marks a record that ended at this stage, and shows it to an observer.
void BatchBuilder::mark(const Slot& slot, std::uint32_t root, RootMark mark) {
  token_.mark(root, mark);
  if (!context_.observer) return;
  const Lock lock(context_.observer_mutex);
  RecordData copy = slot.input;
  copy.root = root;
  detail::Extra extra;
  if (copy.extra) extra = *copy.extra;
  if (slot.error) {
    extra.error = {slot.error->kind, slot.error->message, stage_.number(), 1, false};
    copy.extra = &extra;
    copy.state = RecordState::failed;
  }
  context_.observer->ended(stage_, Record(copy, token_.work.arena, context_),
                           kOutcomeNames[static_cast<std::size_t>(outcome_of(mark))]);
}

void BatchBuilder::put(const RecordData& record, std::uint32_t root,
                       const std::optional<CopySize>& piece) {
  token_.work.records.push() = copied(record, piece, token_.work.arena, root);
  if (calls() && context_.observer) {
    const Lock lock(context_.observer_mutex);
    RecordData& last = token_.work.records.all().back();
    Record shown(last, token_.work.arena, context_);
    context_.observer->after(stage_, shown);
  }
  bytes_ += record.text_size;
}

void BatchBuilder::answered(Slot& slot, std::uint32_t root) {
  Attempt& attempt = *slot.call.winner;
  const RecordData& record = attempt.data();
  if (!attempt.emitted().empty()) {
    for (const RecordData& child : attempt.emitted()) put(child, root);
  } else if (record.state == RecordState::live) {
    put(record, root);
  } else {
    mark(slot, root, ended_mark(record.state, stage_));
  }
}

void BatchBuilder::failed(Slot& slot, std::uint32_t root) {
  const CallError& error = *slot.error;
  compile::ErrorPolicy policy = policy_for(context_.plan.stages[stage_], error);
  // Nothing goes on behind a sink, so there is nothing to keep.
  const bool keeps = policy.action == compile::OnError::keep;
  if (keeps && context_.plan.is_sink(stage_)) policy.action = compile::OnError::skip;
  const bool full = needs_message(policy, token_);
  RecordFailure failure =
      failure_of(stage_, slot.input, slot.rank.place, error.kind, full ? error.message : "");
  failure.attempts = std::max(slot.call.attempts, 1);
  if (full) failure.excerpt = excerpt_of(slot.input);
  struct Site {
    BatchBuilder& builder;
    const compile::ErrorPolicy& policy;
    Slot& slot;
    std::uint32_t root;
    detail::Extra extra;
    RecordData record;

    /// Restores the record as it entered, with the error from the slot, to be copied into the
    /// batch.
    void restore() {
      record = slot.input;
      if (record.extra) extra = *record.extra;
      const CallError& error = *slot.error;
      extra.error = {error.kind, error.message, 0,
                     static_cast<std::uint32_t>(std::max(slot.call.attempts, 1)), false};
      const detail::Extra* const teller = error.teller ? error.teller->data().extra : nullptr;
      extra.told = teller ? teller->told : nullptr;
      extra.told_count = teller ? teller->told_count : 0;
      record.extra = &extra;
      carry_error(builder.context_, policy, builder.stage_, record, builder.token_.work.arena);
    }
    /// The run has already failed, when the call did.
    void fail(const RecordFailure&) {}
    void end(Outcome outcome) { builder.mark(slot, root, root_mark(outcome, builder.stage_)); }
    void keep() {
      restore();
      record.port = builder.context_.plan.stages[builder.stage_].kept_port();
      builder.put(record, root);
      if (!builder.calls()) builder.token_.work.records.all().back().flags |= detail::kPassesBy;
    }
    void letter() {
      restore();
      detail::Arena& arena = builder.token_.work.arena;
      RecordData letter = copied(record, {}, arena, root);
      add_letter(builder.context_, policy, builder.token_, letter, slot.input.field_count > 0,
                 arena);
    }
  };
  apply_error_policy(policy, token_, std::move(failure), full,
                     Site{*this, policy, slot, root, {}, {}});
}

}  // namespace weir::flow
