#pragma once

#include <chrono>
#include <cstdint>

#include "graph/spec/call_policy.h"

namespace weir {

using Clock = std::chrono::steady_clock;

/// How many calls of a stage may run at the same time, as `workers` says:
///
/// fixed: always `min`.
///
/// aimd (Chiu and Jain, 1989; TCP): one more after a limit-full of good answers, a tenth less after
/// an error or an answer slower than `target`, at most once a round trip: a call that began before
/// the last decrease says nothing about the limit that this set.
///
/// gradient (Gradient2 of Netflix's concurrency-limits): the latency of the last round trip (the
/// mean of a limit-full of answers, at least 10) against an exponential average over 600 s. While
/// the short one stays below 1.5 times the long one, the limit grows towards sqrt(limit) more, the
/// queue that it allows itself; beyond, it shrinks by the ratio, at most towards half. A failed
/// call counts only if it was slower than that average (a timeout): fast failures say nothing about
/// load, and would drag the average down. Under pressure that never ends the average, and with it
/// the limit, follows the queue by and by (threefold in some 7 minutes): that is what `max` is for.
///
/// Both grow only while at least half of the limit was used. Not thread-safe.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(const Workers& workers);

  int limit() const { return static_cast<int>(limit_); }
  /// A call that `began` is over. `in_flight`: the calls that ran until now, with this one.
  void note(Clock::time_point began, Clock::time_point now, int in_flight, bool ok);
  /// New bounds, at once; at least 1 each.
  void set_bounds(int min, int max);

 private:
  /// An exponential average that begins as the plain mean of its first values; then a value weighs
  /// as much as the time that it stands for.
  class LongAverage {
   public:
    double add(double value, std::chrono::duration<double> time);
    void decay() { value_ *= 0.95; }
    bool empty() const { return count_ == 0; }
    double value() const { return value_; }

   private:
    double value_ = 0;
    int count_ = 0;
  };

  void note_aimd(Clock::time_point began, Clock::time_point now, int in_flight, bool good);
  void note_gradient(Clock::time_point now, double latency, int in_flight, bool ok);
  void close_window(Clock::time_point now);

  const Workers::Policy policy_;
  const std::chrono::nanoseconds target_;
  int min_ = 1;
  int max_ = 1;
  double limit_ = 1;

  // aimd
  int good_ = 0;
  Clock::time_point last_decrease_ = Clock::time_point::min();

  // gradient: the long average, and the window that is filling
  LongAverage long_;
  Clock::time_point closed_at_{};
  double sum_ = 0;
  int count_ = 0;
  int most_in_flight_ = 0;
};

}  // namespace weir
