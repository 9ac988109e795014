#include "runtime/explain_command.h"

#include <cstdio>
#include <optional>
#include <string>

#include "runtime/explain.h"

namespace weir {

int explain_command(Runtime& runtime, const ExplainArguments& arguments) {
  const std::optional<Plan> plan = load_shown(runtime, arguments.pipeline, arguments.threads);
  if (!plan) return 2;
  constexpr std::size_t kWidth = 100;  // As wide in a file as on a terminal.
  const std::string text = explanation(*plan, kWidth);
  const bool good = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return good && std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace weir
