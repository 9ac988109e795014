#include "weir/registry.h"

namespace weir {

void add_text_format(Registry& registry);

void add_text_stages(Registry& registry) { add_text_format(registry); }

}  // namespace weir
