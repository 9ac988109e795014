#include "graph/flow/unloading.h"

#include <algorithm>

#include "graph/flow/failure.h"
#include "graph/flow/letters.h"
#include "graph/flow/record_copy.h"

namespace weir {

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
  return copy;
}

}  // namespace

bool Unloading::add(Slot& slot) {
  const std::uint32_t roots = token_.roots.size();
  const std::uint32_t records = token_.work.records.size();
  const std::uint32_t letters = token_.letters.size();
  const std::size_t failures = token_.failures.size();
  const StageTally tally = token_.tallies[stage_];
  try {
    token_.tickets.push(slot.ticket, token_.work.lane);
    token_.roots.push(kUnmarked, token_.work.lane);
    if (region_.frontier) token_.ranks.push(slot.rank, token_.work.lane);
    convert(slot, roots);
  } catch (const detail::OutOfMemory&) {
    token_.tickets.truncate(roots);
    token_.roots.truncate(roots);
    token_.ranks.truncate(roots);
    token_.work.records.truncate(records);
    token_.letters.truncate(letters);
    token_.take_back_failures(failures);
    token_.tallies[stage_] = tally;
    return false;
  }
  const bool first = token_.credits == 0;
  token_.first_place = first ? slot.rank.place : std::min(token_.first_place, slot.rank.place);
  ++token_.credits;
  return true;
}

void Unloading::convert(Slot& slot, std::uint32_t root) {
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
      mark(slot, root, Outcome::shed);
      break;
    case Slot::End::abandoned:
      token_.mark(root, root_mark(Outcome::abandoned, kInterrupted));
      break;
    case Slot::End::void_:
      token_.give_up_behind(env_.fence, root);
      break;
  }
  if (counts) tally.out += token_.work.records.size() - before;
}

/// The record ended at this stage. An observer hears of it.
void Unloading::mark(const Slot& slot, std::uint32_t root, Outcome outcome) {
  token_.mark(root, root_mark(outcome, stage_));
  if (!env_.observer) return;
  const std::lock_guard lock(env_.observer_mutex);
  RecordData copy = slot.input;
  copy.root = root;
  detail::Extra extra;
  if (copy.extra) extra = *copy.extra;
  if (slot.error) {
    extra.error = {slot.error->kind, slot.error->message, stage_, 1, false};
    copy.extra = &extra;
    copy.state = RecordState::failed;
  }
  env_.observer->ended(stage_, Record(copy, token_.work.arena, env_),
                       kOutcomeNames[static_cast<std::size_t>(outcome)]);
}

void Unloading::put(const RecordData& record, std::uint32_t root,
                    const std::optional<CopySize>& piece) {
  token_.work.records.push() = copied(record, piece, token_.work.arena, root);
  if (calls() && env_.observer) {
    const std::lock_guard lock(env_.observer_mutex);
    RecordData& last = token_.work.records.all().back();
    Record shown(last, token_.work.arena, env_);
    env_.observer->after(stage_, shown);
  }
  bytes_ += record.text_size;
}

void Unloading::answered(Slot& slot, std::uint32_t root) {
  Attempt& attempt = *slot.winner;
  const RecordData& record = attempt.data();
  if (!attempt.emitted().empty()) {
    for (const RecordData& child : attempt.emitted()) put(child, root);
  } else if (record.state == RecordState::live) {
    put(record, root);
  } else {
    mark(slot, root,
         record.state == RecordState::aggregated ? Outcome::aggregated : Outcome::filtered);
  }
}

void Unloading::failed(Slot& slot, std::uint32_t root) {
  const CallError& error = *slot.error;
  const ErrorPolicy& policy = policy_for(env_.plan.stages[stage_], error);
  const bool full = policy.action == OnError::fail || token_.wants_samples();
  RecordFailure failure =
      failure_of(stage_, slot.input, slot.rank.place, error.kind, full ? error.message : "");
  failure.kept = policy.action == OnError::keep;
  failure.attempts = std::max(slot.attempts, 1);
  if (full) failure.excerpt = excerpt_of(slot.input);
  switch (policy.action) {
    case OnError::fail:
      mark(slot, root, Outcome::abandoned);
      break;
    case OnError::skip:
      mark(slot, root, Outcome::skipped);
      break;
    case OnError::keep:
    case OnError::letter: {
      RecordData record = slot.input;
      detail::Extra extra;
      if (record.extra) extra = *record.extra;
      extra.error = {error.kind, error.message, stage_,
                     static_cast<std::uint16_t>(failure.attempts), false};
      extra.has_error = true;
      record.extra = &extra;
      if (policy.action == OnError::keep) {
        put(record, root);
        break;
      }
      RecordData letter = copied(record, {}, token_.work.arena, root);
      address_letter(letter, policy.to, token_.work.arena, env_);
      token_.letters.push() = letter;
      mark(slot, root, Outcome::dead_lettered);
      break;
    }
  }
  token_.add_failure(std::move(failure), full);
}

}  // namespace weir
