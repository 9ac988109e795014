#include "graph/compile/load.h"
#include "stages/builtin.h"
#include "tests/fuzz/targets.h"

namespace weir::fuzz {

/// A pipeline file: loading it ends in a plan or in diagnostics, the same each time.
void yaml(std::string_view bytes) {
  compile::LoadOptions options;
  options.registry = &builtin_types();
  options.expressions = &stages::expression_language();
  options.times = &stages::time_language();
  options.load_plugin = [](const std::string&, const std::string&) {
    return std::string("no plugins here");
  };
  const compile::Loaded loaded = load_plan(bytes, "fuzz.yaml", options);
  bool failed = false;
  for (const text::Diagnostic& found : loaded.diagnostics) {
    failed |= found.severity == text::Severity::error;
    expect(!found.message.empty(), "a diagnostic without a message");
  }
  expect(failed != loaded.plan.has_value(), "neither a plan nor an error, or both");
  compile::describe_pipeline(bytes, "fuzz.yaml");
}

}  // namespace weir::fuzz
