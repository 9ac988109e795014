#include "graph/flow/run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <system_error>

#include "graph/flow/context/caught.h"
#include "graph/flow/fold_passes.h"
#include "graph/flow/memory/check.h"
#include "graph/flow/memory/memory_fund.h"
#include "graph/flow/opened_stages.h"
#include "graph/flow/region/engine.h"
#include "graph/flow/stage_thread.h"
#include "graph/flow/sync/mutex.h"
#include "graph/flow/watchdog.h"

namespace weir::flow {
namespace {

/// Batches on their way for each thread: enough for 64 others to overtake a straggler.
constexpr int kTokensPerThread = 64;
/// How long a call may still take after the work in flight was told to stop.
constexpr std::chrono::seconds kGrace{2};
constexpr std::chrono::milliseconds kTick{20};
/// The time after which an engine that is not made will never be.
constexpr std::chrono::seconds kStart{30};
/// How long a record may hold all others before the log names it, and the least time between two
/// such lines.
constexpr std::chrono::seconds kStall{1};

/// Names what the system refused. Call it only in a catch block.
Caught refusal() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {"memory", kMemoryRefused};
  } catch (const std::system_error& e) {
    return {"system", std::string("cannot start a thread: ") + e.code().message()};
  } catch (const std::exception& e) {
    return {"system", e.what()};
  } catch (...) {
    return {"system", "unknown exception"};
  }
}

}  // namespace

/// A run in progress. A Run leaks it if a thread that hangs in a plugin still uses it.
class Run::State {
 public:
  State(compile::Plan& plan, RunServices services) : context_(plan, std::move(services)) {}

  Report run();
  void interrupt(int signal);
  Progress progress() const;
  bool set_workers(std::string_view stage, int min, int max) {
    const Lock lock(mutex_);
    return engine_ && engine_->set_workers(stage, min, max);
  }
  void observe(Observer& observer, std::uint64_t input_records) {
    context_.observer = &observer;
    context_.input_limit = input_records;
  }
  bool hung() const { return hung_; }
  Counts counts() const {
    const Accounts* const accounts = accounts_.load();
    return {context_.read.load(), accounts ? accounts->delivered() : 0};
  }

 private:
  bool aside(const char* doing, std::chrono::milliseconds grace, const std::function<void()>& work);
  bool patience_over(Clock::time_point not_before);
  bool make_engine();
  void run_engine();
  void end_for_memory();
  bool ended_by_wish() const;
  Report give_up();
  void work();
  void watch(Watchdog& watchdog);
  void abandon();
  void name_the_holder();
  void report_stuck();
  void fail(const std::string& stage, const Caught& caught);
  void fill_report();
  void check_sums();

  RunContext context_;
  OpenedStages stages_{context_};
  std::optional<Caught> engine_problem_;  ///< Why there is no engine.
  mutable Mutex mutex_;                   ///< Guards engine_ as seen by `interrupt` and `progress`.
  std::unique_ptr<Engine> engine_;
  std::atomic<const Accounts*> accounts_{nullptr};
  Report report_;
  Clock::time_point started_ = Clock::now();
  std::atomic<int> signal_{0};
  std::atomic<int> interrupts_{0};
  std::optional<Clock::time_point> drain_until_;
  std::optional<Clock::time_point> grace_until_;
  Clock::time_point next_stall_log_;
  bool over_ = false;
  bool hung_ = false;
  bool loop_hangs_ = false;  ///< True if a stage never returned from `start`.
  const std::uint64_t refusals_before_ = memory_refusals();
  StageThread stage_thread_;  ///< Last, because it uses all of the above.
};

void Run::State::fail(const std::string& stage, const Caught& caught) {
  report_.status = RunStatus::failed;
  report_.failure.stage = stage;
  report_.failure.kind = caught.kind;
  report_.failure.message = caught.message;
}

