#include "runtime/process/services.h"

#include "stages/builtin.h"

namespace weir::cli {

flow::RunServices services_with(Log& log) {
  flow::RunServices services;
  services.json_at = &stages::json_at;
  services.times = &stages::time_language();
  services.log = [&log](LogLevel level, std::string_view stage, std::string_view text) {
    log.write(level, stage, text);
  };
  return services;
}

}  // namespace weir::cli
