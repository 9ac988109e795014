#include "graph/flow/stage_runner.h"

#include <algorithm>
#include <chrono>

#include "graph/flow/failure.h"
#include "graph/text/edit_distance.h"

namespace weir {

using detail::RecordData;
using detail::RecordState;

namespace {

/// So many failures of a batch keep their message and excerpt; the rest is counted.
constexpr std::size_t kFullFailures = 16;

}  // namespace

Caught caught_exception() {
  try {
    throw;
  } catch (const detail::OutOfMemory&) {
    throw;
  } catch (const detail::RecordTooBig&) {
    return {"too_big", "the record passed limits.record in this stage", false};
  } catch (const Error& e) {
    return {e.kind(), e.what(), e.retryable()};
  } catch (const std::exception& e) {
    return {"exception", e.what()};
  } catch (...) {
    return {"exception", "unknown exception"};
  }
}

struct StageRunner::Worker {
  std::shared_ptr<void> scratch;
  std::unique_ptr<detail::Evaluator> when;
};

StageRunner::StageRunner(Environment& env, std::size_t index)
    : env_(env), planned_(env.plan.stages[index]), index_(index) {
  workers_.resize(static_cast<std::size_t>(env.plan.limits.threads) + 2);
}

StageRunner::~StageRunner() = default;

StageRunner::Worker& StageRunner::worker(int slot) {
  auto& worker = workers_.at(static_cast<std::size_t>(slot));
  if (!worker) {
    worker = std::make_unique<Worker>();
    if (planned_.type->make_scratch) worker->scratch = planned_.type->make_scratch(*planned_.stage);
    if (!planned_.when.empty()) worker->when = planned_.when.evaluator();
  }
  return *worker;
}

/// One run of a stage over one workspace. Records that go on are kept in place, at the front, until
/// the stage emits one: then everything goes on in `work.spare` (see RecordArray).
class StageRunner::Pass final : public Call {
 public:
  Pass(StageRunner& runner, Token& token, Workspace& work, Worker& worker)
      : runner_(runner), env_(runner.env_), token_(token), work_(work), worker_(worker),
        stage_(static_cast<std::uint16_t>(runner.index_)),
        policy_(runner.planned_.on_error) {
    output_ = &work.spare;
    arena_ = &work.arena;
    host_ = &env_;
    scratch_ = worker.scratch.get();
    stopping_ = &env_.abandoning;
    end_input_ = &wants_end_;
    work.spare.seed(&work.records, &kept_);
  }

  template <class Process>
  bool over_records(Process process, bool serial);
  template <class Make>
  void made_records(Make make);
  /// The current record entered as `record` (a batch transform has changed it before).
  void entered_as(const RecordData& record) { entered_ = record; }

 private:
  void finish_record(RecordData& record);
  void fail_record(RecordData& record);
  bool settle_exception(RecordData& data);
  void discard_emitted();
  void end_input(const RecordData& last);
  void keep(const RecordData& record);
  void end(const RecordData& record, Outcome outcome);
  bool starve(std::uint32_t next);
  void close();

