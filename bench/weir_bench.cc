// Runs one pipeline of the bench as `weir run` would, with the bench's own stage types in addition
// to the built-in ones: `weir_bench FILE --threads N --PARAM VALUE ...`.

#include <fstream>
#include <iostream>
#include <sstream>

#include "bench/program.h"
#include "bench/straggler_types.h"
#include "bench/weir_types.h"
#include "graph/compile/load.h"
#include "graph/flow/run.h"
#include "stages/builtin.h"

namespace {

weir::compile::LoadOptions load_options(const bench::Arguments& arguments, int argc, char** argv,
                                        const weir::Registry& registry) {
  weir::compile::LoadOptions options;
  options.registry = &registry;
  options.expressions = &weir::stages::expression_language();
  options.times = &weir::stages::time_language();
  options.threads = static_cast<int>(arguments.number("--threads", 2));
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name != "--threads") options.params.emplace_back(name.substr(2), argv[i + 1]);
  }
  return options;
}

weir::flow::RunServices services() {
  weir::flow::RunServices services;
  services.json_at = weir::stages::json_at;
  services.times = &weir::stages::time_language();
  services.log = [](weir::LogLevel level, std::string_view stage, std::string_view text) {
    if (level >= weir::LogLevel::warning) std::cerr << stage << ": " << text << '\n';
  };
  return services;
}

int run(weir::compile::Plan& plan) {
  const bench::Stopwatch stopwatch;
  weir::flow::Run run(plan, services());
  const weir::flow::Report report = run.run();
  const double seconds = stopwatch.seconds();
  if (report.status != weir::flow::RunStatus::ok) {
    std::cerr << report.failure.stage << ": " << report.failure.message << '\n';
    return 1;
  }
  // Each sink that measures prints a line.
  bool measured = false;
  for (const weir::compile::PlannedStage& stage : plan.stages) {
    const auto* latency = dynamic_cast<const bench::Latency*>(stage.stage.get());
    if (!latency) continue;
    latency->print(seconds);
    measured = true;
  }
  if (measured) return 0;
  const auto* check = dynamic_cast<const bench::Check*>(plan.stages.back().stage.get());
  bench::print_result(seconds, report.read, check ? check->sum() : 0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv);
  const std::string file = arguments.mode();
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  weir::Registry registry;
  weir::stages::add_builtin_stages(registry);
  bench::add_bench_stages(registry);
  bench::add_straggler_stages(registry);
  weir::compile::Loaded loaded =
      weir::compile::load_plan(text.str(), file, load_options(arguments, argc, argv, registry));
  for (const weir::text::Diagnostic& diagnostic : loaded.diagnostics) {
    std::cerr << weir::text::render(diagnostic, text.str());
  }
  return loaded.plan ? run(*loaded.plan) : 2;
}
