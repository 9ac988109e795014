#include "runtime/runtime.h"

#include "graph/text/edit_distance.h"
#include "runtime/cpu_count.h"
#include "stages/builtin.h"

namespace weir {
namespace {

/// Where weir's own plugins lie, seen from the program: in an install as where it was built.
std::filesystem::path library_dir() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return (program.parent_path() / WEIR_PLUGIN_DIR).lexically_normal();
}

}  // namespace

Runtime::Runtime() : plugins_(registry_, library_dir()) { add_builtin_stages(registry_); }

LoadOptions Runtime::load_options() {
  LoadOptions options;
  options.registry = &registry_;
  options.expressions = &expression_language();
  options.auto_threads = cpu_count();
  options.load_plugin = [this](const std::string& path, const std::string& directory) {
    return plugins_.load(path, directory);
  };
  return options;
}

void Runtime::load_plugins_for(std::string_view text) {
  for (const std::string& wrong : plugins_.load_families(text)) complain(wrong);
}

void Runtime::load_plugin_of(std::string_view type) {
  if (const std::string wrong = plugins_.load_family(type); !wrong.empty()) complain(wrong);
}

void Runtime::load_all_plugins() {
  for (const std::string& wrong : plugins_.load_all()) complain(wrong);
}

void Runtime::complain(const std::string& message, const std::string& hint) {
  console_.write("weir: " + message + (hint.empty() ? "" : "\n  " + hint));
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string* found = nearest(word, candidates);
  return found ? "did you mean '" + *found + "'?" : "";
}

}  // namespace weir
