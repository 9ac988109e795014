#include "runtime/pipeline_text.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "runtime/inline_pipeline.h"
#include "runtime/param_help.h"

namespace weir {
namespace {

/// Beyond what any pipeline file may hold; whoever checks the text says so.
constexpr std::size_t kMostBytes = 64u << 20;

bool read_file(const std::string& path, std::string& text, std::string& problem) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file) {
    std::string chunk(1 << 16, '\0');
    std::size_t got = 0;
    while (text.size() < kMostBytes &&
           (got = std::fread(chunk.data(), 1, chunk.size(), file.get())) > 0) {
      text.append(chunk, 0, got);
    }
    if (!std::ferror(file.get())) return true;
  }
  problem = std::strerror(errno);
  return false;
}

using Param = std::pair<std::string, std::string>;

bool split_param(const std::string& text, Param& param) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) return false;
  param = {text.substr(0, equals), text.substr(equals + 1)};
  return true;
}

bool has_param(const PipelineHelp& help, const std::string& name) {
  for (const ParamHelp& param : help.params) {
    if (param.name == name) return true;
  }
  return false;
}

/// Says that neither the program nor the file knows `argument`.
void complain_of(Runtime& runtime, const PipelineChoice& choice, const PipelineHelp& help,
                 const std::string& argument) {
  if (!argument.starts_with('-') || argument == "-") {
    return runtime.complain("unexpected argument '" + argument + "'");
  }
  const std::string option = argument.substr(0, argument.find('='));
  const std::string name = option.starts_with("--") ? option.substr(2) : "";
  if (option == argument && has_param(help, name)) {
    return runtime.complain("missing value of '" + option + "'", "write " + option + "=VALUE");
  }
  std::vector<std::string> known = choice.known;
  for (const ParamHelp& param : help.params) known.push_back("--" + param.name);
  runtime.complain("unknown option '" + option + "'", did_you_mean(option, known));
}

}  // namespace

std::optional<PipelineText> read_pipeline_text(Runtime& runtime, const PipelineChoice& choice) {
  PipelineText result;
  if (choice.is_inline) {
    runtime.load_plugins_for(choice.inline_text);
    InlinePipeline inlined = read_inline_pipeline(choice.inline_text, runtime.registry());
    show_diagnostics(runtime, inlined.diagnostics, choice.inline_text);
    if (!inlined.diagnostics.empty()) return std::nullopt;
    result.name = "-e";
    result.yaml = std::move(inlined.yaml);
    return result;
  }
  result.name = choice.file;
  std::string problem;
  if (!read_file(choice.file, result.yaml, problem)) {
    runtime.complain("cannot read '" + choice.file + "': " + problem);
    return std::nullopt;
  }
  runtime.load_plugins_for(result.yaml);
  return result;
}

bool read_params(Runtime& runtime, const PipelineChoice& choice, const PipelineText& text,
                 LoadOptions& options) {
  bool good = true;
  Param param;
  for (const std::string& set : choice.sets) {
    if (split_param(set, param)) {
      options.params.push_back(param);
      continue;
    }
    runtime.complain("expected --set NAME=VALUE, got '" + set + "'");
    good = false;
  }
  if (choice.unknown.empty()) return good;
  const PipelineHelp help = describe_pipeline(text.yaml, text.name);
  for (const std::string& argument : choice.unknown) {
    const bool named = argument.starts_with("--") && split_param(argument.substr(2), param);
    if (named && (has_param(help, param.first) || (help.params.empty() && !choice.is_inline))) {
      options.params.push_back(param);
      continue;
    }
    complain_of(runtime, choice, help, argument);
    good = false;
  }
  return good;
}

int show_params(Runtime& runtime, const PipelineChoice& choice) {
  const std::optional<PipelineText> text = read_pipeline_text(runtime, choice);
  if (!text) return 2;
  const std::string help =
      "\n" + param_help(describe_pipeline(text->yaml, text->name), text->name, choice.known);
  std::fwrite(help.data(), 1, help.size(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

std::optional<Plan> load_shown(Runtime& runtime, const PipelineChoice& choice, int threads) {
  LoadOptions options = runtime.load_options();
  options.threads = threads;
  const std::optional<PipelineText> text = read_pipeline_text(runtime, choice);
  if (!text || !read_params(runtime, choice, *text, options)) return std::nullopt;
  Loaded loaded = load_plan(text->yaml, text->name, options);
  show_diagnostics(runtime, loaded.diagnostics, text->yaml);
  return std::move(loaded.plan);
}

DiagnosticCounts show_diagnostics(Runtime& runtime, const std::vector<Diagnostic>& diagnostics,
                                  const std::string& yaml, bool quiet) {
  DiagnosticCounts counts;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::error) ++counts.errors;
    if (diagnostic.severity == Severity::warning) ++counts.warnings;
    if (quiet && diagnostic.severity != Severity::error) continue;
    runtime.console().write(render(diagnostic, yaml));
  }
  return counts;
}

}  // namespace weir
