#include "runtime/run_command.h"

#include <cstdlib>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "graph/flow/run.h"
#include "runtime/error_file.h"
#include "runtime/live_line.h"
#include "runtime/log.h"
#include "runtime/report_printer.h"
#include "runtime/services.h"
#include "runtime/signals.h"

namespace weir {
namespace {

bool writes_stdout(const Plan& plan) {
  for (int i = 0; i < static_cast<int>(plan.stages.size()); ++i) {
    if (plan.is_sink(i) && plan.sink_at(i).writes_stdout()) return true;
  }
  return false;
}

bool shows_live_line(const Console& console, const RunArguments& arguments, const Plan& plan) {
  if (arguments.quiet || !console.is_terminal()) return false;
  // Records on the same terminal would end up between the line's pieces.
  return !stdout_is_terminal() || !writes_stdout(plan);
}

/// Takes `--chaos` for the plan and for the run; false if it is wrong, which is said.
bool take_chaos(Runtime& runtime, const RunArguments& arguments, LoadOptions& options,
                std::optional<ChaosOptions>& chaos) {
  if (arguments.chaos.empty()) return true;
  chaos.emplace();
  if (const auto wrong = parse_chaos(arguments.chaos, chaos->plan)) {
    runtime.complain("--chaos: " + *wrong, "'weir run --help' shows an example");
    return false;
  }
  options.chaos = chaos->stages = arguments.chaos_stages;
  options.chaos_everywhere = arguments.chaos_stages.empty();
  return true;
}

/// Makes room for the errors before anything runs; false if that fails, which is said.
bool open_errors(Runtime& runtime, const RunArguments& arguments, ErrorFile& errors) {
  if (arguments.errors.empty()) return true;
  const std::string problem = errors.open(arguments.errors);
  if (!problem.empty()) runtime.complain(problem);
  return problem.empty();
}

Report run_plan(Runtime& runtime, const RunArguments& arguments, Plan& plan,
                std::optional<ChaosOptions> chaos, ErrorFile& errors) {
  Log log(runtime.console(), arguments.verbose ? LogLevel::debug
                             : arguments.quiet ? LogLevel::error
                                               : LogLevel::warning);
  Signals::block();
  RunServices services = services_with(log);
  services.chaos = std::move(chaos);
  if (!arguments.errors.empty()) {
    services.error = [&errors](const ErrorSample& error) { errors.write(error); };
  }
  Run run(plan, std::move(services));
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
  for (const PlannedStage& stage : plan.stages) {
    if (stage.type->role == Role::source) style.sources.push_back(stage.name);
    if (stage.type->role == Role::sink) style.sinks.push_back(stage.name);
  }
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
  std::optional<ChaosOptions> chaos;
  if (!take_chaos(runtime, arguments, options, chaos)) return 2;
  Loaded loaded = load_plan(text->yaml, text->name, options);
  show_diagnostics(runtime, loaded.diagnostics, text->yaml, arguments.quiet);
  if (!loaded.plan) {
    if (arguments.pipeline.is_inline) {
      runtime.console().write(
          "  (these are lines of the YAML that -e stands for; --print-yaml shows it)");
    }
    return 2;
  }
  ErrorFile errors;
  if (!open_errors(runtime, arguments, errors)) return 2;
  const Report report = run_plan(runtime, arguments, *loaded.plan, std::move(chaos), errors);
  show_report(runtime, arguments, *loaded.plan, report);
  int code = exit_code(report, arguments.strict);
  if (const std::string problem = errors.close(); !problem.empty()) {
    runtime.complain(problem, "errors are missing there; the report counts them all");
    if (report.status == RunStatus::ok) code = 1;
  }
  // A call into a stage never came back: its thread still stands on the plan.
  if (report.hung) std::_Exit(code);
  return code;
}

}  // namespace weir