  StageRunner& runner_;
  Environment& env_;
  Token& token_;
  Workspace& work_;
  Worker& worker_;
  const std::uint16_t stage_;
  const OnError policy_;
  std::uint32_t kept_ = 0;  ///< Records at the front of `work.records` that went on.
  std::uint32_t mark_ = 0;  ///< Size of the output before this record.
  RecordData entered_;      ///< The record as it entered.
  bool wants_end_ = false;
  bool failed_run_ = false;
};

/// The loop that every record passes through. The fast path, a record that goes on unchanged in
/// place, is a virtual call and two comparisons.
template <class Process>
bool StageRunner::Pass::over_records(Process process, bool serial) {
  const std::uint32_t count = work_.records.size();
  const std::size_t limit = env_.record_limit();
  token_.tallies[stage_].in += count;
  std::uint32_t at = 0;
  while (at < count && !failed_run_) {
    try {
      for (; at < count && !failed_run_; ++at) {
        RecordData& data = work_.records.data()[at];
        if (env_.abandoned()) {
          token_.mark(data.root, root_mark(Outcome::abandoned, kInterrupted));
          continue;
        }
        if (runner_.input_ended_) {
          token_.mark(data.root, root_mark(Outcome::filtered, kAfterTake));
          continue;
        }
        if (serial && (work_.arena.dipped() || work_.spare.dipped())) return starve(at);
        if (work_.spare.open()) work_.spare.ensure_room();
        mark_ = work_.spare.size();
        work_.arena.set_budget(limit);
        current_ = &data;
        Record record(data, work_.arena, env_);
        // A call may have to be undone, for an error that is kept or for want of memory.
        if (data.field_count > 0) data.flags |= detail::kFieldsShared;
        entered_ = data;
        if (worker_.when && !worker_.when->test(record)) {
          keep(data);
          continue;
        }
        process(record);
        if (data.state == RecordState::live && work_.spare.size() == mark_) {
          keep(data);
        } else {
          finish_record(data);
        }
        if (wants_end_) end_input(data);
      }
    } catch (...) {
      RecordData& data = work_.records.data()[at];
      if (!settle_exception(data)) return starve(at);
      if (wants_end_) end_input(data);
      ++at;
    }
  }
  close();
  return true;
}

/// What `process` threw is an error of the record; false if it was want of memory: the record then
/// stands as it entered.
bool StageRunner::Pass::settle_exception(RecordData& data) {
  try {
    const Caught caught = caught_exception();
    work_.arena.set_budget(env_.record_limit());
    Record(data, work_.arena, env_).fail(caught.kind, caught.message, caught.retryable);
  } catch (const detail::OutOfMemory&) {
    if (work_.lane == Lane::normal) {
      discard_emitted();
      data = entered_;
      return false;
    }
    // The reserve holds what a record may take by the rules; a stage that breaks them loses it.
    work_.last_resort.error = {"memory", "the record took more than limits.record allows"};
    data.extra = &work_.last_resort;
    data.state = RecordState::failed;
  }
  fail_record(data);
  return true;
}

void StageRunner::Pass::keep(const RecordData& record) {
  if (work_.spare.open()) {
    work_.spare.push() = record;
  } else {
    RecordData& to = work_.records.data()[kept_];
    if (&to != &record) to = record;
    ++kept_;
  }
}

void StageRunner::Pass::end(const RecordData& record, Outcome outcome) {
  token_.mark(record.root, root_mark(outcome, stage_));
  if (env_.observer) {
    RecordData copy = record;
    env_.observer->ended(stage_, Record(copy, work_.arena, env_),
                         kOutcomeNames[static_cast<std::size_t>(outcome)]);
  }
}

void StageRunner::Pass::finish_record(RecordData& record) {
  if (record.state == RecordState::failed) return fail_record(record);
  if (work_.spare.size() != mark_) return;  // It went on as what was emitted.
  end(record, record.state == RecordState::aggregated ? Outcome::aggregated : Outcome::filtered);
}

void StageRunner::Pass::discard_emitted() {
  if (work_.spare.open()) work_.spare.truncate(mark_ ? mark_ : kept_);
}

void StageRunner::Pass::end_input(const RecordData& last) {
  runner_.input_ended_ = true;
  if (token_.kind != Token::Kind::data) return;
  const std::lock_guard lock(env_.end_mutex);
  const Place place = place_of(token_, last);
  if (!env_.input_end || place < *env_.input_end) env_.input_end = place;
  env_.stop_reading.store(true, std::memory_order_release);
}

void StageRunner::Pass::fail_record(RecordData& record) {
  discard_emitted();
  const bool full = policy_ == OnError::fail || token_.failures.size() < kFullFailures;
  token_.failures.push_back(describe_failure(stage_, record, token_.root_base, full));
  switch (policy_) {
    case OnError::fail:
      env_.fence.lower(place_of(token_, record), failure_sample(env_, token_.failures.back()));
      env_.stop_reading.store(true, std::memory_order_release);
      end(record, Outcome::abandoned);
      failed_run_ = true;
      break;
    case OnError::skip:
      end(record, Outcome::skipped);
      break;
    case OnError::keep: {
      detail::Extra* extra = record.extra;
      extra->error.stage = stage_;
      extra->has_error = true;
      record = entered_;
      record.extra = extra;
      record.state = RecordState::live;
      token_.failures.back().kept = true;
      keep(record);
      break;
    }
  }
}

/// Memory ran out: what is done goes on at the next stage, the rest here, both when this token is
/// the oldest one.
bool StageRunner::Pass::starve(std::uint32_t next) {
  const std::uint32_t count = work_.records.size();
  token_.tallies[stage_].in -= count - next;
  const bool open = work_.spare.open();
  const std::uint32_t done = open ? work_.spare.size() : kept_;
  token_.tallies[stage_].out += done;
  token_.add_unfinished({static_cast<int>(stage_) + 1, 0, done, open});
  token_.add_unfinished({static_cast<int>(stage_), next, count, false});
  return false;
}

void StageRunner::Pass::close() {
  if (work_.spare.open()) {
    work_.records.swap(work_.spare);
    work_.spare.release();
  } else {
    work_.records.truncate(kept_);
  }
  token_.tallies[stage_].out += work_.records.size();
  runner_.show(work_);
}

/// Lets the stage emit records of its own before the records that are there (`begin`) or behind
/// them (`finish`: there are none).
template <class Make>
void StageRunner::Pass::made_records(Make make) {
  work_.arena.set_budget(env_.record_limit());
  RecordFailure failure;
  failure.stage = stage_;
  try {
    make(*this);
  } catch (const detail::OutOfMemory&) {
    failure.kind = "memory";
    failure.message = "limits.memory leaves no room for what the stage makes by itself";
  } catch (...) {
    const Caught caught = caught_exception();
    failure.kind = caught.kind;
    failure.message = caught.message;
  }
  if (!failure.kind.empty()) {
    token_.failures.push_back(std::move(failure));
    env_.fence.lower({token_.sequence, 0}, failure_sample(env_, token_.failures.back()));
    env_.stop_reading.store(true, std::memory_order_release);
  }
}

/// A batch transform sees all records at once; then each meets its policy in the common loop.
bool StageRunner::run_batch(Token& token, Workspace& work, Worker& worker) {
  const auto& stage = static_cast<const BatchTransform&>(*planned_.stage);
  Pass pass(*this, token, work, worker);
  if (worker.when) {
    return pass.over_records(
        [&](Record& record) {
          Batch one({&record.data(), 1}, work.arena, env_, env_.record_limit());
          stage.process(one, pass);
        },
        false);
  }
  const std::span<RecordData> records(work.records.data(), work.records.size());
  for (RecordData& data : records) data.flags |= detail::kFieldsShared;
  const std::vector<RecordData> entered(records.begin(), records.end());
  try {
    Batch batch(records, work.arena, env_, env_.record_limit());
    stage.process(batch, pass);
  } catch (const detail::OutOfMemory&) {
    std::copy(entered.begin(), entered.end(), records.begin());
    token.add_unfinished({static_cast<int>(index_), 0, work.records.size(), false});
    return false;
  } catch (...) {
    const Caught caught = caught_exception();
    for (RecordData& data : records) {
      if (data.state != RecordState::live) continue;
      work.arena.set_budget(env_.record_limit());
      Record(data, work.arena, env_).fail(caught.kind, caught.message, caught.retryable);
    }
  }
  std::size_t at = 0;
  return pass.over_records(
      [&](Record&) { pass.entered_as(entered[at++]); }, false);
}

bool StageRunner::run(Token& token, Workspace& work, int slot) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  Worker& worker = this->worker(slot);
  if (!planned_.named_fields.empty() && work.records.size() > 0 &&
      token.kind == Token::Kind::data && !fields_checked_.exchange(true)) {
    warn_of_unknown_fields(work);
  }
  token.stage.store(static_cast<int>(index_), std::memory_order_relaxed);
  bool done = true;
  if (planned_.type->role == Role::batch_transform) {
    done = run_batch(token, work, worker);
  } else if (planned_.type->role == Role::serial_transform) {
    auto& stage = static_cast<SerialTransform&>(*planned_.stage);
    work.arena.allow_reserve(true);
    work.spare.allow_reserve(true);
    Pass pass(*this, token, work, worker);
    if (token.kind == Token::Kind::finish && token.finish_stage == static_cast<int>(index_)) {
      pass.made_records([&](Call& call) { token.finish_more = stage.finish(call); });
    }
    done = pass.over_records([&](Record& r) { stage.process(r, pass); }, true);
    work.arena.allow_reserve(false);
    work.spare.allow_reserve(false);
  } else {
    const auto& stage = static_cast<const Transform&>(*planned_.stage);
    Pass pass(*this, token, work, worker);
    if (token.kind == Token::Kind::begin) {
      work.set_lane(Lane::reserve);
      pass.made_records([&](Call& call) { stage.begin(call); });
      work.set_lane(Lane::normal);
    }
    done = pass.over_records([&](Record& r) { stage.process(r, pass); }, false);
  }
  token.tallies[index_].busy_ns += static_cast<std::uint64_t>((Clock::now() - start).count());
  return done;
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
  Pass pass(*this, token, work, none);
  // The source filled these records: `keep` has nothing older to go back to.
  pass.over_records([](Record&) {}, false);
  token.tallies[index_].in -= count;
}

/// Lets an observer see what goes on from here.
void StageRunner::show(Workspace& work) {
  if (!env_.observer) return;
  for (std::uint32_t i = 0; i < work.records.size(); ++i) {
    Record record(work.records.data()[i], work.arena, env_);
    env_.observer->after(index_, record);
  }
}

void StageRunner::warn_of_unknown_fields(const Workspace& work) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < work.records.size(); ++i) {
    const RecordData& data = work.records.data()[i];
    for (std::uint32_t f = 0; f < data.field_count; ++f) {
      const std::string_view name = data.fields[f].key();
      if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    }
    if (names.size() > 1000) return;
  }
  for (const std::string& wanted : planned_.named_fields) {
    if (std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    const std::string* near = nearest(wanted, names);
    if (env_.services.log) {
      env_.services.log(LogLevel::warning, planned_.name,
                        "no record of the first batch has the field '" + wanted + "'" +
                            (near ? "; did you mean '" + *near + "'?" : ""));
    }
  }
}

}  // namespace weir
