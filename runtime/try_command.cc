#include "runtime/try_command.h"

#include <unistd.h>

#include <cstdio>

#include "graph/flow/run.h"
#include "runtime/log.h"
#include "runtime/null_sink.h"
#include "runtime/report_printer.h"
#include "runtime/services.h"
#include "runtime/signals.h"
#include "runtime/trial.h"

namespace weir {
namespace {

/// No sink writes anything, and an error ends only its record, so that all are seen.
void make_harmless(Plan& plan) {
  for (PlannedStage& stage : plan.stages) {
    if (stage.type->role == Role::sink) stage.stage = std::make_shared<NullSink>();
    for (ErrorPolicy* policy : {&stage.on_error, &stage.call.on_deadline}) {
      if (policy->action == OnError::fail) policy->action = OnError::skip;
    }
  }
}

}  // namespace

int try_command(Runtime& runtime, const TryArguments& arguments) {
  LoadOptions options = runtime.load_options();
  options.threads = 1;
  const std::optional<PipelineText> text = read_pipeline_text(runtime, arguments.pipeline);
  if (!text || !read_params(runtime, arguments.pipeline, *text, options)) return 2;
  Loaded loaded = load_plan(text->yaml, text->name, options);
  show_diagnostics(runtime, loaded.diagnostics, text->yaml);
  if (!loaded.plan) return 2;
  make_harmless(*loaded.plan);
  const auto records = static_cast<std::size_t>(arguments.records);
  Trial trial(*loaded.plan, records);
  Log log(runtime.console(), LogLevel::warning);
  Signals::block();
  Run run(*loaded.plan, services_with(log));
  run.observe(trial, records * loaded.plan->sources.size());
  const Signals signals([&run](int signal) { run.interrupt(signal); });
  const Report report = run.run();
  const std::string shown = trial.text(terminal_width(STDOUT_FILENO), wants_colours(STDOUT_FILENO));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
  runtime.console().write(failure_text(report, {}));
  return report.status == RunStatus::interrupted ? 128 + report.signal
                                                 : report.status != RunStatus::ok;
}

}  // namespace weir
