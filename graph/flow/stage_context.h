#pragma once

#include <map>
#include <mutex>
#include <string>

#include "graph/flow/environment.h"

namespace weir {

/// What a stage gets in `open`, and keeps for the run: its log and its counters.
class StageContext final : public Context {
 public:
  StageContext(Environment& env, const PlannedStage& stage) : env_(env), stage_(stage) {}

  std::string_view stage_name() const override { return stage_.name; }
  void log(LogLevel level, std::string_view text) override {
    if (env_.services.log) env_.services.log(level, stage_.name, text);
  }
  Counter& counter(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    return counters_[std::string(name)];
  }
  int threads() const override { return env_.plan.limits.threads; }
  std::size_t record_limit() const override { return env_.record_limit(); }
  StateBudget& state() override { return env_.state; }

  void fill(std::map<std::string, std::uint64_t>& counters) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, counter] : counters_) counters[name] = counter.value();
  }

 private:
  Environment& env_;
  const PlannedStage& stage_;
  mutable std::mutex mutex_;
  std::map<std::string, Counter> counters_;
};

}  // namespace weir
