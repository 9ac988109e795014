#include <weir/plugin.h>

extern "C" __attribute__((visibility("default")))
const weir::detail::PluginInfo weir_plugin_info = {WEIR_ABI, "cxxabi-1002-libstdc++11abi-0",
                                                   nullptr};
