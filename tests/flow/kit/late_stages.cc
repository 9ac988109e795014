#include "tests/flow/kit/late_stages.h"

#include <algorithm>
#include <cstdlib>

#include "tests/flow/kit/run_guard.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {

using Clock = std::chrono::steady_clock;

void add_late_stages(Registry& registry) {
  registry.add<Scripted>("late.plain", "A stage of the tests.");
  registry.add<Scripted>("late.label", "One that makes fields.").kinds(Kinds{.gives_fields = true});
  registry.add<Scripted>("late.ports", "One with two ports.").port("more");
  registry.add<ScriptedSerial>("late.serial", "One that sees all.");
  registry.add<ScriptedBatch>("late.batch", "One that sees batches.");
  registry.add<Scripted>("late.block", "One that waits.").blocking();
  registry.add<ScriptedAsync>("late.async", "One that answers later.");
  registry.add<ScriptedKeyed>("late.keyed", "One with state.");
  registry.add<ScriptedSink>("late.sink", "Keeps.").kinds(Kinds{.needs_text = true});
}

Report run_guarded(Pipeline& pipeline, RunServices services) {
  Run& run = pipeline.start(std::move(services));
  const RunGuard guard(run);
  return run.run();
}

Report interrupted_run(Pipeline& pipeline, const std::function<bool(const Progress&)>& when,
                       int times) {
  Run& run = pipeline.start();
  const RunGuard guard(run);
  std::atomic<bool> over{false};
  std::thread killer([&] {
    while (!over.load() && !when(run.progress())) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    for (int i = 0; i < times; ++i) run.interrupt(15);
  });
  const Report report = run.run();
  over.store(true);
  killer.join();
  return report;
}

std::vector<std::string> numbers(std::uint64_t count) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < count; ++i) texts.push_back(std::to_string(i));
  return texts;
}

std::uint64_t number_in(std::string_view text) {
  return std::strtoull(std::string(text.substr(0, 20)).c_str(), nullptr, 10);
}

bool ascending(const std::vector<std::string>& texts) {
  return std::ranges::adjacent_find(texts, [](const auto& a, const auto& b) {
           return number_in(a) >= number_in(b);
         }) == texts.end();
}

std::string around(std::uint64_t count, const std::string& middle, const std::string& behind,
                   const std::string& above) {
  return above + "stages:\n  - uses: test.numbers\n    with: { count: " + std::to_string(count) +
         " }\n" + middle + "  - uses: late.sink\n    name: out\n" + behind;
}

Answerer::~Answerer() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Answerer::at(Clock::time_point time, std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  work_.emplace(time, std::move(work));
  changed_.notify_all();
}

/// What is left in the end is done at once.
void Answerer::loop() {
  std::unique_lock lock(mutex_);
  while (!over_ || !work_.empty()) {
    if (work_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = work_.begin();
    if (!over_ && first->first > Clock::now()) {
      const auto until = first->first;
      changed_.wait_until(lock, until);
      continue;
    }
    const std::function<void()> work = std::move(first->second);
    work_.erase(first);
    lock.unlock();
    work();
    lock.lock();
  }
}

void answer_late(Completion completion, Answerer& answerer, std::chrono::microseconds time,
                 std::function<void(Record&, Call&)> fill) {
  auto held = std::make_shared<Completion>(std::move(completion));
  // The attempt must not hold itself.
  const std::weak_ptr<Completion> weak = held;
  held->on_cancel([&answerer, weak, time, fill] {
    const auto late = weak.lock();
    if (!late) return;
    answerer.after(time, [late, fill] {
      if (fill) return late->done(fill);
      late->done();
    });
  });
  answerer.at(Clock::now() + std::chrono::hours(1), [held] {});
}

void keep_hung(std::unique_ptr<Pipeline> pipeline, std::size_t threads) {
  static auto* const kept = new std::vector<std::unique_ptr<Pipeline>>;
  kept->push_back(std::move(pipeline));
  eventually([threads] { return threads_now() <= threads; });
}

std::uint64_t schedules(std::uint64_t usual) {
  const char* given = std::getenv("WEIR_SCHEDULES");
  return given ? std::strtoull(given, nullptr, 10) : usual;
}

}  // namespace weir::flow::test
