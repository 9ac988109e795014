#include "graph/flow/stage_pass.h"

#include <algorithm>

#include "graph/flow/failure.h"
#include "graph/flow/letters.h"

namespace weir {

using detail::RecordData;
using detail::RecordState;

/// What `process` threw is an error of the record; false if it was want of memory: the record then
/// stands as it entered.
bool StagePass::settle_exception(RecordData& data) {
  try {
    const Caught caught = caught_exception();
    work_.arena.set_budget(env_.record_limit());
    Record(data, work_.arena, env_).fail(caught.kind, caught.message, caught.retryable);
  } catch (const detail::OutOfMemory&) {
    if (work_.lane == Lane::normal && !serial_) {
      discard_emitted();
      data = entered_;
      return false;
    }
    // The reserve holds what a record may take by the rules; a stage that breaks them loses it.
    fail_for_memory(data, work_);
  }
  fail_record(data);
  return true;
}

void StagePass::keep(const RecordData& record) {
  if (work_.spare.open()) {
    work_.spare.push() = record;
  } else {
    RecordData& to = work_.records.data()[kept_];
    if (&to != &record) to = record;
    ++kept_;
  }
}

void StagePass::end(const RecordData& record, Outcome outcome) {
  token_.mark(record.root, root_mark(outcome, stage_));
  if (env_.observer) {
    const std::lock_guard lock(env_.observer_mutex);
    RecordData copy = record;
    env_.observer->ended(stage_, Record(copy, work_.arena, env_),
                         kOutcomeNames[static_cast<std::size_t>(outcome)]);
  }
}

/// The record, or something that it became, was sent where no further round follows.
bool StagePass::exhausted(const RecordData& record) const {
  const int port = runner_.planned_.exhausted_port;
  if (port < 0 || record.state == RecordState::failed) return false;
  if (work_.spare.size() == mark_) {
    return record.state == RecordState::live && record.port == port;
  }
  const RecordData* const made = work_.spare.data();
  return std::any_of(made + (mark_ ? mark_ : kept_), made + work_.spare.size(),
                     [&](const RecordData& child) { return child.port == port; });
}

void StagePass::finish_record(RecordData& record) {
  if (record.state == RecordState::failed) return fail_record(record);
  if (work_.spare.size() != mark_) {
    // It went on as what was emitted; its own content may stay here nevertheless.
    if (record.state == RecordState::aggregated) end(record, Outcome::aggregated);
    return;
  }
  end(record, record.state == RecordState::aggregated ? Outcome::aggregated : Outcome::filtered);
}

void StagePass::discard_emitted() {
  if (work_.spare.open()) work_.spare.truncate(mark_ ? mark_ : kept_);
}

void StagePass::end_input(const RecordData& last) {
  if (runner_.input_ended_) return;
  if (token_.kind == Token::Kind::data) runner_.input_end_ = token_.place(last.root);
  runner_.input_ended_ = true;
  if (token_.kind != Token::Kind::data) return;
  if (runner_.ends_source_) {
    env_.end_input({token_.place(last.root), stage_});
  } else if (env_.unwanted) {
    env_.unwanted(stage_);
  }
}

/// The stage wants no more. The origin at which it said so may have other children, which decide
/// its reason.
void StagePass::end_after_take(const RecordData& record) {
  if (token_.place(record.root) <= runner_.input_end_) return;
  token_.mark(record.root, root_mark(Outcome::filtered, kAfterTake));
}

void StagePass::fail_record(RecordData& record) {
  discard_emitted();
  if (env_.abandoned()) {
    // Given up in the middle of a call, which may have failed for no other reason.
    return token_.mark(record.root, root_mark(Outcome::abandoned, kInterrupted));
  }
  const bool full = policy_.action == OnError::fail || token_.wants_samples();
  RecordFailure failure = describe_failure(stage_, record, token_.place(record.root), full);
  failure.kept = policy_.action == OnError::keep;
  switch (policy_.action) {
    case OnError::fail:
      fail_run(env_, failure);
      end(record, Outcome::abandoned);
      failed_run_ = token_.sorted;
      break;
    case OnError::skip:
      end(record, Outcome::skipped);
      break;
    case OnError::keep:
      restore(record);
      keep(record);
      break;
    case OnError::letter:
      restore(record);
      address_letter(record, policy_.to, work_.arena, env_);
      token_.letters.push() = record;  // There is room.
      end(record, Outcome::dead_lettered);
      break;
  }
  token_.add_failure(std::move(failure), full);
}

/// The record as it entered, with its error.
void StagePass::restore(RecordData& record) {
  detail::Extra* extra = record.extra;
  extra->error.stage = stage_;
  extra->has_error = true;
  record = entered_;
  record.extra = extra;
  record.state = RecordState::live;
}

/// Memory ran out: what is done goes on at the next stage, the rest here, both when this token is
/// the oldest one.
bool StagePass::starve(std::uint32_t next) {
  const std::uint32_t count = work_.records.size();
  token_.tallies[stage_].in -= count - next;
  const bool open = work_.spare.open();
  const std::uint32_t done = open ? work_.spare.size() : kept_;
  token_.tallies[stage_].out += done;
  token_.add_unfinished({static_cast<int>(stage_) + 1, 0, done, open});
  token_.add_unfinished({static_cast<int>(stage_), next, count, false});
  return false;
}

void StagePass::close() {
  if (work_.spare.open()) {
    work_.records.swap(work_.spare);
    work_.spare.release();
  } else {
    work_.records.truncate(kept_);
  }
  token_.tallies[stage_].out += work_.records.size();
  runner_.show(work_);
}

}  // namespace weir
