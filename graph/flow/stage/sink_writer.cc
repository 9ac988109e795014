#include "graph/flow/stage/sink_writer.h"

#include <algorithm>
#include <chrono>

#include "graph/flow/context/caught.h"
#include "graph/flow/context/failure.h"
#include "graph/flow/stage/error_policy.h"
#include "graph/flow/stage/stage_runner.h"

namespace weir::flow {

using detail::RecordData;
using detail::RecordState;

SinkWriter::SinkWriter(RunContext& context, Accounts& accounts, StageId stage,
                       std::function<void()> unwanted)
    : context_(context),
      accounts_(accounts),
      planned_(context.plan.stages[stage]),
      stage_(stage),
      unwanted_(std::move(unwanted)) {}

void SinkWriter::write(Token& token, Workspace& work, std::span<RecordData> records) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  if (context_.failure_cut.raised()) {
    // Stable, so that the records that are kept stay in order.
    const auto beyond = std::stable_partition(
        records.begin(), records.end(),
        [&](const RecordData& r) { return !context_.failure_cut.holds_back(token.place(r.root)); });
    for (auto it = beyond; it != records.end(); ++it)
      token.give_up_behind(context_.failure_cut, it->root);
    records = records.first(static_cast<std::size_t>(beyond - records.begin()));
  }
  if (context_.abandoned()) {
    for (RecordData& data : records) {
      token.mark(data.root, root_mark(Outcome::abandoned, kInterrupted));
    }
    return;
  }
  if (records.empty()) return;
  if (reader_gone_) return filter(token, records);
  token.stage.store(stage_, std::memory_order_relaxed);
  token.tallies[stage_].in += static_cast<std::uint32_t>(records.size());
  work.arena.allow_reserve(true);
  const bool fail = planned_.on_error.action == compile::OnError::fail;
  work.arena.begin_call(context_.record_limit());
  Batch batch(records, work.arena, context_, context_.record_limit(), fail);
  try {
    static_cast<Sink&>(*planned_.stage).write(batch);
    work.arena.end_call();
  } catch (...) {
    Caught caught{"memory", "the sink asked for more than limits.record"};
    try {
      caught = caught_exception(work.arena);
    } catch (const detail::OutOfMemory&) {
    }
    for (RecordData& data : records) {
      if (data.state == RecordState::live) fail_thrown(context_, data, work, caught);
    }
  }
  if (static_cast<Sink&>(*planned_.stage).reader_gone()) end_input(token, records);
  settle(token, work, records);
  work.arena.allow_reserve(false);
  token.tallies[stage_].busy_ns += static_cast<std::uint64_t>((Clock::now() - start).count());
}

/// Ends the records that nobody reads.
void SinkWriter::filter(Token& token, std::span<const RecordData> records) {
  for (const RecordData& data : records) {
    if (data.root != detail::kNoRoot) {
      token.mark(data.root, root_mark(Outcome::filtered, kReaderGone));
    }
  }
}

/// Ends the input at the first record that nobody has read, as `take` does.
void SinkWriter::end_input(const Token& token, std::span<const RecordData> records) {
  reader_gone_ = true;
  if (context_.services.log) {
    context_.services.log(LogLevel::info, planned_.name,
                          "its reader has ended: what follows is filtered, reason 'reader_gone'");
  }
  const auto dropped = std::ranges::find(records, RecordState::dropped, &RecordData::state);
  const bool placed = token.kind == Token::Kind::data && dropped != records.end() &&
                      dropped->root != detail::kNoRoot;
  if (placed && ends_source(context_.plan, stage_)) {
    context_.end_input({token.place(dropped->root), stage_, kReaderGone});
  } else {
    unwanted_();
  }
}

/// Settles what the sink has done with each record. Under `fail` nothing behind the first failed
/// record counts as delivered.
void SinkWriter::settle(Token& token, Workspace& work, std::span<RecordData> records) {
  std::uint32_t delivered = 0;
  std::uint32_t made = 0;
  bool stopped = false;
  for (RecordData& data : records) {
    if (stopped) {
      // Behind the failed record in the batch, though perhaps not in the order of origins.
      token.mark(data.root, root_mark(Outcome::abandoned, kAfterFailure));
      continue;
    }
    if (data.state == RecordState::dropped) {
      filter(token, {&data, 1});
      continue;
    }
    if (data.state != RecordState::failed) {
      if (data.root != detail::kNoRoot) {
        RootMark& mark = token.roots[data.root];
        mark = std::max(mark, root_mark(Outcome::delivered, stage_));
      } else {
        ++made;
      }
      ++delivered;
      continue;
    }
    fail(token, work, data);
    stopped = planned_.on_error.action == compile::OnError::fail;
  }
  token.tallies[stage_].out += delivered;
  if (!context_.plan.regions[planned_.region].letters) accounts_.note_delivered(delivered, made);
}

/// Applies `on_error` to a record that the sink refused.
void SinkWriter::fail(Token& token, Workspace& work, RecordData& record) {
  // Nothing goes on behind a sink, so there is nothing to keep.
  compile::ErrorPolicy policy = planned_.on_error;
  if (policy.action == compile::OnError::keep) policy.action = compile::OnError::skip;
  const bool full = needs_message(policy, token);
  RecordFailure failure = describe_failure(stage_, record, token.place(record.root), full);
  struct Site {
    SinkWriter& sink;
    const compile::ErrorPolicy& policy;
    Token& token;
    Workspace& work;
    RecordData& record;

    void fail(const RecordFailure& failure) { fail_run(sink.context_, failure); }
    void end(Outcome outcome) { token.mark(record.root, root_mark(outcome, sink.stage_)); }
    void keep() {}
    /// Uses the reserve if need be.
    void letter() {
      const bool came_with_fields = record.field_count > 0;
      carry_error(sink.context_, policy, sink.stage_, record, work.arena);
      token.letters.allow_reserve(true);
      add_letter(sink.context_, policy, token, record, came_with_fields, work.arena);
      token.letters.allow_reserve(false);
    }
  };
  apply_error_policy(policy, token, std::move(failure), full,
                     Site{*this, policy, token, work, record});
}

}  // namespace weir::flow
