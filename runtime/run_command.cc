#include "runtime/run_command.h"

#include <cstdlib>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "graph/flow/run.h"
#include "runtime/live_line.h"
#include "runtime/log.h"
#include "runtime/report_printer.h"
#include "runtime/services.h"
#include "runtime/signals.h"

namespace weir {
namespace {

bool shows_live_line(const Console& console, const RunArguments& arguments, const Plan& plan) {
  if (arguments.quiet || !console.is_terminal()) return false;
  // Records on the same terminal would end up between the line's pieces.
  return !stdout_is_terminal() || !plan.sink().writes_stdout();
}

Report run_plan(Runtime& runtime, const RunArguments& arguments, Plan& plan) {
  Log log(runtime.console(), arguments.verbose ? LogLevel::debug
                             : arguments.quiet ? LogLevel::error
                                               : LogLevel::warning);
  Signals::block();
  Run run(plan, services_with(log));
  const Signals signals([&run](int signal) { run.interrupt(signal); });
  std::optional<LiveLine> live;
  if (shows_live_line(runtime.console(), arguments, plan)) {
    live.emplace(runtime.console(), [&run] { return run.progress(); });
  }
  return run.run();
}

/// The pipeline's name, else its file's without folders and extension.
std::string shown_name(const Plan& plan, bool is_inline) {
  if (!plan.name.empty()) return plan.name;
  return is_inline ? "weir" : std::filesystem::path(plan.file).stem().string();
}

void show_report(Runtime& runtime, const RunArguments& arguments, const Plan& plan,
                 const Report& report) {
  ReportStyle style;
  style.pipeline = shown_name(plan, arguments.pipeline.is_inline);
  style.memory = plan.limits.memory;
  style.width = runtime.console().width();
  style.colours = runtime.console().colours();
  style.verbose = arguments.verbose;
  runtime.console().write(arguments.quiet ? failure_text(report, style)
                                          : report_text(report, style));
}

}  // namespace

int exit_code(const Report& report, bool strict) {
  if (report.status == RunStatus::interrupted) return 128 + report.signal;
  if (report.status != RunStatus::ok) return 1;
  std::uint64_t imperfect = report.kept;
  for (const Outcome outcome : {Outcome::skipped, Outcome::dead_lettered, Outcome::shed}) {
    imperfect += report.outcomes[static_cast<std::size_t>(outcome)];
  }
  return strict && imperfect > 0 ? 3 : 0;
}

int run_command(Runtime& runtime, const RunArguments& arguments) {
  LoadOptions options = runtime.load_options();
  options.threads = arguments.threads;
  const std::optional<PipelineText> text = read_pipeline_text(runtime, arguments.pipeline);
  if (!text || !read_params(runtime, arguments.pipeline, *text, options)) return 2;
  if (arguments.print_yaml) {
    std::fwrite(text->yaml.data(), 1, text->yaml.size(), stdout);
    return std::fflush(stdout) == 0 ? 0 : 1;
  }
  Loaded loaded = load_plan(text->yaml, text->name, options);
  show_diagnostics(runtime, loaded.diagnostics, text->yaml, arguments.quiet);
  if (!loaded.plan) {
    if (arguments.pipeline.is_inline) {
      runtime.console().write(
          "  (these are lines of the YAML that -e stands for; --print-yaml shows it)");
    }
    return 2;
  }
  const Report report = run_plan(runtime, arguments, *loaded.plan);
  show_report(runtime, arguments, *loaded.plan, report);
  const int code = exit_code(report, arguments.strict);
  // A call into a stage never came back: its thread still stands on the plan.
  if (report.hung) std::_Exit(code);
  return code;
}

}  // namespace weir
