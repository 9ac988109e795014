#include "graph/flow/stage/stage_runner.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "graph/flow/stage/field_check.h"
#include "graph/flow/stage/stage_run.h"
#include "graph/text/edit_distance.h"

namespace weir::flow {

using detail::RecordData;
using detail::RecordState;

bool ends_source(const compile::Plan& plan, StageId stage) {
  RegionId region = plan.stages[stage].region;
  if (plan.regions[region].letters) return false;
  while (!plan.regions[region].is_source()) {
    if (plan.regions[region].inputs.size() > 1) return false;
    region = plan.regions[region].inputs.front();
    if (plan.regions[region].outlets.size() > 1) return false;
  }
  return true;
}

namespace {

/// Returns whether one of the records is not a kept error, which lacks the fields that others have.
bool any_good(const Workspace& work) {
  const RecordData* const records = work.records.data();
  return std::any_of(records, records + work.records.size(), [](const RecordData& data) {
    return data.extra == nullptr || !data.extra->has_error;
  });
}

/// Returns whether records that failed as they came in reach the stage, which is not called for
/// each of them.
bool may_pass_by(const compile::Plan& plan, StageId index) {
  const compile::PlannedStage& stage = plan.stages[index];
  const compile::Region& region = plan.regions[stage.region];
  return index == region.first && !region.calls && !region.is_source() &&
         stage.on_error.action == compile::OnError::keep;
}

bool passes_by(const RecordData& data) { return (data.flags & detail::kPassesBy) != 0; }

/// Returns how many threads may be in one stage: those of the largest pool, the pump's own, and one
/// more.
std::size_t threads_of(const compile::Plan& plan) {
  int most = plan.limits.threads;
  for (const compile::PoolSpec& pool : plan.pools) most = std::max(most, pool.threads);
  return static_cast<std::size_t>(most) + 2;
}

}  // namespace

StageRunner::StageRunner(RunContext& context, StageId index, std::function<void()> unwanted)
    : context_(context),
      planned_(context.plan.stages[index]),
      index_(index),
      unwanted_(std::move(unwanted)),
      ends_source_(ends_source(context.plan, index)),
      merges_(context.plan.regions[planned_.region].inputs.size() > 1),
      passes_by_(may_pass_by(context.plan, index)) {
  workers_.resize(threads_of(context.plan));
}

StageRunner::~StageRunner() = default;

/// Returns what the calling thread needs for this stage, made on first use. Returns null if that
/// failed; the run has then failed at this token.
StageRunner::Worker* StageRunner::worker(const Token& token, int slot) {
  auto& worker = workers_.at(static_cast<std::size_t>(slot));
  if (worker) return worker.get();
  auto made = std::make_unique<Worker>();
  try {
    if (planned_.type->make_scratch) made->scratch = planned_.type->make_scratch(*planned_.stage);
    if (!planned_.when.empty()) made->when = planned_.when.evaluator();
  } catch (...) {
    RecordFailure failure;
    failure.stage = index_;
    failure.place = token.place(0);
    failure.kind = "scratch";
    failure.message = caught_exception().message;
    fail_run(context_, failure);
    return nullptr;
  }
  worker = std::move(made);
  return worker.get();
}

/// Has a batch transform process all records at once; then each is settled in the common loop.
bool StageRunner::run_batch(Token& token, Workspace& work, Worker& worker) {
  const auto& stage = static_cast<const BatchTransform&>(*planned_.stage);
  StageRun pass(*this, token, work, worker);
  const std::span<RecordData> records(work.records.data(), work.records.size());
  const bool some_pass = passes_by_ && std::ranges::any_of(records, passes_by);
  if (worker.when || some_pass) {
    return pass.over_records([&](Record& record) {
      if (some_pass && passes_by(record.data())) return;
      Batch one({&record.data(), 1}, work.arena, context_, context_.record_limit());
      stage.process(one, pass);
    });
  }
  for (RecordData& data : records) data.flags |= detail::kFieldsShared;
  const std::vector<RecordData> entered(records.begin(), records.end());
  const bool may_undo = work.lane == Lane::normal;
  try {
    work.arena.begin_call(context_.record_limit());
    Batch batch(records, work.arena, context_, context_.record_limit());
    stage.process(batch, pass);
    work.arena.end_call();
  } catch (...) {
    Caught caught{"memory", "the batch took more than limits.record allows"};
    try {
      caught = caught_exception(work.arena);
    } catch (const detail::OutOfMemory&) {
      if (may_undo) {
        std::copy(entered.begin(), entered.end(), records.begin());
        token.add_unfinished({index_, 0, work.records.size(), false});
        return false;
      }
    }
    for (RecordData& data : records) {
      if (data.state == RecordState::live) fail_thrown(context_, data, work, caught);
    }
  }
  std::size_t at = 0;
  if (pass.over_records([&](Record&) { pass.entered_as(entered[at++]); })) return true;
  // The records that were not settled will be processed again, so they are restored as they
  // entered.
  std::copy(entered.begin() + static_cast<std::ptrdiff_t>(at), entered.end(),
            records.begin() + static_cast<std::ptrdiff_t>(at));
  return false;
}

template <class Process>
bool StageRunner::process_all(StageRun& pass, Process process) {
  if (!passes_by_) return pass.over_records(process);
  return pass.over_records([&](Record& record) {
    if (!passes_by(record.data())) process(record);
  });
}

bool StageRunner::run(Token& token, Workspace& work, int slot) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  Worker* const made = worker(token, slot);
  if (!made) {
    work.records.truncate(0);
    return true;
  }
  Worker& worker = *made;
  const bool check_fields = !merges_ && !planned_.named_fields.empty() &&
                            token.kind == Token::Kind::data &&
                            !fields_checked_.load(std::memory_order_relaxed) && any_good(work) &&
                            !fields_checked_.exchange(true);
  std::optional<FieldCheck> fields;
  if (check_fields) {
    fields.emplace(planned_.named_fields);
    fields->look_at({work.records.data(), work.records.size()});
  }
  token.stage.store(index_, std::memory_order_relaxed);
  bool done = true;
  if (planned_.type->role == Role::batch_transform) {
    done = run_batch(token, work, worker);
  } else if (planned_.type->role == Role::serial_transform) {
    auto& stage = static_cast<SerialTransform&>(*planned_.stage);
    work.arena.allow_reserve(true);
    work.spare.allow_reserve(true);
    token.letters.allow_reserve(true);
    StageRun pass(*this, token, work, worker);
    if (token.kind == Token::Kind::finish && token.finish_stage == index_) {
      pass.made_records([&](Call& call) { token.finish_more = stage.finish(call); });
    }
    if (token.kind == Token::Kind::tick) {
      pass.made_records([&](Call& call) {
        const auto due = stage.due();
        if (due && *due <= start) stage.tick(call);
      });
    }
    done = process_all(pass, [&](Record& r) { stage.process(r, pass); });
    // The engine asks it, too, where an exception has nowhere to go.
    if (planned_.type->timed) pass.made_records([&](Call&) { stage.due(); });
    if (work.arena.dipped() || work.spare.dipped() || token.letters.dipped()) {
      token.holds_reserve = true;
    }
    work.arena.allow_reserve(false);
    work.spare.allow_reserve(false);
    token.letters.allow_reserve(false);
  } else {
    const auto& stage = static_cast<const Transform&>(*planned_.stage);
    StageRun pass(*this, token, work, worker);
    if (token.kind == Token::Kind::begin && !planned_.pass_of) {
      work.set_lane(Lane::reserve);
      pass.made_records([&](Call& call) { stage.begin(call); });
      work.set_lane(Lane::normal);
    }
    done = process_all(pass, [&](Record& r) { stage.process(r, pass); });
  }
  if (fields) {
    // A stage may name a field that it has just made.
    fields->look_at({work.records.data(), work.records.size()});
    warn_of_unknown_fields(*fields);
  }
  token.tallies[index_].busy_ns += static_cast<std::uint64_t>((Clock::now() - start).count());
  return done;
}

