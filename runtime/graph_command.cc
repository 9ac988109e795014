#include "runtime/graph_command.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "runtime/dot.h"
#include "runtime/drawing.h"
#include "runtime/graphviz.h"
#include "runtime/mermaid.h"

namespace weir {
namespace {

/// Nothing, if something is wrong, which is said.
std::optional<std::string> drawn(Runtime& runtime, const GraphArguments& arguments,
                                 const Plan& plan) {
  const Drawing drawing = draw(plan);
  if (arguments.dot) return dot(drawing);
  if (!arguments.svg) return mermaid(drawing);
  GraphvizAnswer answer = svg_of(dot(drawing));
  if (answer.problem.empty()) return std::move(answer.svg);
  runtime.complain(answer.problem, answer.hint);
  return std::nullopt;
}

bool put(std::FILE* file, const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

bool write_file(const std::string& path, const std::string& text) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (!file) return false;
  const bool good = put(file, text);
  return std::fclose(file) == 0 && good;
}

}  // namespace

int graph_command(Runtime& runtime, const GraphArguments& arguments) {
  const std::optional<Plan> plan = load_shown(runtime, arguments.pipeline, arguments.threads);
  if (!plan) return 2;
  const std::optional<std::string> text = drawn(runtime, arguments, *plan);
  if (!text) return 1;
  if (arguments.output.empty() || arguments.output == "-") return put(stdout, *text) ? 0 : 1;
  if (write_file(arguments.output, *text)) return 0;
  runtime.complain("cannot write '" + arguments.output + "': " + std::strerror(errno));
  return 1;
}

}  // namespace weir
