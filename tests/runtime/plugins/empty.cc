#include <weir/plugin.h>

WEIR_PLUGIN(registry) { (void)registry; }
