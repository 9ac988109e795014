#include "stages/builtin.h"

namespace weir::stages {

void add_builtin_stages(Registry& registry) {
  add_file_stages(registry);
  add_core_stages(registry);
  add_text_stages(registry);
  add_json_stages(registry);
  add_csv_stages(registry);
  add_regex_stages(registry);
  add_lua_stages(registry);
  add_hash_stages(registry);
  add_wait_stages(registry);
  add_exec_stages(registry);
  add_lookup_stages(registry);
  add_parse_stages(registry);
}

}  // namespace weir::stages