/// Returns whether an interrupted run has waited long enough for the stage thread.
bool Run::State::patience_over(Clock::time_point not_before) {
  if (interrupts_.load() == 0) return false;
  const auto now = Clock::now();
  if (!drain_until_) drain_until_ = time_after(now, context_.plan.limits.drain);
  return now > not_before && (interrupts_.load() > 1 || now > *drain_until_);
}

/// Runs `work` on the stage thread. Returns false if a signal has ended the run while a stage never
/// returned.
bool Run::State::aside(const char* doing, std::chrono::milliseconds grace,
                       const std::function<void()>& work) {
  const auto not_before = Clock::now() + grace;
  if (stage_thread_.run(work, [&] { return patience_over(not_before); })) {
    const auto& problem = stages_.problem();
    if (problem && report_.status == RunStatus::ok) {
      fail(context_.plan.stages[problem->stage].name, problem->caught);
    }
    return true;
  }
  if (context_.services.log) {
    context_.services.log(LogLevel::error, context_.plan.stages[stages_.at()].name,
                          std::string("never came back from ") + doing);
  }
  if (report_.status == RunStatus::ok) report_.status = RunStatus::interrupted;
  return false;
}

Report Run::State::run() {
  started_ = Clock::now();
  if (!aside("open", {}, [this] { stages_.open(); })) return give_up();
  if (!stages_.problem() && make_engine()) run_engine();
  if (hung_) {
    stages_.note_leftover();
    return give_up();
  }
  if (engine_) {
    if (loop_hangs_ || !engine_->quiesce(Clock::now() + kGrace)) {
      // Calls that were given up long ago still use all of this, so nothing is closed.
      if (report_.status == RunStatus::ok &&
          !aside("commit", kGrace, [this] { stages_.commit(); })) {
        return give_up();
      }
      if (!stages_.committed()) stages_.note_leftover();
      return give_up();
    }
    // A stuck run is torn down as it is, and has not given its memory back.
    if (!over_ && !engine_->memory_returned() && report_.status == RunStatus::ok) {
      fail("", {"accounting", "the run has not given its memory back: a defect of weir"});
    }
  }
  if (report_.status != RunStatus::ok && stages_.all_opened()) stages_.note_leftover();
  const bool commits = engine_ && report_.status == RunStatus::ok;
  if (!aside("close", kGrace, [this, commits] { stages_.close(commits); })) return give_up();
  fill_report();
  return report_;
}

/// Ends a run while some thread still uses it.
Report Run::State::give_up() {
  hung_ = report_.hung = true;
  fill_report();
  return report_;
}

/// Returns false if the system refuses what the engine needs. oneTBB may then also never return, be
/// it from a wait for a thread that it did not get, or from a lock that an exception left locked.
bool Run::State::make_engine() {
  const auto until = Clock::now() + kStart;
  const auto make = [this] {
    try {
      auto engine =
          std::make_unique<Engine>(context_, kTokensPerThread * context_.plan.limits.threads);
      const Lock lock(mutex_);
      if (hung_) return static_cast<void>(engine.release());  // Too late: all of it is left behind.
      engine_ = std::move(engine);
      accounts_ = &engine_->accounts();
    } catch (...) {
      engine_problem_ = refusal();
    }
  };
  if (!stage_thread_.run(make, [&] { return Clock::now() > until; })) {
    fail("", {"system", "oneTBB does not start: the system refuses threads or memory"});
    const Lock lock(mutex_);
    hung_ = true;
    return false;
  }
  if (engine_problem_) fail("", *engine_problem_);
  if (engine_ && interrupts_.load() > 0) engine_->stop_reading();
  return engine_ != nullptr;
}

/// An exception here, which comes from no stage, leaves the engine as it is.
void Run::State::run_engine() {
  try {
    engine_->start();
    work();
  } catch (...) {
    fail("", refusal());
    hung_ = true;
    engine_->abandon();
  }
}

