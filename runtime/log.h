#pragma once

#include <memory>
#include <string_view>

#include "runtime/console.h"
#include "weir/stage.h"

namespace weir {

/// The log lines of stages and engine, on standard error above the live line. Any thread.
class Log {
 public:
  Log(Console& console, LogLevel lowest);
  ~Log();

  void write(LogLevel level, std::string_view stage, std::string_view text);

 private:
  struct Logger;
  std::unique_ptr<Logger> logger_;
};

}  // namespace weir
