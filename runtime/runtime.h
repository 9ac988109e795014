#pragma once

#include <filesystem>
#include <string>
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
