#include "runtime/services.h"

#include "stages/builtin.h"

namespace weir {

RunServices services_with(Log& log) {
  RunServices services;
  services.json_at = &json_at;
  services.log = [&log](LogLevel level, std::string_view stage, std::string_view text) {
    log.write(level, stage, text);
  };
  return services;
}

}  // namespace weir
