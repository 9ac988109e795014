#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "graph/spec/load.h"
#include "stages/builtin.h"
#include "tests/flow/graph_stages.h"

namespace weir::test {
namespace {

const Registry& graph_registry() {
  static const Registry* registry = [] {
    auto* made = new Registry;
    add_builtin_stages(*made);
    add_test_stages(*made);
    add_graph_stages(*made);
    return made;
  }();
  return *registry;
}

/// Interrupts a run that takes longer than a minute.
class Guard {
 public:
  explicit Guard(Run& run) : run_(run), thread_([this] { wait(); }) {}
  ~Guard() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  void wait() {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, std::chrono::minutes(1), [this] { return over_; })) return;
    run_.interrupt(15);
    run_.interrupt(15);
  }

  Run& run_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace

GraphRun::GraphRun(const std::string& yaml, int threads) {
  LoadOptions options;
  options.registry = &graph_registry();
  options.expressions = &expression_language();
  options.threads = threads;
  Loaded loaded = load_plan(yaml, "test.yaml", options);
  if (!loaded.plan) {
    std::string all;
    for (const Diagnostic& d : loaded.diagnostics) all += render(d, yaml);
    throw std::runtime_error(all + "\nin\n" + yaml);
  }
  plan_ = std::make_unique<Plan>(std::move(*loaded.plan));
}

Report GraphRun::run() {
  RunServices services;
  services.json_at = [](std::string_view json, std::span<const std::string> steps,
                        detail::Arena& arena) { return json_at(json, steps, arena); };
  run_ = std::make_unique<Run>(*plan_, std::move(services));
  const Guard guard(*run_);
  return run_->run();
}

const Collect& GraphRun::sink(std::string_view name) const {
  for (const PlannedStage& stage : plan_->stages) {
    if (stage.name == name) return dynamic_cast<const Collect&>(*stage.stage);
  }
  throw std::out_of_range(std::string(name));
}

}  // namespace weir::test
