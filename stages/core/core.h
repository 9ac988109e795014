#pragma once

#include "weir/registry.h"

namespace weir {

// One function a stage type, each in the file of the type's name; register.cc calls them all.
void add_generate(Registry& registry);
void add_filter(Registry& registry);
void add_select(Registry& registry);
void add_remove(Registry& registry);
void add_rename(Registry& registry);
void add_set(Registry& registry);
void add_take(Registry& registry);
void add_count(Registry& registry);
void add_sample(Registry& registry);
void add_skip_first(Registry& registry);
void add_take_until(Registry& registry);
void add_dedupe(Registry& registry);
void add_sort(Registry& registry);
void add_window(Registry& registry);
void add_group(Registry& registry);
void add_route(Registry& registry);
void add_zip(Registry& registry);
void add_join(Registry& registry);

}  // namespace weir
