#include "stages/builtin.h"

namespace weir {

void add_core_stages(Registry& registry);   // stages/core: generate, filter, set, take, count, ...
void add_text_stages(Registry& registry);   // stages/text: text.format
void add_json_stages(Registry& registry);   // stages/json: json.parse, json.format
void add_csv_stages(Registry& registry);    // stages/csv: csv.parse, csv.format
void add_regex_stages(Registry& registry);  // stages/regex: regex.match, regex.replace
void add_lua_stages(Registry& registry);    // stages/lua: lua
void add_hash_stages(Registry& registry);   // stages/hash: hash
void add_wait_stages(Registry& registry);   // stages/wait: delay
void add_exec_stages(Registry& registry);   // stages/exec: exec
void add_file_stages(Registry& registry);   // stages/file: file.read, file.write

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
}

}  // namespace weir
