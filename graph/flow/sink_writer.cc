#include "graph/flow/sink_writer.h"

#include <algorithm>
#include <chrono>

#include "graph/flow/caught.h"
#include "graph/flow/failure.h"
#include "graph/flow/stage_runner.h"

namespace weir {

using detail::RecordData;
using detail::RecordState;

SinkWriter::SinkWriter(Environment& env, Accounts& accounts)
    : env_(env),
      accounts_(accounts),
      planned_(env.plan.stages.back()),
      stage_(static_cast<std::uint16_t>(env.plan.stages.size() - 1)) {}

void SinkWriter::write(Token& token, Workspace& work, std::span<RecordData> records) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  if (env_.fence.raised()) {
    const Place fence = *env_.fence.place();
    const auto beyond = std::find_if(records.begin(), records.end(), [&](const RecordData& r) {
      return place_of(token, r) >= fence;
    });
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
  const bool fail = planned_.on_error == OnError::fail;
  Batch batch(records, work.arena, env_, env_.record_limit(), fail);
  try {
    env_.plan.sink().write(batch);
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
  settle(token, records);
  work.arena.allow_reserve(false);
  token.tallies[stage_].busy_ns += static_cast<std::uint64_t>((Clock::now() - start).count());
}

/// Under `fail` nothing behind the first failed record counts as delivered.
void SinkWriter::settle(Token& token, std::span<RecordData> records) {
  std::uint32_t delivered = 0;
  for (RecordData& data : records) {
    if (data.state != RecordState::failed) {
      if (data.root != detail::kNoRoot) {
        RootMark& mark = token.roots[data.root];
        mark = std::max(mark, root_mark(Outcome::delivered, stage_));
      }
      ++delivered;
      continue;
    }
    const bool fatal = planned_.on_error == OnError::fail;
    const bool full = fatal || token.wants_samples();
    RecordFailure failure = describe_failure(stage_, data, token.root_base, full);
    token.mark(data.root, root_mark(fatal ? Outcome::abandoned : Outcome::skipped, stage_));
    if (fatal) {
      env_.fence.lower(place_of(token, data), failure_sample(env_, failure));
      env_.stop_reading.store(true, std::memory_order_release);
    }
    token.add_failure(std::move(failure), full);
    if (fatal) break;
  }
  token.tallies[stage_].out += delivered;
  accounts_.note_delivered(delivered);
}

}  // namespace weir
