#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace weir::cli {

/// The ABI and the compiler that a plugin was built with.
struct PluginTag {
  int abi = 0;
  std::string compiler;
};

/// Returns the tag that WEIR_PLUGIN leaves in a shared library. The file is read and not loaded,
/// since a sanitizer's runtime that it needs would end the process. Nothing if there is no such
/// tag, or the file cannot be read.
std::optional<PluginTag> plugin_tag(const std::filesystem::path& file);

}  // namespace weir::cli
