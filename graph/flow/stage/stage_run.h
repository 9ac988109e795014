#pragma once

#include <algorithm>
#include <memory>

#include "graph/flow/batch/token.h"
#include "graph/flow/context/caught.h"
#include "graph/flow/context/failure.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/stage/stage_runner.h"

namespace weir::flow {

/// The objects that one thread needs for a stage.
struct StageRunner::Worker {
  std::shared_ptr<void> scratch;
  std::unique_ptr<detail::Evaluator> when;
};

/// One run of a stage over one workspace. Records that go on stay in place, at the front, until the
/// stage emits one. From then on everything goes on in `work.spare` (see RecordArray).
class StageRun final : public Call {
 public:
  StageRun(StageRunner& runner, Token& token, Workspace& work, StageRunner::Worker& worker)
      : runner_(runner),
        context_(runner.context_),
        token_(token),
        work_(work),
        worker_(worker),
        stage_(runner.index_),
        policy_(runner.planned_.on_error),
        serial_(runner.planned_.type->role == Role::serial_transform),
        exhausts_(runner.planned_.exhausted_port >= 0) {
    output_ = &work.spare;
    ports_ = ports_of(runner.planned_);
    arena_ = &work.arena;
    host_ = &context_;
    scratch_ = worker.scratch.get();
    stopping_ = &context_.abandoning;
    end_input_ = &wants_end_;
    work.spare.seed(&work.records, &kept_);
  }

  template <class Process>
  bool over_records(Process process);
  template <class Make>
  void made_records(Make make);
  /// Closes the run: what the stage made is all there is.
  void take_made() { close(); }
  /// Tells how the current record entered, which a batch transform has changed since.
  void entered_as(const detail::RecordData& record) { entered_ = record; }

 private:
  bool exhausted(const detail::RecordData& record) const;
  void finish_record(detail::RecordData& record);
  void fail_record(detail::RecordData& record);
  bool settle_exception(detail::RecordData& data);
  void restore(detail::RecordData& record);
  void discard_emitted();
  void end_input(const detail::RecordData& last);
  void end_after_take(const detail::RecordData& record);
  void keep(const detail::RecordData& record);
  void end(const detail::RecordData& record, RootMark mark);
  bool starve(std::uint32_t next);
  bool dipped() const {
    return work_.arena.dipped() || work_.spare.dipped() || token_.letters.dipped();
  }
  void close();

  StageRunner& runner_;
  RunContext& context_;
  Token& token_;
  Workspace& work_;
  StageRunner::Worker& worker_;
  const StageId stage_;
  const compile::ErrorPolicy policy_;
  const bool serial_;
  const bool exhausts_;         ///< True in the last pass of a loop.
  std::uint32_t kept_ = 0;      ///< Records at the front of `work.records` that went on.
  std::uint32_t mark_ = 0;      ///< The size of the output before this record.
  detail::RecordData entered_;  ///< The record as it entered.
  bool wants_end_ = false;
  bool failed_run_ = false;
};

/// Has `process` work on every record. Returns false if memory ran out. The fast path, a record
/// that goes on unchanged in place, is a virtual call and two comparisons.
template <class Process>
bool StageRun::over_records(Process process) {
  const std::uint32_t count = work_.records.size();
  const std::size_t limit = context_.record_limit();
  token_.tallies[stage_].in += count;
  std::uint32_t at = 0;
  while (at < count && !failed_run_) {
    try {
      for (; at < count && !failed_run_; ++at) {
        detail::RecordData& data = work_.records.data()[at];
        if (context_.abandoned()) {
          token_.mark(data.root, root_mark(Outcome::abandoned, kInterrupted));
          continue;
        }
        if (runner_.input_ended_.load(std::memory_order_relaxed)) {
          end_after_take(data);
          continue;
        }
        if (serial_ && dipped()) return starve(at);
        // From here on an exception undoes this record only.
        entered_ = data;
        mark_ = work_.spare.size();
        if (work_.spare.open()) work_.spare.ensure_room();
        if (policy_.action == compile::OnError::letter) token_.letters.ensure_room();
        work_.arena.begin_call(limit);
        current_ = &data;
        Record record(data, work_.arena, context_);
        // A call may have to be undone, to keep the record with its error or for lack of memory.
        if (data.field_count > 0) {
          data.flags |= detail::kFieldsShared;
          entered_.flags = data.flags;
        }
        if (worker_.when && !worker_.when->test(record)) {
          keep(data);
          continue;
        }
        process(record);
        work_.arena.end_call();
        if (exhausts_ && exhausted(data)) fail_exhausted(record);
        if (data.state == detail::RecordState::live && work_.spare.size() == mark_) {
          keep(data);
        } else {
          finish_record(data);
        }
        if (serial_ && wants_end_) end_input(data);
      }
    } catch (...) {
      detail::RecordData& data = work_.records.data()[at];
      if (!settle_exception(data)) return starve(at);
      if (serial_ && wants_end_) end_input(data);
      ++at;
    }
  }
  for (; at < count; ++at)
    token_.give_up_behind(context_.failure_cut, work_.records.data()[at].root);
  close();
  return true;
}

/// Has the stage emit records of its own, before those that are there (`begin`) or behind them
/// (`finish`: there are none).
template <class Make>
void StageRun::made_records(Make make) {
  work_.arena.begin_call(context_.record_limit());
  full_below_ = context_.record_limit() / 2;
  RecordFailure failure;
  failure.stage = stage_;
  try {
    make(*this);
    work_.arena.end_call();
  } catch (...) {
    Caught caught{"memory", "limits.memory leaves no room for what the stage makes by itself"};
    try {
      caught = caught_exception(work_.arena);
    } catch (const detail::OutOfMemory&) {
    }
    failure.kind = caught.kind;
    failure.message = caught.message;
  }
  if (!failure.kind.empty()) {
    failure.place = token_.first_place;
    fail_run(context_, failure);
    token_.failures.add(std::move(failure), true);
  }
}

}  // namespace weir::flow
