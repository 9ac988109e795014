#include "runtime/commands/graph_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "runtime/draw/dot.h"
#include "runtime/draw/drawing.h"
#include "runtime/draw/graphviz.h"
#include "runtime/draw/mermaid.h"

namespace weir::cli {
namespace {

/// Returns the drawing; nothing after a failure, which it reports.
std::optional<std::string> drawn(Runtime& runtime, const GraphArguments& arguments,
                                 const compile::Plan& plan) {
  const Drawing drawing = draw(plan);
  if (arguments.dot) return dot(drawing);
  if (!arguments.svg) return mermaid(drawing);
  GraphvizAnswer answer = svg_of(dot(drawing));
  if (answer.problem.empty()) return std::move(answer.svg);
  runtime.complain(answer.problem, answer.hint);
  return std::nullopt;
}

bool same_file(const std::string& one, const std::string& other) {
  std::error_code none;
  return std::filesystem::equivalent(one, other, none);
}

/// Returns 0, or the errno of the failure.
int write_file(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return errno;
  const int error = write_all(fd, text);
  return ::close(fd) != 0 && error == 0 ? errno : error;
}

}  // namespace

int graph_command(Runtime& runtime, const GraphArguments& arguments) {
  const std::optional<compile::Plan> plan =
      load_shown(runtime, arguments.pipeline, arguments.threads);
  if (!plan) return 2;
  const std::optional<std::string> text = drawn(runtime, arguments, *plan);
  if (!text) return 1;
  if (arguments.output.empty() || arguments.output == "-") return runtime.print(*text);
  const std::string& file = arguments.pipeline.file;
  if (!file.empty() && same_file(file, arguments.output)) {
    runtime.complain("cannot write '" + arguments.output + "': the pipeline is in it");
    return 1;
  }
  const int error = write_file(arguments.output, *text);
  if (error == 0) return 0;
  runtime.complain("cannot write '" + arguments.output + "': " + std::strerror(error));
  return 1;
}

}  // namespace weir::cli
