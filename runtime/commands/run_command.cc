#include "runtime/commands/run_command.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include "graph/flow/context/file_uses.h"
#include "graph/flow/run.h"
#include "runtime/commands/side_input.h"
#include "runtime/process/error_file.h"
#include "runtime/process/last_words.h"
#include "runtime/process/log.h"
#include "runtime/process/services.h"
#include "runtime/process/signals.h"
#include "runtime/report/live_line.h"
#include "runtime/report/report_printer.h"
#include "runtime/terminal/shown.h"

namespace weir::cli {
namespace {

bool writes_stdout(const compile::Plan& plan) {
  for (const compile::StageId i : plan.stages.ids()) {
    if (plan.is_sink(i) && plan.sink_at(i).writes_stdout()) return true;
  }
  return false;
}

bool shows_live_line(const Console& console, const RunArguments& arguments,
                     const compile::Plan& plan) {
  if (arguments.quiet || !console.is_terminal()) return false;
  // Records on the same terminal would mix with the live line.
  return !stdout_is_terminal() || !writes_stdout(plan);
}

/// Takes `--chaos` into the plan's options and the run's; returns false if it is wrong, which it
/// reports.
bool take_chaos(Runtime& runtime, const RunArguments& arguments, compile::LoadOptions& options,
                std::optional<flow::ChaosOptions>& chaos) {
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

/// Returns the reason why a file of the command line must not be used: the plan uses it, too.
std::string file_clash(const RunArguments& arguments, const compile::Plan& plan) {
  using Way = FileUse::Way;
  const std::string& file = arguments.pipeline.file;
  std::vector<FileUse> uses;
  if (!file.empty()) uses.push_back({Way::reads, file, std::nullopt, file});
  if (!arguments.errors.empty()) {
    uses.push_back({Way::writes, arguments.errors, std::nullopt, arguments.errors});
  }
  return flow::clash_with(plan, uses);
}

/// Opens the file for errors before anything runs; returns false if that fails, which it reports.
bool open_errors(Runtime& runtime, const RunArguments& arguments, const compile::Plan& plan,
                 ErrorFile& errors) {
  std::string problem = file_clash(arguments, plan);
  if (problem.empty() && !arguments.errors.empty()) problem = errors.open(arguments.errors);
  if (!problem.empty()) runtime.complain(problem);
  return problem.empty();
}

flow::Report run_plan(Runtime& runtime, const RunArguments& arguments, compile::Plan& plan,
                      std::optional<flow::ChaosOptions> chaos, ErrorFile& errors) {
  Log log(runtime.console(),
          arguments.verbose ? LogLevel::debug
          : arguments.quiet ? LogLevel::error
                            : LogLevel::warning,
          plan.mask);
  Signals::block();
  flow::RunServices services = services_with(log);
  services.side_input = side_inputs(runtime, log);
  services.chaos = std::move(chaos);
  if (!arguments.errors.empty()) {
    services.error = [&errors, &plan](const flow::ErrorSample& error) {
      errors.write(masked(error, plan.mask));
    };
  }
  flow::Run run(plan, std::move(services));
  const LastWords::Of words(run);
  int count = 0;
  const Signals signals([&](int signal) {
    if (!arguments.quiet) {
      runtime.console().write(signal_text(signal, ++count, run.progress(), plan.limits.drain) +
                              "\n");
    }
    run.interrupt(signal);
  });
  std::optional<LiveLine> live;
  if (shows_live_line(runtime.console(), arguments, plan)) {
    live.emplace(
        runtime.console(), [&run] { return run.progress(); }, plan.mask);
  }
  return run.run();
}

/// Returns the pipeline's name, or else its file's without folders and extension.
std::string shown_name(const compile::Plan& plan, bool is_inline) {
  if (!plan.name.empty()) return plan.name;
  return is_inline ? "weir" : std::filesystem::path(plan.file).stem().string();
}

void show_report(Runtime& runtime, const RunArguments& arguments, const compile::Plan& plan,
                 const flow::Report& report) {
  ReportStyle style;
  style.pipeline = shown_name(plan, arguments.pipeline.is_inline);
  style.memory = plan.limits.memory;
  for (const compile::PlannedStage& stage : plan.stages) {
    if (stage.type->role == Role::source) style.sources.push_back(stage.name);
    if (stage.type->role == Role::sink) style.sinks.push_back(stage.name);
  }
  style.width = runtime.console().width();
  style.colours = runtime.console().colours();
  style.verbose = arguments.verbose;
  style.mask = plan.mask;
  runtime.console().write(arguments.quiet ? failure_text(report, style)
                                          : report_text(report, style));
}

}  // namespace

int exit_code(const flow::Report& report, bool strict) {
  if (report.status == flow::RunStatus::interrupted) return 128 + report.signal;
  if (report.status != flow::RunStatus::ok) return 1;
  std::uint64_t imperfect = report.kept;
  for (const flow::Outcome outcome :
       {flow::Outcome::skipped, flow::Outcome::dead_lettered, flow::Outcome::shed}) {
    imperfect += report.outcomes[static_cast<std::size_t>(outcome)];
  }
  return strict && imperfect > 0 ? 3 : 0;
}

int run_command(Runtime& runtime, const RunArguments& arguments) {
  compile::LoadOptions options = runtime.load_options();
  options.threads = arguments.threads;
  const std::optional<PipelineText> text = read_pipeline_text(runtime, arguments.pipeline);
  if (!text || !read_params(runtime, arguments.pipeline, *text, options)) return 2;
  if (arguments.print_yaml) return runtime.print(text->yaml);
  std::optional<flow::ChaosOptions> chaos;
  if (!take_chaos(runtime, arguments, options, chaos)) return 2;
  compile::Loaded loaded = load_plan(text->yaml, text->name, options);
  show_diagnostics(runtime, loaded, text->yaml, arguments.quiet ? Shown::errors : Shown::warnings);
  if (!loaded.plan) {
    if (arguments.pipeline.is_inline) {
      runtime.console().write(
          "  (these are lines of the YAML that -e stands for; --print-yaml shows it)");
    }
    return 2;
  }
  ErrorFile errors;
  if (!open_errors(runtime, arguments, *loaded.plan, errors)) return 2;
  const flow::Report report = run_plan(runtime, arguments, *loaded.plan, std::move(chaos), errors);
  show_report(runtime, arguments, *loaded.plan, report);
  int code = exit_code(report, arguments.strict);
  if (const std::string problem = errors.close(); !problem.empty()) {
    runtime.complain(problem, "errors are missing there; the report counts them all");
    if (report.status == flow::RunStatus::ok) code = 1;
  }
  // A call into a stage never returned, and its thread still uses the plan.
  if (report.hung) end_process(code);
  return code;
}

}  // namespace weir::cli
