#include "tests/machine/checkout.h"

namespace weir {

std::string source_dir() { return WEIR_SOURCE_DIR; }
std::string build_dir() { return WEIR_BINARY_DIR; }

}  // namespace weir
