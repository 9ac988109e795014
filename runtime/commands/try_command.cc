#include "runtime/commands/try_command.h"

#include <unistd.h>

#include <list>
#include <map>
#include <memory>
#include <utility>

#include "graph/flow/run.h"
#include "runtime/commands/null_sink.h"
#include "runtime/commands/side_input.h"
#include "runtime/commands/trial.h"
#include "runtime/commands/unasked.h"
#include "runtime/process/log.h"
#include "runtime/process/services.h"
#include "runtime/process/signals.h"
#include "runtime/report/report_printer.h"

namespace weir::cli {
namespace {

/// Replaces stages that ask something outside of the run by stand-ins. Must outlive the plan.
class StandIns {
 public:
  void replace(compile::PlannedStage& planned) {
    const TypeSpec& type = *planned.type;
    auto& [original, stand_in] = stages_[planned.stage.get()];
    if (!stand_in) {
      original = planned.stage;
      if (type.role == Role::async_transform) {
        stand_in = std::make_shared<UnaskedAsync>(type, original);
      } else {
        stand_in = std::make_shared<UnaskedTransform>(type, original);
      }
    }
    planned.stage = stand_in;
    planned.type = &types_.emplace_back(type);
    types_.back().make_scratch = nullptr;  // The scratch space would be made from another class.
    planned.on_error = {compile::OnError::skip, {}};
  }

 private:
  std::list<TypeSpec> types_;
  /// The original stages with their stand-ins; the passes of a loop share one.
  std::map<const Stage*, std::pair<std::shared_ptr<Stage>, std::shared_ptr<Stage>>> stages_;
};

/// Makes a plan safe to try: no sink writes, no stage asks anything outside unless with `calls`,
/// and an error ends only its record, so that all are shown.
void make_harmless(compile::Plan& plan, bool calls, StandIns& stand_ins) {
  for (compile::PlannedStage& stage : plan.stages) {
    if (stage.type->role == Role::sink) stage.stage = std::make_shared<NullSink>();
    for (compile::ErrorPolicy* policy : {&stage.on_error, &stage.call.on_deadline}) {
      if (policy->action == compile::OnError::fail) policy->action = compile::OnError::skip;
    }
    if (stage.type->asks && !calls) stand_ins.replace(stage);
  }
}

}  // namespace

int try_command(Runtime& runtime, const TryArguments& arguments) {
  compile::LoadOptions options = runtime.load_options();
  options.threads = 1;
  const std::optional<PipelineText> text = read_pipeline_text(runtime, arguments.pipeline);
  if (!text || !read_params(runtime, arguments.pipeline, *text, options)) return 2;
  compile::Loaded loaded = load_plan(text->yaml, text->name, options);
  show_diagnostics(runtime, loaded, text->yaml);
  if (!loaded.plan) return 2;
  StandIns stand_ins;
  make_harmless(*loaded.plan, arguments.calls, stand_ins);
  const auto records = static_cast<std::size_t>(arguments.records);
  Trial trial(*loaded.plan, records);
  Log log(runtime.console(), LogLevel::warning, loaded.plan->mask);
  Signals::block();
  flow::RunServices services = services_with(log);
  services.side_input = side_inputs(runtime, log);
  flow::Run run(*loaded.plan, std::move(services));
  run.observe(trial, records * loaded.plan->sources.size());
  const Signals signals([&run](int signal) { run.interrupt(signal); });
  const flow::Report report = run.run();
  const std::string shown = trial.text(terminal_width(STDOUT_FILENO), wants_colours(STDOUT_FILENO));
  const int printed = runtime.print(shown);
  ReportStyle style;
  style.mask = loaded.plan->mask;
  runtime.console().write(failure_text(report, style));
  if (report.status == flow::RunStatus::interrupted) return 128 + report.signal;
  return report.status == flow::RunStatus::ok ? printed : 1;
}

}  // namespace weir::cli
