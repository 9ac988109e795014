#include "runtime/commands/pipeline_text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "graph/text/source_text.h"
#include "runtime/commands/param_help.h"
#include "runtime/inline/inline_pipeline.h"

namespace weir::cli {
namespace {

/// More bytes than any pipeline file may have; the compiler reports a longer text.
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

/// Returns the file as excerpts may show it: stars replace the bytes of `hidden`, so that columns
/// stay the same.
std::string without(const std::string& yaml, const std::vector<Mark>& hidden) {
  std::string shown = yaml;
  const text::SourceText source(yaml);
  const auto begin = static_cast<std::size_t>(source.text().data() - yaml.data());
  for (const Mark& mark : hidden) {
    const std::size_t at = begin + source.offset(mark);
    for (std::size_t i = at; i < at + mark.length && i < shown.size(); ++i) {
      if (shown[i] != '\n') shown[i] = '*';
    }
  }
  return shown;
}

/// Returns whether all files of the command line can be read; reports those that cannot.
bool can_read(Runtime& runtime, const std::vector<std::string>& files) {
  bool good = true;
  for (const std::string& file : files) {
    struct stat info {};
    int error = 0;
    if (file == "-") continue;
    if (::stat(file.c_str(), &info) != 0 || ::access(file.c_str(), R_OK) != 0) error = errno;
    if (error == 0 && S_ISDIR(info.st_mode)) error = EISDIR;
    if (error == 0) continue;
    runtime.complain("cannot read '" + file + "': " + std::strerror(error));
    good = false;
  }
  return good;
}

using Param = std::pair<std::string, std::string>;

bool split_param(const std::string& text, Param& param) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) return false;
  param = {text.substr(0, equals), text.substr(equals + 1)};
  return true;
}

bool has_param(const compile::PipelineHelp& help, const std::string& name) {
  for (const compile::ParamHelp& param : help.params) {
    if (param.name == name) return true;
  }
  return false;
}

/// Reports that neither the program nor the file knows `argument`.
void complain_of(Runtime& runtime, const PipelineChoice& choice, const compile::PipelineHelp& help,
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
  for (const compile::ParamHelp& param : help.params) known.push_back("--" + param.name);
  runtime.complain("unknown option '" + option + "'", did_you_mean(option, known));
}

}  // namespace

std::optional<PipelineText> read_pipeline_text(Runtime& runtime, const PipelineChoice& choice) {
  PipelineText result;
  if (choice.is_inline) {
    if (!can_read(runtime, choice.files)) return std::nullopt;
    runtime.load_plugins_for(choice.inline_text);
    InlinePipeline inlined =
        read_inline_pipeline(choice.inline_text, runtime.registry(), choice.files);
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
                 compile::LoadOptions& options) {
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
  const compile::PipelineHelp help = compile::describe_pipeline(text.yaml, text.name);
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
  return runtime.print("\n" + param_help(compile::describe_pipeline(text->yaml, text->name),
                                         text->name, choice.known));
}

std::optional<compile::Plan> load_shown(Runtime& runtime, const PipelineChoice& choice,
                                        int threads) {
  compile::LoadOptions options = runtime.load_options();
  options.threads = threads;
  const std::optional<PipelineText> text = read_pipeline_text(runtime, choice);
  if (!text || !read_params(runtime, choice, *text, options)) return std::nullopt;
  compile::Loaded loaded = load_plan(text->yaml, text->name, options);
  show_diagnostics(runtime, loaded, text->yaml);
  return std::move(loaded.plan);
}

DiagnosticCounts show_diagnostics(Runtime& runtime,
                                  const std::vector<text::Diagnostic>& diagnostics,
                                  const std::string& yaml, Shown shown) {
  DiagnosticCounts counts;
  for (const text::Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == text::Severity::error) ++counts.errors;
    if (diagnostic.severity == text::Severity::warning) ++counts.warnings;
    const bool note = diagnostic.severity == text::Severity::note && diagnostic.mark.line > 0;
    if (shown == Shown::errors && diagnostic.severity != text::Severity::error) continue;
    if (shown == Shown::warnings && note) continue;
    runtime.console().write(render(diagnostic, yaml));
  }
  return counts;
}

DiagnosticCounts show_diagnostics(Runtime& runtime, const compile::Loaded& loaded,
                                  const std::string& yaml, Shown shown) {
  return show_diagnostics(runtime, loaded.diagnostics, without(yaml, loaded.hidden), shown);
}

}  // namespace weir::cli
