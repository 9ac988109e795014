#pragma once

#include <cstdint>

namespace weir::stages::lua {

/// The work that a call of Lua may still do, in steps of about one instruction. Work of C functions
/// counts, too, since one instruction may have them go over megabytes, again and again.
class Meter {
 public:
  /// Returns whether the work should stop. It is called now and then.
  using Stopping = bool (*)(const void* whose);

  /// `message` is reported when the steps are used up, and must outlive the meter.
  void begin(std::int64_t steps, const char* message) {
    left_ = steps;
    message_ = message;
  }
  void watch(Stopping stopping, const void* whose) {
    stopping_ = stopping;
    whose_ = whose;
  }

  /// Takes steps. Returns null, or why the work has to end.
  const char* take(std::int64_t steps) {
    since_look_ += steps;
    if ((left_ -= steps) < 0) return message_;
    return since_look_ < kStepsBetweenLooks ? nullptr : look();
  }

 private:
  static constexpr std::int64_t kStepsBetweenLooks = 1000;

  const char* look() {
    since_look_ = 0;
    return stopping_ && stopping_(whose_) ? "the run was stopped" : nullptr;
  }

  std::int64_t left_ = 0;
  std::int64_t since_look_ = 0;
  const char* message_ = "";
  Stopping stopping_ = nullptr;
  const void* whose_ = nullptr;
};

}  // namespace weir::stages::lua
