#include "graph/flow/stage/stage_run.h"

#include <algorithm>

#include "graph/flow/context/failure.h"
#include "graph/flow/stage/error_policy.h"

namespace weir::flow {

using detail::RecordData;
using detail::RecordState;

/// Makes what `process` threw the record's error. Returns false if memory was short, even if the
/// stage caught that and threw something else; the record then stands as it entered.
bool StageRun::settle_exception(RecordData& data) {
  try {
    const Caught caught = caught_exception(work_.arena);
    work_.arena.begin_call(context_.record_limit());
    Record(data, work_.arena, context_).fail(caught.kind, caught.message, caught.retryable);
    fail_record(data);
    return true;
  } catch (const detail::OutOfMemory&) {
    if (work_.lane == Lane::normal && !serial_) {
      discard_emitted();
      data = entered_;
      return false;
    }
    // The reserve has room for a record within the rules; a stage that breaks them loses it.
    fail_for_memory(data, work_);
  }
  fail_record(data);
  return true;
}

void StageRun::keep(const RecordData& record) {
  if (work_.spare.open()) {
    work_.spare.push() = record;
  } else {
    RecordData& to = work_.records.data()[kept_];
    if (&to != &record) to = record;
    ++kept_;
  }
}

void StageRun::end(const RecordData& record, RootMark mark) {
  token_.mark(record.root, mark);
  if (context_.observer) {
    const Lock lock(context_.observer_mutex);
    RecordData copy = record;
    context_.observer->ended(stage_, Record(copy, work_.arena, context_),
                             kOutcomeNames[static_cast<std::size_t>(outcome_of(mark))]);
  }
}

/// Returns whether the record, or something that it became, was sent where no further pass follows.
bool StageRun::exhausted(const RecordData& record) const {
  const std::optional<std::size_t> port = runner_.planned_.exhausted_port;
  if (!port || record.state == RecordState::failed) return false;
  if (work_.spare.size() == mark_) {
    return record.state == RecordState::live && record.port == *port;
  }
  const RecordData* const made = work_.spare.data();
  return std::any_of(made + (mark_ ? mark_ : kept_), made + work_.spare.size(),
                     [&](const RecordData& child) { return child.port == *port; });
}

void StageRun::finish_record(RecordData& record) {
  if (record.state == RecordState::failed) return fail_record(record);
  if (work_.spare.size() != mark_) {
    // It went on as what it emitted; its own content may all the same stay in the stage.
    if (record.state == RecordState::aggregated) end(record, ended_mark(record.state, stage_));
    return;
  }
  end(record, ended_mark(record.state, stage_));
}

void StageRun::discard_emitted() {
  if (work_.spare.open()) work_.spare.truncate(mark_ ? mark_ : kept_);
}

void StageRun::end_input(const RecordData& last) {
  if (runner_.input_ended_) return;
  if (token_.kind == Token::Kind::data) runner_.input_end_ = token_.place(last.root);
  runner_.input_ended_ = true;
  if (token_.kind != Token::Kind::data) return;
  if (runner_.ends_source_) {
    context_.end_input({token_.place(last.root), stage_, kAfterTake});
  } else {
    runner_.unwanted_();
  }
}

/// Ends a record that the stage no longer wants. The origin at which it said so may have other
/// children, which decide its reason.
void StageRun::end_after_take(const RecordData& record) {
  if (token_.place(record.root) <= runner_.input_end_) return;
  token_.mark(record.root, root_mark(Outcome::filtered, kAfterTake));
}

void StageRun::fail_record(RecordData& record) {
  discard_emitted();
  if (context_.abandoned()) {
    // Abandoned in the middle of a call, which may have failed for that reason only.
    return token_.mark(record.root, root_mark(Outcome::abandoned, kInterrupted));
  }
  const bool full = needs_message(policy_, token_);
  RecordFailure failure = describe_failure(stage_, record, token_.place(record.root), full);
  struct Site {
    StageRun& run;
    RecordData& record;

    void fail(const RecordFailure& failure) {
      fail_run(run.context_, failure);
      run.failed_run_ = run.token_.sorted;
    }
    void end(Outcome outcome) { run.end(record, root_mark(outcome, run.stage_)); }
    void keep() {
      run.restore(record);
      record.port = run.runner_.planned_.kept_port();
      run.keep(record);
    }
    void letter() {
      run.restore(record);
      // `over_records` has made room.
      add_letter(run.context_, run.policy_, run.token_, record, run.entered_.field_count > 0,
                 run.work_.arena);
    }
  };
  apply_error_policy(policy_, token_, std::move(failure), full, Site{*this, record});
}

/// Restores the record as it entered, with its error and the fields that the error tells.
void StageRun::restore(RecordData& record) {
  RecordData entered = entered_;
  entered.extra = record.extra;
  carry_error(context_, policy_, stage_, entered, work_.arena);
  record = entered;
}

/// Stops for lack of memory: what is done goes on at the next stage, the rest here, both when this
/// token is the oldest one.
bool StageRun::starve(std::uint32_t next) {
  const std::uint32_t count = work_.records.size();
  token_.tallies[stage_].in -= count - next;
  const bool open = work_.spare.open();
  const std::uint32_t done = open ? work_.spare.size() : kept_;
  token_.tallies[stage_].out += done;
  token_.add_unfinished({stage_ + 1, 0, done, open});
  token_.add_unfinished({stage_, next, count, false});
  return false;
}

void StageRun::close() {
  if (work_.spare.open()) {
    work_.records.swap(work_.spare);
    work_.spare.release();
  } else {
    work_.records.truncate(kept_);
  }
  token_.tallies[stage_].out += work_.records.size();
  runner_.show(work_);
}

}  // namespace weir::flow
