#include <weir/plugin.h>

extern "C" __attribute__((visibility("default")))
const weir::detail::PluginInfo weir_plugin_info = {WEIR_ABI + 1, "whatever it was", nullptr};
