#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "graph/compile/plan/plan.h"

namespace weir::compile {

/// The inputs of loading a pipeline, besides its text: stage types, params, and the limits of the
/// machine.
struct LoadOptions {
  const Registry* registry = nullptr;
  const detail::ExpressionLanguage* expressions = nullptr;
  const detail::TimeLanguage* times = nullptr;
  /// Values from `--set name=value` and `--name=value`, in order. An unknown name is an error
  /// without a position.
  std::vector<std::pair<std::string, std::string>> params;
  /// The value of `--threads`; 0: the file decides.
  int threads = 0;
  /// The number of threads that `auto` means: those that affinity and the cgroup's quota allow.
  int auto_threads = 1;
  /// The number of bytes that `auto` means: those that the cgroup's memory limit leaves.
  std::uint64_t auto_memory = Limits().memory;
  /// Names of the stages into which faults are injected; these are called record by record.
  std::vector<std::string> chaos;
  /// Injects faults into every stage that sees each record alone.
  bool chaos_everywhere = false;
  /// Loads a plugin into the registry and returns what is wrong with it, or nothing. `path` is as
  /// written in the file, `directory` is that of the file.
  std::function<std::string(const std::string& path, const std::string& directory)> load_plugin;
  /// Returns a hint about where the plugin of an unknown type was looked for; empty: nowhere.
  std::function<std::string(const std::string& type)> looked_for;
};

}  // namespace weir::compile
