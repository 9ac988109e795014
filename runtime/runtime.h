#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/spec/load.h"
#include "runtime/console.h"
#include "runtime/plugin_loader.h"
#include "weir/registry.h"

namespace weir {

/// What every command works with: the stage types, the plugins, standard error.
class Runtime {
 public:
  Runtime();

  Console& console() { return console_; }
  const Registry& registry() const { return registry_; }

  /// How this process reads pipelines; valid as long as this object.
  LoadOptions load_options();

  /// Loads weir's own plugins with the stage types that `text`, a pipeline file or the text of
  /// `-e`, uses; before `load_plan`, and before the text of `-e` is read. Complains of those that
  /// cannot be loaded.
  void load_plugins_for(std::string_view text);
  /// The same for one stage type, and for all there are.
  void load_plugin_of(std::string_view type);
  void load_all_plugins();

  /// "weir: MESSAGE" and, below, the hint; for what is wrong beside a pipeline file.
  void complain(const std::string& message, const std::string& hint = {});

 private:
  Console console_;
  Registry registry_;
  PluginLoader plugins_;
};

/// "did you mean 'X'?" for the candidate nearest to `word`; empty if none is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace weir
