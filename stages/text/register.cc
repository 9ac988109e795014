#include "stages/builtin.h"
#include "weir/registry.h"

namespace weir::stages::text {

void add_text_format(Registry& registry);

}  // namespace weir::stages::text

namespace weir::stages {

void add_text_stages(Registry& registry) {
  using namespace text;
  add_text_format(registry);
}

}  // namespace weir::stages