/// Runs the engine until it is done, stuck, or hung.
void Run::State::work() {
  Watchdog watchdog(context_.services.stuck_after);
  while (!engine_->wait(kTick) && !over_) watch(watchdog);
  if (hung_) return;
  if (!over_) {
    loop_hangs_ = !engine_->settle(Clock::now() + kGrace);
    WEIR_CHECK(engine_->alive().empty());
  }
  if (engine_->accounts().failed() && report_.status == RunStatus::ok) {
    report_.status = RunStatus::failed;
    report_.failure = context_.failure_cut.failure();
  }
  end_for_memory();
  if (signal_.load() != 0 && report_.status == RunStatus::ok && !ended_by_wish()) {
    report_.status = RunStatus::interrupted;
  }
}

/// Returns whether one signal ended what has no other end, and all that was read is done.
bool Run::State::ended_by_wish() const {
  if (interrupts_.load() != 1 || context_.abandoned()) return false;
  bool endless = false;
  for (const SourceId i : context_.plan.sources.ids()) {
    const bool has_no_end = context_.plan.source_at(context_.plan.sources[i]).endless();
    if (!has_no_end && !context_.is_read_out(i)) return false;
    endless |= has_no_end;
  }
  return endless;
}

/// Fails the run if memory was refused: a refusal may have been taken for an error of a record, so
/// the output may be wrong.
void Run::State::end_for_memory() {
  if (memory_refusals() == refusals_before_ || report_.status != RunStatus::ok) return;
  fail("", {"memory", kMemoryRefused});
}

/// Checks what may delay the end of a run: the drain, a call that does not return, a lost message.
void Run::State::watch(Watchdog& watchdog) {
  const auto now = Clock::now();
  if (!drain_until_ && (interrupts_.load() > 0 || context_.failure_cut.raised())) {
    drain_until_ = time_after(now, context_.plan.limits.drain);
  }
  end_for_memory();
  if (report_.status == RunStatus::failed) drain_until_ = now;  // Draining takes memory.
  if (!context_.abandoned() && (interrupts_.load() > 1 || (drain_until_ && now > *drain_until_))) {
    abandon();
    grace_until_ = now + kGrace;
  }
  engine_->drop_beyond();
  name_the_holder();
  const bool over_due = grace_until_ && now > *grace_until_;
  if (over_due && engine_->in_call()) {
    report_.status = signal_.load() != 0 ? RunStatus::interrupted : RunStatus::failed;
    if (context_.failure_cut.raised()) report_.failure = context_.failure_cut.failure();
    hung_ = over_ = report_.hung = true;
  } else if (watchdog.stuck(engine_->ended_tokens(), !over_due && engine_->busy())) {
    report_stuck();
    over_ = true;
  }
}

void Run::State::abandon() {
  report_.held_the_end = engine_->head_of_line();
  engine_->abandon();
}

/// Logs which record all others wait for, if it stays the same one.
void Run::State::name_the_holder() {
  const auto now = Clock::now();
  if (now < next_stall_log_) return;
  next_stall_log_ = now + kStall / 4;
  const HeadOfLine head = engine_->head_of_line();
  if (head.stage.empty() || head.seconds < std::chrono::duration<double>(kStall).count()) return;
  // Less and less often: at 1 s, 1.5 s, 2.3 s, ..., and as a warning when it has taken long.
  next_stall_log_ =
      now + std::max<Clock::duration>(kStall, std::chrono::duration_cast<Clock::duration>(
                                                  std::chrono::duration<double>(head.seconds / 2)));
  const LogLevel level = head.seconds < 10 ? LogLevel::info : LogLevel::warning;
  if (context_.services.log) context_.services.log(level, head.stage, head_text(head));
}

/// Reports what holds the order: the oldest batch that has not ended, and where it was seen last.
void Run::State::report_stuck() {
  const std::vector<Token*> alive = engine_->alive();
  engine_->stop_reading();
  report_.status = RunStatus::stuck;
  report_.failure.kind = "stuck";
  report_.failure.message = "nothing in flight moves";
  if (!alive.empty()) {
    const Token& token = *alive.front();
    report_.failure.stage = context_.plan.stages[token.stage.load()].name;
    report_.failure.message += "; batch " + std::to_string(token.number.value()) +
                               " holds the order, last seen in this stage";
    if (token.work.records.size() > 0) {
      const detail::RecordData& first = token.work.records.data()[0];
      report_.failure.origin = context_.origin(first);
      report_.failure.part = context_.parts.get(first.part).name;
    }
  }
  engine_->drop();
}

