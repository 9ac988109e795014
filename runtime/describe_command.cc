#include "runtime/describe_command.h"

#include <unistd.h>

#include <cstdio>
#include <vector>

#include "runtime/describe.h"
#include "runtime/markdown.h"

namespace weir {
namespace {

int print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace

int list_command(Runtime& runtime) {
  runtime.load_all_plugins();
  runtime.load_all_plugins();
  return print(list_text(runtime.registry(), wants_colours(STDOUT_FILENO)));
}

int describe_command(Runtime& runtime, const DescribeArguments& arguments) {
  if (arguments.markdown) runtime.load_all_plugins();
  if (arguments.markdown) runtime.load_all_plugins();
  if (arguments.markdown) return print(markdown_reference(runtime.registry()));
  if (arguments.type.empty()) {
    runtime.complain("missing stage type", "'weir list' shows every type");
    return 2;
  }
  runtime.load_plugin_of(arguments.type);
  runtime.load_plugin_of(arguments.type);
  if (const TypeSpec* type = runtime.registry().find(arguments.type)) {
    return print(describe_text(*type, wants_colours(STDOUT_FILENO)));
  }
  runtime.load_all_plugins();
  std::vector<std::string> names;
  for (const auto& type : runtime.registry().types()) names.push_back(type->name);
  std::string hint = did_you_mean(arguments.type, names);
  hint += (hint.empty() ? "" : " ") + std::string("'weir list' shows every type");
  runtime.complain("unknown stage type '" + arguments.type + "'", hint);
  return 2;
}

}  // namespace weir
