#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace weir::flow {

class Attempt;

/// The purposes of a call's timers.
struct CallTimer {
  enum Kind : std::uint8_t { kDeadline, kStep, kTimeout, kWake };
};

/// The object that began an attempt and takes its answer. Every function may be called from any
/// thread.
class AttemptOwner {
 public:
  virtual ~AttemptOwner() = default;
  virtual void answered(std::shared_ptr<Attempt> attempt) noexcept = 0;
  virtual void answers_after(std::shared_ptr<Attempt> attempt,
                             std::chrono::nanoseconds time) noexcept = 0;
  virtual void waits_for_turn(Attempt& attempt) noexcept = 0;
  virtual void has_turn(Attempt& attempt) noexcept = 0;
  /// Reports that an attempt that was late for its key (`Attempt::late_of`) has ended.
  virtual void late_over(Attempt& attempt) noexcept = 0;
  /// Reports that an attempt is being destroyed, and its memory returned.
  virtual void attempt_gone(const Attempt& attempt) noexcept = 0;
};

}  // namespace weir::flow
