#include "runtime/commands/check_command.h"

#include <unistd.h>

#include "runtime/commands/pipeline_text.h"
#include "runtime/report/worst_case.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// Returns the summary: "3 files: 2 errors in 1 file, 1 warning".
std::string summary(std::size_t files, std::size_t bad_files, const DiagnosticCounts& counts) {
  std::string text = counted(files, "file") + ": ";
  if (counts.errors == 0) {
    text += "no errors";
  } else {
    text += counted(static_cast<std::uint64_t>(counts.errors), "error");
    if (files > 1) text += " in " + counted(bad_files, "file");
  }
  if (counts.warnings > 0) {
    text += ", " + counted(static_cast<std::uint64_t>(counts.warnings), "warning");
  }
  return text;
}

}  // namespace

int check_command(Runtime& runtime, const CheckArguments& arguments) {
  runtime.announce_plugins();
  DiagnosticCounts all;
  std::size_t bad_files = 0;
  int code = 0;
  for (const std::string& file : arguments.files) {
    PipelineChoice choice;
    choice.file = file;
    choice.sets = arguments.sets;
    compile::LoadOptions options = runtime.load_options();
    const std::optional<PipelineText> text = read_pipeline_text(runtime, choice);
    if (!text || !read_params(runtime, choice, *text, options)) {
      ++all.errors;
      ++bad_files;
      continue;
    }
    const compile::Loaded loaded = load_plan(text->yaml, text->name, options);
    const DiagnosticCounts counts = show_diagnostics(runtime, loaded, text->yaml, Shown::notes);
    all.errors += counts.errors;
    all.warnings += counts.warnings;
    if (!loaded.plan) {
      ++bad_files;
    } else if (arguments.files.size() == 1) {
      code = runtime.print(worst_case(*loaded.plan, wants_colours(STDOUT_FILENO)));
    }
  }
  runtime.console().write(summary(arguments.files.size(), bad_files, all));
  return bad_files > 0 ? 2 : code;
}

}  // namespace weir::cli
