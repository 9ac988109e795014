#include <unistd.h>
#include <weir/version.h>

// One that was built with older headers, and that does not live to be asked.
#undef WEIR_ABI
#define WEIR_ABI 1
#include <weir/plugin.h>

namespace {

[[maybe_unused]] const bool kEnded = (_exit(9), true);

}  // namespace

WEIR_PLUGIN(registry) { (void)registry; }
