#pragma once

#include <memory>
#include <string_view>

#include "graph/text/mask.h"
#include "runtime/terminal/console.h"
#include "weir/stage.h"

namespace weir::cli {

/// Writes the log lines of stages and engine to standard error, above the live line. Thread-safe.
class Log {
 public:
  Log(Console& console, LogLevel lowest, text::Mask mask = {});
  ~Log();

  void write(LogLevel level, std::string_view stage, std::string_view text);

 private:
  struct Logger;
  std::unique_ptr<Logger> logger_;
  text::Mask mask_;
};

}  // namespace weir::cli
