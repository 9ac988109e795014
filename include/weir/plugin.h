#pragma once

// All that a stage author includes. A plugin is a shared library with one WEIR_PLUGIN block;
// `plugins: [path.so]` in a pipeline loads it. It links nothing of weir and is never unloaded.

#include "weir/registry.h"
#include "weir/version.h"

namespace weir::detail {

/// What a plugin was built with; must equal the runner's.
struct PluginInfo {
  int abi;
  const char* compiler;
  void (*register_stages)(Registry& registry);
};

}  // namespace weir::detail

/// Defines the plugin's one exported symbol: WEIR_PLUGIN(registry) { registry.add<...>(...); }
#define WEIR_PLUGIN(registry)                                                       \
  static void weir_register_stages(::weir::Registry& registry);                     \
  extern "C" __attribute__((visibility("default")))                                 \
  const ::weir::detail::PluginInfo weir_plugin_info = {WEIR_ABI, WEIR_COMPILER_ABI, \
                                                       &weir_register_stages};      \
  static void weir_register_stages(::weir::Registry& registry)
