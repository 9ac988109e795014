#include "stages/builtin.h"
#include "stages/core/core.h"

namespace weir::stages {

void add_core_stages(Registry& registry) {
  using namespace core;
  add_generate(registry);
  add_filter(registry);
  add_select(registry);
  add_remove(registry);
  add_rename(registry);
  add_set(registry);
  add_take(registry);
  add_count(registry);
  add_sample(registry);
  add_skip_first(registry);
  add_take_until(registry);
  add_dedupe(registry);
  add_sort(registry);
  add_window(registry);
  add_group(registry);
  add_route(registry);
  add_zip(registry);
  add_join(registry);
}

}  // namespace weir::stages