void StageRunner::begin(Token& token, int slot) {
  if (planned_.type->role != Role::transform || planned_.pass_of) return;
  const auto& stage = static_cast<const Transform&>(*planned_.stage);
  make(token, slot, [&](Call& call) { stage.begin(call); });
}

void StageRunner::make(Token& token, int slot, const std::function<void(Call&)>& make) {
  Worker* const made = worker(token, slot);
  if (!made) return;
  StageRun pass(*this, token, token.work, *made);
  token.work.set_lane(Lane::reserve);
  pass.made_records(make);
  token.work.set_lane(Lane::normal);
  pass.take_made();
}

void StageRunner::settle_source_failures(Token& token, Workspace& work) {
  RecordData* const data = work.records.data();
  const std::uint32_t count = work.records.size();
  const auto failed = [](const RecordData& r) { return r.state != RecordState::live; };
  if (std::none_of(data, data + count, failed)) {
    token.tallies[index_].out += count;
    return show(work);
  }
  Worker none;
  StageRun pass(*this, token, work, none);
  // The source filled these records, so `keep` has nothing older to go back to.
  pass.over_records([](Record&) {});
  token.tallies[index_].in -= count;
}

/// Shows an observer what goes on from here.
void StageRunner::show(Workspace& work) {
  if (!context_.observer) return;
  const Lock lock(context_.observer_mutex);
  for (std::uint32_t i = 0; i < work.records.size(); ++i) {
    Record record(work.records.data()[i], work.arena, context_);
    context_.observer->after(index_, record);
  }
}

void StageRunner::warn_of_unknown_fields(const FieldCheck& fields) {
  for (const std::string& wanted : planned_.named_fields) {
    if (fields.found(wanted)) continue;
    const std::string* near = text::nearest(wanted, fields.names());
    if (context_.services.log) {
      context_.services.log(LogLevel::warning, planned_.name,
                            "no record of the first batch has the field '" + wanted + "'" +
                                (near ? "; did you mean '" + *near + "'?" : ""));
    }
  }
}

}  // namespace weir::flow
