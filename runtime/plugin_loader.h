#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weir/registry.h"

namespace weir {

/// Loads plugins into a registry. One that is loaded stays loaded until the process ends: its
/// code may be anywhere. Not for use by two threads.
class PluginLoader {
 public:
  /// `library_dir` is where weir keeps plugins of its own, and an install others: each the file
  /// FAMILY.so or libFAMILY.so.
  PluginLoader(Registry& registry, std::filesystem::path library_dir)
      : registry_(registry), library_dir_(std::move(library_dir)) {}

  /// Loads the plugin `path` of a pipeline file in `directory`: from there, else from where the
  /// dynamic linker looks, else from `library_dir`, where a name without `.so` will do. Returns
  /// what is wrong, empty if nothing. A plugin that is loaded already is left as it is.
  std::string load(const std::string& path, const std::string& directory);

  /// Loads the plugin of the family of stage type `type` (`http` for `http.fetch`) from
  /// `library_dir`, unless the type is known. Empty also where there is no such plugin.
  std::string load_family(std::string_view type);
  /// The same for every stage type that `text`, a pipeline file or the text of `-e`, may use.
  /// What is wrong, a text each.
  std::vector<std::string> load_families(std::string_view text);
  /// Loads every plugin of `library_dir`.
  std::vector<std::string> load_all();

 private:
  std::string open(const std::string& path, const std::string& directory, void*& handle) const;
  std::filesystem::path own_file(const std::string& family) const;
  std::string register_stages(const std::string& path, void* handle);

  Registry& registry_;
  std::filesystem::path library_dir_;
  std::map<void*, std::string> loaded_;  ///< By the linker's handle: what was wrong.
};

}  // namespace weir
