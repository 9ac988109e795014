#include <weir/plugin.h>

#include <stdexcept>

WEIR_PLUGIN(registry) {
  throw std::runtime_error("no licence, " + std::to_string(registry.types().size()));
}
