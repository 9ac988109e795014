#include "stages/core/window/window_time.h"

#include <chrono>
#include <string>

#include "weir/instant.h"

namespace weir::stages::core {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

Value time_value(std::int64_t time, bool number, Record& record) {
  if (!number) {
    std::string text;
    detail::append_iso(text, Instant::of(std::chrono::nanoseconds(time)));
    return Value(record.copy(text));
  }
  if (time % kSecond == 0) return Value(time / kSecond);
  return Value(static_cast<double>(time) / static_cast<double>(kSecond));
}

}  // namespace weir::stages::core
