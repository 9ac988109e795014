#include "graph/flow/run.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <numeric>

#include "graph/flow/caught.h"
#include "graph/flow/engine.h"
#include "graph/flow/fold_passes.h"
#include "graph/flow/stage_context.h"
#include "graph/flow/watchdog.h"

namespace weir {
namespace {

/// Batches on their way: enough for a straggler to be overtaken by 64 others a thread.
constexpr int kTokensPerThread = 64;
/// After the in-flight work was told to stop: how long a call may still take.
constexpr std::chrono::seconds kGrace{2};
constexpr std::chrono::milliseconds kTick{20};
/// How long a record may hold all others before the log names it, and how often it does.
constexpr std::chrono::seconds kStall{1};

}  // namespace

/// A run in progress. Shared, so that a thread that hangs in a plugin keeps what it stands on.
class Run::State {
 public:
  State(Plan& plan, RunServices services) : env_(plan, std::move(services)) {}

  Report run();
  void interrupt(int signal);
  Progress progress() const;
  bool set_workers(std::string_view stage, int min, int max) {
    const std::lock_guard lock(mutex_);
    return engine_ && engine_->set_workers(stage, min, max);
  }
  void observe(Observer& observer, std::uint64_t input_records) {
    env_.observer = &observer;
    env_.input_limit = input_records;
  }
  bool hung() const { return hung_; }

 private:
  bool open_stages();
  void work();
  void watch(Watchdog& watchdog);
  void abandon();
  void name_the_holder();
  void report_stuck();
  std::string leftovers() const;
  void commit();
  void close_stages();
  void fail(std::size_t stage, const Caught& caught);
  void fill_report();
  void check_sums();

