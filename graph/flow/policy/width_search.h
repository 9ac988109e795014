#pragma once

#include <chrono>
#include <cstdint>

namespace weir::flow {

/// Searches for the width, the number of calls at the same time, at which a service gives the most
/// answers per second, by trying slightly more and slightly less (hill climbing on measured
/// throughput; by Little's law throughput is width / latency, so latencies are all that is needed).
///
/// Two widths are compared by the mean logarithm of the latency of the calls that began at each.
/// They take turns, so that a drift of the service affects both. The wider one pays if latency
/// grows by less than 0.7 of the growth in width: a service with room answers as fast as before,
/// one that queues takes longer in proportion, and an overloaded one takes longer still. The width
/// doubles until that no longer pays. Then steps of a tenth lead to the best width, which is held
/// for 2 to 32 windows of answers, or until latency changes there, and is then compared with its
/// neighbours again. No latency is stored as the usual one, so what is measured under overload does
/// no lasting harm.
///
/// Not thread-safe.
class WidthSearch {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins at `min`. If `target` is above 0, a width at which calls typically take longer
  /// (geometric mean) is too large, whatever its throughput. So is a width at which most calls
  /// fail.
  WidthSearch(int min, int max, std::chrono::nanoseconds target);

  int width() const { return width_; }
  /// Notes the end of a call that started at `began`. `in_use` is the width that was used until
  /// now, this call included. A failure that comes faster than good answers do says nothing about
  /// load.
  void answered(Clock::time_point began, Clock::time_point now, int in_use, bool ok);
  /// Reduces the width by a tenth at once. A call that started before the last such cut is ignored,
  /// because it says nothing new.
  void cut(Clock::time_point began, Clock::time_point now);
  /// Sets new bounds, at least 1 each, which apply at once.
  void set_bounds(int min, int max);

 private:
  /// The latencies of calls at one width.
  struct Sample {
    double count = 0;
    double failed = 0;
    double sum = 0;
    double squares = 0;
    double in_use_sum = 0;
    int windows = 0;

    void add(double log_latency, double in_use, bool ok);
    double mean() const { return sum / count; }
    double variance_of_mean() const;
    double in_use() const { return in_use_sum / count; }
  };
  enum class Phase : std::uint8_t { doubling, comparing, holding };

  void open(int width);
  void close_window(Clock::time_point now);
  void compare(Clock::time_point now);
  void close_hold(Clock::time_point now);
  void decide(bool wider);
  void hold(int width, const Sample& reference);
  void compare_up(int from, int step, const Sample& here);
  void compare_down(int from, int step, const Sample& here);
  bool too_much(const Sample& sample) const;
  static int step_at(int width);

  const double log_target_;  ///< 0 if there is none.
  int min_;
  int max_;
  int width_;  ///< The width in force.
  Phase phase_ = Phase::doubling;

  // The current window: calls that started since it was opened.
  bool opened_ = false;
  Clock::time_point opened_at_{};
  int in_window_ = 0;
  double good_ = 0;  ///< The logarithm of the latency of good answers (exponential average).
  Clock::time_point cut_at_ = Clock::time_point::min();

  // For the phases doubling and comparing.
  int narrow_;
  int wide_;
  Sample of_narrow_;
  Sample of_wide_;
  int direction_ = 0;  ///< The direction of the last decision since the last hold.

  // For the phase holding.
  int best_;
  Sample held_;
  Sample reference_;  ///< The previous window.
  int hold_for_ = 2;  ///< In windows; doubled each time that the search returns to the same width.
  int left_ = 0;
  bool next_up_ = false;
};

}  // namespace weir::flow
