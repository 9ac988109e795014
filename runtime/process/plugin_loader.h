#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weir/registry.h"

namespace weir::cli {

/// Loads plugins into a registry. A plugin stays loaded until the process ends, since pointers to
/// its code may be anywhere. Not for use by two threads.
class PluginLoader {
 public:
  /// `library_dir` is the folder for weir's own plugins and those that an install adds, each as the
  /// file FAMILY.so or libFAMILY.so.
  PluginLoader(Registry& registry, std::filesystem::path library_dir)
      : registry_(registry), library_dir_(std::move(library_dir)) {}

  /// Calls `to` with each file that `load` is about to load for a pipeline file, before its code
  /// runs.
  void announce(std::function<void(const std::string& file)> to) { announce_ = std::move(to); }

  /// Loads the plugin `path` of a pipeline file in `directory`: from there, else from where the
  /// dynamic linker looks, else from `library_dir`, where a name needs no `.so`. Returns the
  /// failure; empty if there is none. A plugin that is already loaded stays as it is.
  std::string load(const std::string& path, const std::string& directory);

  /// Loads the plugin of the family of stage type `type` (`http` for `http.fetch`) from
  /// `library_dir`, unless the type is known. Returns the failure; empty also if there is no such
  /// plugin.
  std::string load_family(std::string_view type);
  /// Returns where the plugin of an unknown type was looked for: "no http.so or libhttp.so in
  /// 'FOLDER'". Empty if the type has no family, or its family is loaded.
  std::string looked_for(std::string_view type) const;
  /// Calls `load_family` for every stage type that `text`, a pipeline file or the text of `-e`, may
  /// use. Returns the failures, one text each.
  std::vector<std::string> load_families(std::string_view text);
  /// Loads every plugin of `library_dir`. Returns the failures.
  std::vector<std::string> load_all();

 private:
  std::string open(const std::string& path, const std::string& directory, void*& handle) const;
  std::filesystem::path own_file(const std::string& family) const;
  std::string register_stages(const std::string& path, void* handle);

  Registry& registry_;
  std::filesystem::path library_dir_;
  std::function<void(const std::string&)> announce_;
  std::map<void*, std::string> loaded_;  ///< Each file's failure, by the linker's handle.
};

}  // namespace weir::cli
