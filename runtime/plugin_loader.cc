#include "runtime/plugin_loader.h"

#include <dlfcn.h>

#include <exception>
#include <string_view>
#include <utility>

#include "weir/plugin.h"

namespace weir {
namespace {

constexpr const char* kSymbol = "weir_plugin_info";

std::string linker_error() {
  const char* text = ::dlerror();
  return text ? text : "unknown error";
}

/// What differs between the plugin's build and this one; empty if it fits.
std::string misfit(const std::string& path, const detail::PluginInfo& info) {
  if (info.abi != WEIR_ABI) {
    return "plugin '" + path + "' was built for weir ABI " + std::to_string(info.abi) +
           ", this is " + std::to_string(WEIR_ABI) + ": build it again with this weir's headers";
  }
  // Only now: another ABI may have laid out the rest differently.
  if (std::string_view(info.compiler) != WEIR_COMPILER_ABI) {
    return "plugin '" + path + "' was built by a compiler with the ABI '" + info.compiler +
           "', this is '" WEIR_COMPILER_ABI "'";
  }
  return {};
}

}  // namespace

std::string PluginLoader::open(const std::string& path, const std::string& directory,
                               void*& handle) const {
  namespace fs = std::filesystem;
  const fs::path wanted(path);
  std::string found_but_bad;
  const auto try_file = [&](const fs::path& file) {
    std::error_code ignored;
    if (handle || !fs::exists(file, ignored)) return;
    // Absolute, so that the linker takes the path as it is and does not search.
    handle = ::dlopen(fs::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle && found_but_bad.empty()) found_but_bad = linker_error();
  };
  try_file(wanted.is_absolute() ? wanted : fs::path(directory) / wanted);
  if (!handle && wanted.is_relative() && found_but_bad.empty()) {
    if (!wanted.has_parent_path()) handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    try_file(library_dir_ / wanted);
  }
  if (handle) return {};
  if (!found_but_bad.empty()) return "cannot load plugin '" + path + "': " + found_but_bad;
  std::string places = "'" + (directory.empty() ? std::string(".") : directory) + "'";
  if (wanted.is_absolute()) return "cannot find plugin '" + path + "'";
  return "cannot find plugin '" + path + "' in " + places +
         ", in the linker's search path or in '" + library_dir_.string() + "'";
}

std::string PluginLoader::register_stages(const std::string& path, void* handle) {
  const auto* info = static_cast<const detail::PluginInfo*>(::dlsym(handle, kSymbol));
  if (!info) {
    return "'" + path + "' is no plugin of weir: it has no symbol '" + kSymbol + "' (WEIR_PLUGIN)";
  }
  if (std::string wrong = misfit(path, *info); !wrong.empty()) return wrong;
  const std::size_t types_before = registry_.types().size();
  const std::size_t duplicates_before = registry_.duplicates().size();
  try {
    info->register_stages(registry_);
  } catch (const std::exception& e) {
    return "plugin '" + path + "' failed to register its stage types: " + e.what();
  }
  if (registry_.duplicates().size() > duplicates_before) {
    return "plugin '" + path + "' registers the stage type '" +
           registry_.duplicates()[duplicates_before] + "', which exists already";
  }
  if (registry_.types().size() == types_before) {
    return "plugin '" + path + "' registers no stage type";
  }
  return {};
}

std::string PluginLoader::load(const std::string& path, const std::string& directory) {
  void* handle = nullptr;
  if (std::string wrong = open(path, directory, handle); !wrong.empty()) return wrong;
  // The linker gives the same handle for the same file, whatever it was called.
  if (const auto known = loaded_.find(handle); known != loaded_.end()) return known->second;
  return loaded_.emplace(handle, register_stages(path, handle)).first->second;
}

}  // namespace weir
