#include "runtime/process/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>
#include <utility>

#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// Passes spdlog's lines to the console, which keeps the live line below them.
class ConsoleSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ConsoleSink(Console& console) : console_(console) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    console_.write({line.data(), line.size()});
  }
  void flush_() override {}

 private:
  Console& console_;
};

spdlog::level::level_enum level_of(LogLevel level) {
  static constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                          spdlog::level::warn, spdlog::level::err};
  return kLevels[static_cast<int>(level)];
}

}  // namespace

struct Log::Logger {
  spdlog::logger logger;
};

Log::Log(Console& console, LogLevel lowest, text::Mask mask)
    : logger_(new Logger{spdlog::logger("weir", std::make_shared<ConsoleSink>(console))}),
      mask_(std::move(mask)) {
  logger_->logger.set_level(level_of(lowest));
  logger_->logger.set_pattern("%H:%M:%S.%e %l: %v");
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view stage, std::string_view text) {
  // The text may contain a record's bytes, which must not steer the terminal.
  const std::string safe = shown_text(mask_(text));
  if (stage.empty()) {
    logger_->logger.log(level_of(level), safe);
  } else {
    logger_->logger.log(level_of(level), std::string(stage) + ": " + safe);
  }
}

}  // namespace weir::cli
