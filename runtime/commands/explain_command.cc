#include "runtime/commands/explain_command.h"

#include <optional>

#include "runtime/explain/explain.h"

namespace weir::cli {

int explain_command(Runtime& runtime, const ExplainArguments& arguments) {
  const std::optional<compile::Plan> plan =
      load_shown(runtime, arguments.pipeline, arguments.threads);
  if (!plan) return 2;
  constexpr std::size_t kWidth = 100;  // Files and terminals get the same width.
  return runtime.print(plan->mask(explanation(*plan, kWidth)));
}

}  // namespace weir::cli
