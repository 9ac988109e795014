#include "stages/core/core.h"

namespace weir {

void add_core_stages(Registry& registry) {
  add_generate(registry);
  add_filter(registry);
  add_select(registry);
  add_remove(registry);
  add_rename(registry);
  add_set(registry);
  add_take(registry);
  add_count(registry);
}

}  // namespace weir
