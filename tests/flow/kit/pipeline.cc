#include "tests/flow/kit/pipeline.h"

#include <stdexcept>

#include "graph/compile/load.h"
#include "stages/builtin.h"
#include "tests/flow/kit/graph_stages.h"
#include "tests/flow/kit/late_stages.h"
#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {

const Registry& test_registry() {
  static const Registry* registry = [] {
    auto* made = new Registry;
    stages::add_builtin_stages(*made);
    add_test_stages(*made);
    add_late_stages(*made);
    add_shape_stages(*made);
    add_graph_stages(*made);
    return made;
  }();
  return *registry;
}

Pipeline::Pipeline(const std::string& yaml, int threads) {
  compile::LoadOptions options;
  options.registry = &test_registry();
  options.expressions = &stages::expression_language();
  options.times = &stages::time_language();
  options.threads = threads;
  compile::Loaded loaded = load_plan(yaml, "test.yaml", options);
  if (!loaded.plan) {
    std::string all;
    for (const text::Diagnostic& d : loaded.diagnostics) all += render(d, yaml);
    throw std::runtime_error(all + "\nin\n" + yaml);
  }
  plan_ = std::make_unique<compile::Plan>(std::move(*loaded.plan));
}

Run& Pipeline::start(RunServices services) {
  services.json_at = [](std::string_view json, std::span<const std::string> steps,
                        detail::Arena& arena) { return stages::json_at(json, steps, arena); };
  services.times = &stages::time_language();
  run_ = std::make_unique<Run>(*plan_, std::move(services));
  return *run_;
}

Report Pipeline::run(RunServices services) { return start(std::move(services)).run(); }

const Collect& Pipeline::collected(std::string_view name) const {
  for (const compile::PlannedStage& stage : plan_->stages) {
    if (stage.name == name) return dynamic_cast<const Collect&>(*stage.stage);
  }
  throw std::out_of_range(std::string(name));
}

const std::vector<std::string>& Pipeline::texts() const {
  return dynamic_cast<Collect&>(sink()).texts();
}

bool Pipeline::committed() const { return dynamic_cast<Collect&>(sink()).committed(); }

Sink& Pipeline::sink() const {
  for (const compile::Region& region : plan_->regions) {
    if (region.ends() && !region.letters) return plan_->sink_at(region.last);
  }
  throw std::logic_error("no sink");
}

}  // namespace weir::flow::test