void Run::State::fill_report() {
  report_.signal = signal_.load();
  report_.threads = context_.plan.limits.threads;
  report_.read = context_.read.load();
  report_.bytes_read = context_.bytes_read.load();
  report_.peak_records = context_.peak_in_flight.load();
  report_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  report_.leftover = stages_.leftover();
  if (!engine_) return;
  engine_->fill(report_);
  stages_.fill(report_);
  fold_passes(report_, context_.plan);
  check_sums();
}

/// Checks that every record that was read has exactly one outcome. If not, the run has failed,
/// whatever else it did.
void Run::State::check_sums() {
  const std::uint64_t sum =
      std::accumulate(report_.outcomes.begin(), report_.outcomes.end(), std::uint64_t{0});
  const auto abandoned = static_cast<std::size_t>(Outcome::abandoned);
  if (hung_) {
    report_.read = std::max(report_.read, sum);
    if (sum == report_.read) return;
    report_.reasons[abandoned]["interrupted"] += report_.read - sum;
    report_.outcomes[abandoned] += report_.read - sum;
  } else if (sum != report_.read) {
    report_.status = RunStatus::failed;
    report_.failure.kind = "accounting";
    report_.failure.message = "read " + std::to_string(report_.read) + " records, but " +
                              std::to_string(sum) + " have an outcome: a defect of weir";
  }
}

void Run::State::interrupt(int signal) {
  signal_.store(signal);
  interrupts_.fetch_add(1);
  const Lock lock(mutex_);
  if (engine_) engine_->stop_reading();
}

Progress Run::State::progress() const {
  Progress progress;
  progress.read = context_.read.load(std::memory_order_relaxed);
  progress.bytes_read = context_.bytes_read.load(std::memory_order_relaxed);
  progress.records_in_flight = context_.in_flight.load(std::memory_order_relaxed);
  const Lock lock(mutex_);
  if (engine_) {
    progress.delivered = engine_->accounts().delivered();
    progress.memory = engine_->memory_used();
    progress.head = engine_->head_of_line();
    progress.size = 0;
    for (const StageId source : context_.plan.sources) {
      const auto size = context_.plan.source_at(source).size();
      progress.size = size && progress.size ? std::optional(*progress.size + *size) : std::nullopt;
    }
    progress.consumed =
        std::max(context_.bytes_handed_out.load(std::memory_order_relaxed), progress.bytes_read);
  }
  return progress;
}

Run::Run(compile::Plan& plan, RunServices services)
    : state_(std::make_unique<State>(plan, std::move(services))) {}

std::string head_text(const HeadOfLine& head) {
  std::string text = head.part.empty() ? "record " : head.part + ", record at ";
  text += std::to_string(head.part.empty() ? head.origin.position + 1 : head.origin.position);
  text += head.holds ? " holds all others: " : " is the oldest: ";
  text += kDoingNames[static_cast<std::size_t>(head.doing)];
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, " for %.1f s", head.seconds);
  text += seconds;
  if (head.attempt > 1) text += ", attempt " + std::to_string(head.attempt);
  return text;
}

Run::~Run() {
  // A thread that hangs in a plugin still uses all of it, so it is leaked.
  if (state_->hung()) [[maybe_unused]]
    auto* leaked = state_.release();
}

Report Run::run() { return state_->run(); }
void Run::interrupt(int signal) { state_->interrupt(signal); }
Progress Run::progress() const { return state_->progress(); }
Run::Counts Run::counts() const noexcept { return state_->counts(); }
bool Run::set_workers(std::string_view stage, int min, int max) {
  return state_->set_workers(stage, min, max);
}
void Run::observe(Observer& observer, std::uint64_t input_records) {
  state_->observe(observer, input_records);
}

}  // namespace weir::flow
