// Built with checked containers, which have other members than those of the program.
#define _GLIBCXX_DEBUG
#include <weir/plugin.h>

WEIR_PLUGIN(registry) { (void)registry; }
