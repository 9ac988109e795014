#pragma once

#include <map>
#include <string>

#include "graph/flow/context/run_context.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The context that a stage gets in `open` and keeps for the run: its log and its counters.
class StageContext final : public Context {
 public:
  StageContext(RunContext& context, const compile::PlannedStage& stage)
      : context_(context), stage_(stage) {}

  std::string_view stage_name() const override { return stage_.name; }
  void log(LogLevel level, std::string_view text) override {
    if (context_.services.log) context_.services.log(level, stage_.name, text);
  }
  Counter& counter(std::string_view name) override {
    const Lock lock(mutex_);
    return counters_[std::string(name)];
  }
  int threads() const override { return context_.plan.limits.threads; }
  std::size_t record_limit() const override { return context_.record_limit(); }
  StateBudget& state() override { return context_.state; }
  const detail::TimeLanguage& times() const override { return *context_.services.times; }

  void fill(std::map<std::string, std::uint64_t>& counters) const {
    const Lock lock(mutex_);
    for (const auto& [name, counter] : counters_) counters[name] = counter.value();
  }

 private:
  RunContext& context_;
  const compile::PlannedStage& stage_;
  mutable Mutex mutex_;
  std::map<std::string, Counter> counters_ WEIR_GUARDED_BY(mutex_);
};

}  // namespace weir::flow