  Environment env_;
  std::vector<std::unique_ptr<StageContext>> contexts_;
  std::size_t opened_ = 0;
  mutable std::mutex mutex_;  ///< Guards engine_ as seen by `interrupt` and `progress`.
  std::unique_ptr<Engine> engine_;
  Report report_;
  Clock::time_point started_ = Clock::now();
  std::atomic<int> signal_{0};
  std::atomic<int> interrupts_{0};
  std::optional<Clock::time_point> drain_until_;
  std::optional<Clock::time_point> grace_until_;
  Clock::time_point next_stall_log_;
  bool committed_ = false;
  bool over_ = false;
  bool hung_ = false;
  bool loop_hangs_ = false;  ///< A stage never returned from `start`.
};

bool Run::State::open_stages() {
  for (std::size_t i = 0; i < env_.plan.stages.size(); ++i) {
    PlannedStage& stage = env_.plan.stages[i];
    contexts_.push_back(std::make_unique<StageContext>(env_, stage));
    opened_ = i + 1;
    if (!env_.plan.opens(static_cast<int>(i))) continue;
    try {
      stage.stage->open(*contexts_.back());
    } catch (...) {
      fail(i, caught_exception());
      return false;
    }
  }
  return true;
}

void Run::State::fail(std::size_t stage, const Caught& caught) {
  report_.status = RunStatus::failed;
  report_.failure.stage = env_.plan.stages[stage].name;
  report_.failure.kind = caught.kind;
  report_.failure.message = caught.message;
}

Report Run::State::run() {
  started_ = Clock::now();
  if (open_stages()) {
    {
      const std::lock_guard lock(mutex_);
      engine_ = std::make_unique<Engine>(env_, kTokensPerThread * env_.plan.limits.threads);
    }
    if (interrupts_.load() > 0) engine_->stop_reading();
    work();
    if (hung_) {
      report_.leftover = leftovers();
      fill_report();
      return report_;
    }
    commit();
    if (loop_hangs_ || !engine_->quiesce(Clock::now() + kGrace)) {
      // Calls that were given up long ago still stand on all of this.
      hung_ = report_.hung = true;
      if (!committed_) report_.leftover = leftovers();
      fill_report();
      return report_;
    }
    // A stuck run is torn down where it stood.
    assert((over_ || engine_->memory_returned()) && "the run has given its memory back");
  }
  close_stages();
  fill_report();
  return report_;
}

/// Runs the engine until it is done, stuck, or hung.
void Run::State::work() {
  Watchdog watchdog(env_.services.stuck_after);
  engine_->start();
  while (!engine_->wait(kTick) && !over_) watch(watchdog);
  if (hung_) return;
  if (!over_) {
    loop_hangs_ = !engine_->settle(Clock::now() + kGrace);
    assert(engine_->alive().empty() && "every token has ended");
  }
  if (engine_->accounts().failed() && report_.status == RunStatus::ok) {
    report_.status = RunStatus::failed;
    report_.failure = env_.fence.failure();
  }
  if (signal_.load() != 0 && report_.status == RunStatus::ok) {
    report_.status = RunStatus::interrupted;
  }
}

/// What a run's end may be waiting for: the drain, a call that does not return, a lost message.
void Run::State::watch(Watchdog& watchdog) {
  const auto now = Clock::now();
  if (!drain_until_ && (interrupts_.load() > 0 || env_.fence.raised())) {
    drain_until_ = now + env_.plan.limits.drain;
  }
  if (!env_.abandoned() && (interrupts_.load() > 1 || (drain_until_ && now > *drain_until_))) {
    abandon();
    grace_until_ = now + kGrace;
  }
  engine_->drop_beyond();
  name_the_holder();
  const bool over_due = grace_until_ && now > *grace_until_;
  if (over_due && engine_->in_call()) {
    report_.status = signal_.load() != 0 ? RunStatus::interrupted : RunStatus::failed;
    if (env_.fence.raised()) report_.failure = env_.fence.failure();
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

/// Logs which record all others wait for, if it is always the same one.
void Run::State::name_the_holder() {
  const auto now = Clock::now();
  if (now < next_stall_log_) return;
  next_stall_log_ = now + kStall / 4;
  const HeadOfLine head = engine_->head_of_line();
  if (head.stage.empty() || head.seconds < std::chrono::duration<double>(kStall).count()) return;
  // Ever less often: at 1 s, 1.5 s, 2.3 s, ... and louder when it has taken long.
  next_stall_log_ =
      now + std::max<Clock::duration>(kStall, std::chrono::duration_cast<Clock::duration>(
                                                  std::chrono::duration<double>(head.seconds / 2)));
  const LogLevel level = head.seconds < 10 ? LogLevel::info : LogLevel::warning;
  if (env_.services.log) env_.services.log(level, head.stage, head_text(head));
}

/// Names what holds the order: the oldest batch that has not ended, and where it was seen last.
void Run::State::report_stuck() {
  const std::vector<Token*> alive = engine_->alive();
  engine_->stop_reading();
  report_.status = RunStatus::stuck;
  report_.failure.kind = "stuck";
  report_.failure.message = "nothing in flight moves";
  if (!alive.empty()) {
    const Token& token = *alive.front();
    report_.failure.stage = env_.plan.stages[static_cast<std::size_t>(token.stage.load())].name;
    report_.failure.message +=
        "; batch " + std::to_string(token.sequence) + " holds the order, last seen in this stage";
    if (token.work.records.size() > 0) {
      const detail::RecordData& first = token.work.records.data()[0];
      report_.failure.origin = env_.origin(first);
      report_.failure.part = env_.parts.get(first.part).name;
    }
  }
  engine_->drop();
}

void Run::State::commit() {
  if (report_.status != RunStatus::ok) return;
  // The main chain's sink last: what it holds is then all there is.
  for (auto region = env_.plan.regions.rbegin(); region != env_.plan.regions.rend(); ++region) {
    if (!region->ends()) continue;
    try {
      env_.plan.sink_at(region->last).commit();
    } catch (...) {
      return fail(static_cast<std::size_t>(region->last), caught_exception());
    }
  }
  committed_ = true;
}

std::string Run::State::leftovers() const {
  std::string all;
  for (const Region& region : env_.plan.regions) {
    if (!region.ends()) continue;
    const std::string left = env_.plan.sink_at(region.last).leftover();
    if (!left.empty()) all += (all.empty() ? "" : ", ") + left;
  }
  return all;
}

void Run::State::close_stages() {
  if (!committed_ && opened_ == env_.plan.stages.size()) report_.leftover = leftovers();
  for (std::size_t i = opened_; i-- > 0;) {
    if (!env_.plan.opens(static_cast<int>(i))) continue;
    try {
      env_.plan.stages[i].stage->close();
    } catch (...) {
      if (report_.status == RunStatus::ok) fail(i, caught_exception());
    }
  }
}

void Run::State::fill_report() {
  report_.signal = signal_.load();
  report_.threads = env_.plan.limits.threads;
  report_.read = env_.read.load();
  report_.bytes_read = env_.bytes_read.load();
  report_.peak_records = env_.peak_in_flight.load();
  report_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  if (!engine_) return;
  engine_->fill(report_);
  for (std::size_t i = 0; i < contexts_.size(); ++i) contexts_[i]->fill(report_.stages[i].counters);
  fold_passes(report_, env_.plan);
  check_sums();
}

/// Every record that was read has exactly one outcome, or the run has failed, whatever else it did.
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
  const std::lock_guard lock(mutex_);
  if (engine_) engine_->stop_reading();
}

Progress Run::State::progress() const {
  Progress progress;
  progress.read = env_.read.load(std::memory_order_relaxed);
  progress.bytes_read = env_.bytes_read.load(std::memory_order_relaxed);
  progress.records_in_flight = env_.in_flight.load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  if (engine_) {
    progress.delivered = engine_->accounts().delivered();
    progress.memory = engine_->memory_used();
    progress.head = engine_->head_of_line();
    progress.size = 0;
    for (const int source : env_.plan.sources) {
      const auto size = env_.plan.source_at(source).size();
      progress.size = size && progress.size ? std::optional(*progress.size + *size) : std::nullopt;
    }
    progress.consumed =
        std::max(env_.bytes_handed_out.load(std::memory_order_relaxed), progress.bytes_read);
  }
  return progress;
}

Run::Run(Plan& plan, RunServices services)
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
  // A thread that hangs in a plugin still uses it all: let it have it.
  if (state_->hung()) [[maybe_unused]]
    auto* leaked = state_.release();
}

Report Run::run() { return state_->run(); }
void Run::interrupt(int signal) { state_->interrupt(signal); }
Progress Run::progress() const { return state_->progress(); }
bool Run::set_workers(std::string_view stage, int min, int max) {
  return state_->set_workers(stage, min, max);
}
void Run::observe(Observer& observer, std::uint64_t input_records) {
  state_->observe(observer, input_records);
}

}  // namespace weir
