#include "runtime/process/runtime.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "graph/text/edit_distance.h"
#include "runtime/process/cpu_count.h"
#include "runtime/process/joined_path.h"
#include "runtime/process/memory_limit.h"
#include "runtime/terminal/figures.h"
#include "stages/builtin.h"

namespace weir::cli {
namespace {

/// Returns the folder of weir's own plugins, relative to the program: in an install, or in the
/// build tree.
std::string library_dir() {
  std::error_code unknown;
  std::string folder = std::filesystem::read_symlink("/proc/self/exe", unknown).string();
  const auto to_parent = [&folder] { folder.resize(std::min(folder.rfind('/'), folder.size())); };
  to_parent();
  std::string_view rest = WEIR_PLUGIN_DIR;
  for (; rest.starts_with("../"); rest.remove_prefix(3)) to_parent();
  return joined_path(std::move(folder), rest);
}

}  // namespace

Runtime::Runtime() : plugins_(registry_, library_dir()) { stages::add_builtin_stages(registry_); }

compile::LoadOptions Runtime::load_options() {
  compile::LoadOptions options;
  options.registry = &registry_;
  options.expressions = &stages::expression_language();
  options.times = &stages::time_language();
  options.auto_threads = cpu_count();
  options.auto_memory = auto_memory();
  options.load_plugin = [this](const std::string& path, const std::string& directory) {
    if (no_plugins_) return "plugin '" + path + "' is not loaded: --no-plugins";
    return plugins_.load(path, directory);
  };
  options.looked_for = [this](const std::string& type) { return plugins_.looked_for(type); };
  return options;
}

void Runtime::announce_plugins() {
  plugins_.announce(
      [this](const std::string& file) { console_.write("loads code: " + shown_text(file)); });
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
  console_.write("weir: " + shown_text(message) + (hint.empty() ? "" : "\n  " + shown_text(hint)));
}

int Runtime::print(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error != 0 && error != EPIPE) {
    complain(std::string("cannot write 'stdout': ") +
             (error == EBADF ? "it is not open for writing" : std::strerror(error)));
  }
  return error == 0 ? 0 : 1;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string* found = text::nearest(word, candidates);
  return found ? "did you mean '" + *found + "'?" : "";
}

}  // namespace weir::cli
