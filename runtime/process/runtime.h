#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/compile/load.h"
#include "runtime/process/plugin_loader.h"
#include "runtime/terminal/console.h"
#include "weir/registry.h"

namespace weir::cli {

/// The objects that every command works with: the stage types, the plugins, standard error.
class Runtime {
 public:
  Runtime();

  Console& console() { return console_; }
  const Registry& registry() const { return registry_; }

  /// Refuses the plugins that a pipeline file names; each becomes an error.
  void forbid_plugins() { no_plugins_ = true; }
  /// Reports each file with code that a pipeline has weir load, before it is loaded.
  void announce_plugins();

  /// Returns how this process reads pipelines; valid as long as this object.
  compile::LoadOptions load_options();

  /// Loads weir's own plugins with the stage types that `text`, a pipeline file or the text of
  /// `-e`, uses. Call it before `load_plan`, and before the text of `-e` is read. Reports those
  /// that cannot be loaded.
  void load_plugins_for(std::string_view text);
  /// Load the plugin of one stage type, and all plugins there are.
  void load_plugin_of(std::string_view type);
  void load_all_plugins();
  /// See PluginLoader.
  std::string looked_for(std::string_view type) const { return plugins_.looked_for(type); }

  /// Shows "weir: MESSAGE" and, below, the hint; for mistakes that are not in a pipeline file.
  void complain(const std::string& message, const std::string& hint = {});

  /// Writes `text` to standard output. Returns the exit code: 1 if not all of it could be written,
  /// which it reports unless the reader is gone.
  int print(std::string_view text);

 private:
  Console console_;
  Registry registry_;
  PluginLoader plugins_;
  bool no_plugins_ = false;
};

/// Returns "did you mean 'X'?" for the candidate nearest to `word`; empty if none is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace weir::cli
