#pragma once

// The one header that a stage author includes. A plugin is a shared library with one WEIR_PLUGIN
// block; `plugins: [path.so]` in a pipeline loads it. It links nothing of weir and is never
// unloaded.

#include "weir/registry.h"
#include "weir/version.h"

namespace weir::detail {

/// The versions that a plugin was built with, which must equal those of the runner, and its entry
/// point.
struct PluginInfo {
  int abi;
  const char* compiler;
  void (*register_stages)(Registry& registry);
};

}  // namespace weir::detail

/// Defines the plugin's one exported symbol; used as WEIR_PLUGIN(registry) {
/// registry.add<...>(...); }. `compiler` points at the end of the tag, so that no linker drops the
/// tag, which only readers of the file use.
#define WEIR_PLUGIN(registry)                                                          \
  static void weir_register_stages(::weir::Registry& registry);                        \
  __attribute__((used)) static const char weir_plugin_tag[] = WEIR_PLUGIN_TAG;         \
  extern "C" __attribute__((visibility("default")))                                    \
  const ::weir::detail::PluginInfo weir_plugin_info = {                                \
      WEIR_ABI, &weir_plugin_tag[sizeof(WEIR_PLUGIN_TAG_BEGIN WEIR_STRING(WEIR_ABI))], \
      &weir_register_stages};                                                          \
  static void weir_register_stages(::weir::Registry& registry)
