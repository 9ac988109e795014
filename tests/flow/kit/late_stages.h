#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/flow/kit/pipeline.h"
#include "tests/machine/threads.h"

namespace weir::flow::test {

/// Registers late.plain, late.label, late.ports, late.block, late.async, late.keyed, late.serial,
/// late.batch and late.sink: stages that do what the test tells the instance in its plan, so that a
/// test says in one place what a stage does and when it lets go.
void add_late_stages(Registry& registry);

/// late.plain; late.label, which makes fields; late.ports with a port `more`; and late.block on
/// threads of its own.
class Scripted final : public Transform {
 public:
  std::function<void(Record&, Call&)> act = [](Record&, Call&) {};
  void process(Record& record, Call& call) const override { act(record, call); }
};

/// late.async. `act` runs on the event loop's thread.
class ScriptedAsync final : public AsyncTransform {
 public:
  std::function<void(Completion)> act = [](Completion completion) { completion.done(); };
  void start(Completion completion) override { act(std::move(completion)); }
};

/// late.keyed: its state is a count and a text.
struct KeyState {
  std::uint64_t count = 0;
  std::string key;
};
class ScriptedKeyed final : public KeyedTransform<KeyState> {
 public:
  std::function<void(Record&, KeyState&, Call&)> act = [](Record&, KeyState&, Call&) {};
  std::function<void(KeyState&, Call&)> end = [](KeyState&, Call&) {};
  void process(Record& record, KeyState& state, Call& call) const override {
    act(record, state, call);
  }
  void finish(KeyState& state, Call& call) const override { end(state, call); }
};

/// late.serial and late.batch.
class ScriptedSerial final : public SerialTransform {
 public:
  std::function<void(Record&, Call&)> act = [](Record&, Call&) {};
  void process(Record& record, Call& call) override { act(record, call); }
};
class ScriptedBatch final : public BatchTransform {
 public:
  std::function<void(Batch&, Call&)> act = [](Batch&, Call&) {};
  void process(Batch& batch, Call& call) const override { act(batch, call); }
};

/// late.sink: keeps the texts, and first tells `act` of each record.
class ScriptedSink final : public Sink {
 public:
  std::function<void(Record&)> act = [](Record&) {};
  std::atomic<std::uint64_t> count{0};  ///< Of texts.
  std::atomic<bool> committed{false};

  void write(Batch& batch) override {
    batch.each([&](Record& record) {
      act(record);
      texts_.emplace_back(record.text());
      count.fetch_add(1);
    });
  }
  void commit() override { committed.store(true); }
  /// After the run.
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

/// The instance of a scripted stage in a pipeline.
template <class T>
T& stage_of(Pipeline& pipeline, std::string_view name) {
  for (compile::PlannedStage& stage : pipeline.plan().stages) {
    if (stage.name == name) return dynamic_cast<T&>(*stage.stage);
  }
  throw std::out_of_range(std::string(name));
}

/// The same, or, unless `wanted`, one that nobody calls.
template <class T>
T& stage_of(Pipeline& pipeline, std::string_view name, bool wanted) {
  static T nobodys;
  return wanted ? stage_of<T>(pipeline, name) : nobodys;
}

/// Runs it; see RunGuard.
Report run_guarded(Pipeline& pipeline, RunServices services = {});

/// Runs it and interrupts it, `times` times, as soon as `when` holds.
Report interrupted_run(Pipeline& pipeline, const std::function<bool(const Progress&)>& when,
                       int times = 1);

/// The numbers from 0 up to `count`, as texts.
std::vector<std::string> numbers(std::uint64_t count);
/// The number that a record's text begins with.
std::uint64_t number_in(std::string_view text);
inline std::uint64_t number_of(const Record& record) { return number_in(record.text()); }
/// Whether the numbers that the texts begin with ascend.
bool ascending(const std::vector<std::string>& texts);

/// "stages:" with a source of numbers, `middle`, and a late.sink named `out`; `behind` follows it,
/// `above` precedes it all.
std::string around(std::uint64_t count, const std::string& middle, const std::string& behind = {},
                   const std::string& above = {});

/// A thread that answers for an async stage: does what it is given at its time.
class Answerer {
 public:
  Answerer() : thread_([this] { loop(); }) {}
  ~Answerer();
  Answerer(const Answerer&) = delete;
  Answerer& operator=(const Answerer&) = delete;

  void at(std::chrono::steady_clock::time_point time, std::function<void()> work);
  void after(std::chrono::microseconds time, std::function<void()> work) {
    at(std::chrono::steady_clock::now() + time, std::move(work));
  }

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> work_;
  bool over_ = false;
  std::thread thread_;
};

/// Answers, `time` after nobody waits any more: with what `fill` makes of the record.
void answer_late(Completion completion, Answerer& answerer, std::chrono::microseconds time = {},
                 std::function<void(Record&, Call&)> fill = {});

/// A door that is closed until it is opened, for good.
class Latch {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }
  bool is_open() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// For a run that will hang: what it leaves behind bounds the threads of all later runs.
constexpr int kManyThreads = 32;
/// Keeps what a hung call stands on for as long as the process lives, and waits until no more
/// threads run than `threads`.
void keep_hung(std::unique_ptr<Pipeline> pipeline, std::size_t threads);

/// A random number generator that many threads may use.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  /// From 0 up to, without, `end`.
  std::uint64_t below(std::uint64_t end) {
    const std::lock_guard lock(mutex_);
    return engine_() % end;
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

/// True under ThreadSanitizer, where batches take so long to go from region to region that what a
/// stage has to choose from says nothing of how it chooses.
#if defined(__SANITIZE_THREAD__)
constexpr bool kSlowEngine = true;
#else
constexpr bool kSlowEngine = false;
#endif

/// How often a test of random schedules runs: `usual`, or WEIR_SCHEDULES.
std::uint64_t schedules(std::uint64_t usual);

}  // namespace weir::flow::test
