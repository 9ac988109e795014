#include "graph/flow/sink_writer.h"

#include <algorithm>
#include <chrono>

#include "graph/flow/caught.h"
#include "graph/flow/failure.h"
#include "graph/flow/letters.h"
#include "graph/flow/stage_runner.h"

namespace weir {

using detail::RecordData;
using detail::RecordState;

SinkWriter::SinkWriter(Environment& env, Accounts& accounts, std::size_t stage)
    : env_(env),
      accounts_(accounts),
      planned_(env.plan.stages[stage]),
      stage_(static_cast<std::uint16_t>(stage)) {}

void SinkWriter::write(Token& token, Workspace& work, std::span<RecordData> records) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  if (env_.fence.raised()) {
    // In order, so that nothing behind is moved before what is kept.
    const auto beyond = std::stable_partition(
        records.begin(), records.end(),
        [&](const RecordData& r) { return !env_.fence.holds_back(token.place(r.root)); });
    for (auto it = beyond; it != records.end(); ++it) token.give_up_behind(env_.fence, it->root);
    records = records.first(static_cast<std::size_t>(beyond - records.begin()));
  }
  if (env_.abandoned()) {
    for (RecordData& data : records) {
      token.mark(data.root, root_mark(Outcome::abandoned, kInterrupted));
    }
    return;
  }
  if (records.empty()) return;
  token.stage.store(stage_, std::memory_order_relaxed);
  token.tallies[stage_].in += static_cast<std::uint32_t>(records.size());
  work.arena.allow_reserve(true);
  const bool fail = planned_.on_error.action == OnError::fail;
  Batch batch(records, work.arena, env_, env_.record_limit(), fail);
  try {
    static_cast<Sink&>(*planned_.stage).write(batch);
  } catch (...) {
    Caught caught{"memory", "the sink asked for more than limits.record"};
    try {
      caught = caught_exception();
    } catch (const detail::OutOfMemory&) {
    }
    for (RecordData& data : records) {
      if (data.state == RecordState::live) fail_thrown(env_, data, work, caught);
    }
  }
  settle(token, work, records);
  work.arena.allow_reserve(false);
  token.tallies[stage_].busy_ns += static_cast<std::uint64_t>((Clock::now() - start).count());
}

/// Under `fail` nothing behind the first failed record counts as delivered.
void SinkWriter::settle(Token& token, Workspace& work, std::span<RecordData> records) {
  std::uint32_t delivered = 0;
  bool stopped = false;
  for (RecordData& data : records) {
    if (stopped) {
      // Behind the failed one in the batch, though perhaps not in the order of origins.
      token.mark(data.root, root_mark(Outcome::abandoned, kAfterFailure));
      continue;
    }
    if (data.state != RecordState::failed) {
      if (data.root != detail::kNoRoot) {
        RootMark& mark = token.roots[data.root];
        mark = std::max(mark, root_mark(Outcome::delivered, stage_));
      }
      ++delivered;
      continue;
    }
    const bool fatal = planned_.on_error.action == OnError::fail;
    const bool full = fatal || token.wants_samples();
    RecordFailure failure = describe_failure(stage_, data, token.place(data.root), full);
    const bool letter = planned_.on_error.action == OnError::letter;
    token.mark(data.root, root_mark(fatal    ? Outcome::abandoned
                                    : letter ? Outcome::dead_lettered
                                             : Outcome::skipped,
                                    stage_));
    if (letter) address(token, work, data);
    if (fatal) fail_run(env_, failure);
    token.add_failure(std::move(failure), full);
    stopped = fatal;
  }
  token.tallies[stage_].out += delivered;
  const auto region = static_cast<std::size_t>(planned_.region);
  if (!env_.plan.regions[region].letters) accounts_.note_delivered(delivered);
}

/// What the sink refused goes on as a letter, out of the reserve if need be.
void SinkWriter::address(Token& token, Workspace& work, RecordData& record) {
  record.extra->error.stage = stage_;
  record.extra->has_error = true;
  token.letters.allow_reserve(true);
  address_letter(record, planned_.on_error.to, work.arena, env_);
  token.letters.push() = record;
  token.letters.allow_reserve(false);
}

}  // namespace weir
