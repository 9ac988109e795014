#include "runtime/commands/describe_command.h"

#include <unistd.h>

#include <vector>

#include "runtime/describe/describe.h"
#include "runtime/describe/markdown.h"

namespace weir::cli {

int list_command(Runtime& runtime) {
  runtime.load_all_plugins();
  return runtime.print(
      list_text(runtime.registry(), wants_colours(STDOUT_FILENO), terminal_width(STDOUT_FILENO)));
}

int describe_command(Runtime& runtime, const DescribeArguments& arguments) {
  if (arguments.markdown) runtime.load_all_plugins();
  if (arguments.markdown) return runtime.print(markdown_reference(runtime.registry()));
  if (arguments.type.empty()) {
    runtime.complain("missing stage type", "'weir list' shows every type");
    return 2;
  }
  runtime.load_plugin_of(arguments.type);
  if (const TypeSpec* type = runtime.registry().find(arguments.type)) {
    return runtime.print(
        describe_text(*type, wants_colours(STDOUT_FILENO), terminal_width(STDOUT_FILENO)));
  }
  runtime.load_all_plugins();
  std::vector<std::string> names;
  for (const auto& type : runtime.registry().types()) names.push_back(type->name);
  std::string hint = did_you_mean(arguments.type, names);
  const std::string looked_for = runtime.looked_for(arguments.type);
  if (!looked_for.empty()) hint += (hint.empty() ? "" : " ") + looked_for + ";";
  hint += (hint.empty() ? "" : " ") + std::string("'weir list' shows every type");
  runtime.complain("unknown stage type '" + arguments.type + "'", hint);
  return 2;
}

}  // namespace weir::cli
