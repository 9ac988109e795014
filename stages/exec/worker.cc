#include "stages/exec/worker.h"

#include <algorithm>
#include <string>
#include <thread>

#include "stages/exec/buffering.h"
#include "weir/options.h"

namespace weir::stages::exec {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Result = LineProcess::Result;

constexpr milliseconds kTick{20};
/// The pause after the first of several deaths in a row; each further death doubles it.
constexpr milliseconds kFirstPause{10};
constexpr int kDoublings = 30;

void fail_cancelled(Record& record) { record.fail("exec", "the call was cancelled"); }

}  // namespace

void Roster::add(Worker& worker) {
  std::lock_guard lock(mutex_);
  workers_.push_back(&worker);
}

void Roster::remove(Worker& worker, std::unique_ptr<LineProcess> process) {
  if (process) process->dismiss();
  std::lock_guard lock(mutex_);
  std::erase(workers_, &worker);
  if (process) left_.push_back(std::move(process));
}

bool Roster::end_all() {
  std::lock_guard lock(mutex_);
  std::vector<std::unique_lock<std::mutex>> locks;
  std::vector<Worker*> idle;
  std::vector<LineProcess*> processes;
  for (const auto& process : left_) processes.push_back(process.get());
  for (Worker* worker : workers_) {
    std::unique_lock in_call(worker->in_call_, std::try_to_lock);
    if (!in_call || !worker->process_) continue;
    locks.push_back(std::move(in_call));
    idle.push_back(worker);
    processes.push_back(worker->process_.get());
  }
  const bool good = LineProcess::end(processes);
  for (Worker* worker : idle) worker->process_.reset();
  left_.clear();
  return good;
}

Worker::Worker(std::shared_ptr<const Terms> terms, std::shared_ptr<Roster> roster)
    : terms_(std::move(terms)), roster_(std::move(roster)) {
  roster_->add(*this);
}

Worker::~Worker() { roster_->remove(*this, std::move(process_)); }

bool Worker::ask(std::string_view line, Record& record, const Call& call,
                 std::string_view& answer) {
  std::lock_guard lock(in_call_);
  Result result = Result::gone;
  for (bool again = true; again;) {
    if (!process_ && !start(call)) {
      fail_cancelled(record);
      return false;
    }
    result = process_->ask(line, call, answered_ ? nullptr : when_silent());
    again = result == Result::gone && answered_;
    if (again) process_.reset();
  }
  if (result == Result::answered) {
    answered_ = true;
    deaths_ = 0;
    answer = process_->answer();
    return true;
  }
  give_up(result, record);
  return false;
}

/// Returns what is done if a process does not give its first answer: once for all workers, a
/// warning says why that may be.
std::function<void()> Worker::when_silent() const {
  if (terms_->warned.load(std::memory_order_relaxed)) return {};
  return [this] {
    const std::string why = why_silent(terms_->words);
    if (why.empty() || terms_->warned.exchange(true)) return;
    terms_->context->log(
        LogLevel::warning,
        "no answer for " + OptionType<Duration>::show(LineProcess::kPatience) + ": " + why);
  };
}

/// Discards a process that is gone or out of step, and fails the record.
void Worker::give_up(Result result, Record& record) {
  const std::unique_ptr<LineProcess> process = std::move(process_);
  if (result == Result::stopped) return fail_cancelled(record);
  if (result == Result::unasked) {
    const char* message =
        "the process wrote more than one line for a record, or one before it had read its own to "
        "the end";
    return record.fail("exec", message, false);
  }
  if (result == Result::too_long) {
    return record.fail("too_big", "the answer of the process passed limits.record", false);
  }
  if (!answered_) {
    nanoseconds pause = kFirstPause * (std::int64_t{1} << std::min(deaths_++, kDoublings));
    not_before_ = Clock::now() + std::min(pause, terms_->restart);
  }
  record.fail("exec", "the process " + process->obituary());
}

/// Starts a process, after a pause if the ones before it died. Returns false if the call was
/// cancelled during the pause.
bool Worker::start(const Call& call) {
  while (deaths_ > 0 && Clock::now() < not_before_) {
    if (call.stopping()) return false;
    std::this_thread::sleep_for(std::min<nanoseconds>(kTick, not_before_ - Clock::now()));
  }
  if (started_) terms_->restarts->add(1);
  process_ = std::make_unique<LineProcess>(terms_->words, terms_->limit, *terms_->guard);
  started_ = true;
  answered_ = false;
  return true;
}

}  // namespace weir::stages::exec
