#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "weir/registry.h"

namespace weir {

/// Loads plugins into a registry. One that is loaded stays loaded until the process ends: its
/// code may be anywhere. Not for use by two threads.
class PluginLoader {
 public:
  /// `library_dir` is where an install keeps plugins, looked into last.
  PluginLoader(Registry& registry, std::filesystem::path library_dir)
      : registry_(registry), library_dir_(std::move(library_dir)) {}

  /// Loads the plugin `path` of a pipeline file in `directory`: from there, else from where the
  /// dynamic linker looks, else from the install. Returns what is wrong, empty if nothing. A
  /// plugin that is loaded already is left as it is.
  std::string load(const std::string& path, const std::string& directory);

 private:
  std::string open(const std::string& path, const std::string& directory, void*& handle) const;
  std::string register_stages(const std::string& path, void* handle);

  Registry& registry_;
  std::filesystem::path library_dir_;
  std::map<void*, std::string> loaded_;  ///< By the linker's handle: what was wrong.
};

}  // namespace weir
