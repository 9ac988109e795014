#pragma once

#include "weir/registry.h"

namespace weir::stages::core {

// Each function registers one stage type and is defined in the file of that name. register.cc calls
// all of them.
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

}  // namespace weir::stages::core
