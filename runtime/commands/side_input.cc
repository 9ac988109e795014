#include "runtime/commands/side_input.h"

#include <memory>
#include <utility>

#include "graph/compile/load.h"
#include "graph/flow/run.h"
#include "runtime/process/services.h"
#include "runtime/report/place.h"
#include "weir/detail/json_text.h"

namespace weir::cli {
namespace {

/// Hands its records to a function.
class TakeSink final : public Sink {
 public:
  using Take = std::function<void(const Record&)>;
  explicit TakeSink(const Take& take) : take_(take) {}
  void write(Batch& batch) override {
    batch.each([this](const Record& record) { take_(record); });
  }

 private:
  const Take& take_;
};

/// Appends a node as YAML in one line, in which `${` stands for itself.
void append_yaml(std::string& out, const Node& node) {
  if (node.shape == Node::Shape::scalar) {
    std::string text;
    for (std::size_t i = 0; i < node.text.size(); ++i) {
      if (node.text.compare(i, 2, "${") == 0) text += '$';
      text += node.text[i];
    }
    return detail::append_json_string(out, text);
  }
  const bool map = node.shape == Node::Shape::map;
  out += map ? '{' : '[';
  for (const Node::Entry& entry : node.entries) {
    append_yaml(out, entry.key);
    out += ": ";
    append_yaml(out, entry.value);
    out += ", ";
  }
  for (const Node& item : node.items) {
    append_yaml(out, item);
    out += ", ";
  }
  out += map ? '}' : ']';
}

std::string yaml_of(const flow::SideInput& input) {
  std::string yaml = "limits: { memory: " + std::to_string(input.memory) + " }\nstages:\n";
  for (const SideStage& stage : input.stages) {
    yaml += "  - uses: " + stage.uses + "\n    with: ";
    append_yaml(yaml, stage.with);
    yaml += '\n';
  }
  // Its stage is replaced: a plan ends with a sink of a type.
  return yaml + "  - uses: file.write\n    with: { path: '-' }\n";
}

[[noreturn]] void fail(const flow::Report& report, const text::Mask& mask) {
  const flow::ErrorSample& failure = report.failure;
  const std::string where =
      failure.part.empty() ? "" : place(failure.part, failure.origin.position, mask) + ": ";
  throw Error(failure.kind, where + failure.message, false);
}

void read(Runtime& runtime, Log& log, const flow::SideInput& input) {
  compile::LoadOptions options = runtime.load_options();
  options.threads = input.threads;
  compile::Loaded loaded = load_plan(yaml_of(input), "side input", options);
  if (!loaded.plan) throw Error("side_input", loaded.diagnostics.front().message, false);
  auto plan = std::make_unique<compile::Plan>(std::move(*loaded.plan));
  for (compile::PlannedStage& stage : plan->stages) {
    if (stage.type->role == Role::sink) stage.stage = std::make_shared<TakeSink>(input.take);
  }
  flow::Run run(*plan, services_with(log));
  const flow::Report report = run.run();
  if (report.hung) plan.release();  // A thread that never came back still uses it.
  if (report.status != flow::RunStatus::ok) fail(report, {});
}

}  // namespace

std::function<void(const flow::SideInput&)> side_inputs(Runtime& runtime, Log& log) {
  return [&runtime, &log](const flow::SideInput& input) { read(runtime, log, input); };
}

}  // namespace weir::cli
