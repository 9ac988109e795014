#include "graph/flow/policy/width_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weir::flow {
namespace {

/// The part of a growth in width that must appear as throughput.
constexpr double kWorth = 0.3;
constexpr double kStepShare = 0.1;
/// The answers in a window, if the width is smaller.
constexpr int kFewestAnswers = 6;
/// The windows of each width after which noise no longer matters: then the sign decides.
constexpr int kMostWindows = 4;
constexpr double kSmoothing = 0.1;
constexpr int kLongestHold = 32;
/// The change of latency, as a logarithm, that ends a hold if it also exceeds three standard
/// errors.
constexpr double kChange = 0.15;

}  // namespace

void WidthSearch::Sample::add(double log_latency, double in_use, bool ok) {
  count += 1;
  if (!ok) failed += 1;
  sum += log_latency;
  squares += log_latency * log_latency;
  in_use_sum += in_use;
}

double WidthSearch::Sample::variance_of_mean() const {
  if (count < 2) return 1;
  return std::max(0.0, squares / count - mean() * mean()) / (count - 1);
}

WidthSearch::WidthSearch(int min, int max, std::chrono::nanoseconds target)
    : log_target_(target.count() > 0 ? std::log(static_cast<double>(target.count())) : 0),
      min_(std::max(1, min)),
      max_(std::max(min_, max)),
      width_(min_),
      narrow_(min_),
      wide_(std::min(max_, 2 * min_)),
      best_(min_) {}

int WidthSearch::step_at(int width) { return std::max(1, static_cast<int>(width * kStepShare)); }

bool WidthSearch::too_much(const Sample& sample) const {
  return sample.failed * 2 > sample.count || (log_target_ > 0 && sample.mean() > log_target_);
}

void WidthSearch::set_bounds(int min, int max) {
  min_ = std::max(1, min);
  max_ = std::max(min_, max);
  hold_for_ = 1;
  hold(std::clamp(width_, min_, max_), {});
}

void WidthSearch::cut(Clock::time_point began, Clock::time_point now) {
  if (began < cut_at_) return;
  cut_at_ = now;
  hold(std::max(min_, width_ - step_at(width_)), {});
}

void WidthSearch::open(int width) {
  width_ = width;
  opened_ = false;
  in_window_ = 0;
}

void WidthSearch::answered(Clock::time_point began, Clock::time_point now, int in_use, bool ok) {
  const double latency = std::log(std::max(1.0, static_cast<double>((now - began).count())));
  if (!ok && (good_ == 0 || latency < good_)) return;
  if (ok) good_ += (latency - good_) * (good_ == 0 ? 1 : kSmoothing);
  if (!opened_) {
    opened_ = true;
    opened_at_ = now;
    return;
  }
  if (began < opened_at_) return;
  Sample& sample = phase_ == Phase::holding ? held_ : width_ == wide_ ? of_wide_ : of_narrow_;
  sample.add(latency, in_use, ok);
  if (++in_window_ < std::max(kFewestAnswers, width_)) return;
  ++sample.windows;
  close_window(now);
}

void WidthSearch::close_window(Clock::time_point now) {
  phase_ == Phase::holding ? close_hold(now) : compare(now);
}

void WidthSearch::compare(Clock::time_point now) {
  if (narrow_ == wide_) return hold(narrow_, {});
  if (of_narrow_.count > 0 && too_much(of_narrow_)) return cut(now, now);
  if (of_wide_.count > 0 && too_much(of_wide_)) return decide(false);
  if (of_wide_.count == 0) return open(wide_);
  if (of_narrow_.count == 0) return open(narrow_);
  const double grown = std::log(static_cast<double>(wide_) / narrow_);
  // A width that was not used up says nothing.
  if (std::log(of_wide_.in_use() / of_narrow_.in_use()) < grown / 2) return hold(narrow_, {});
  const double gain = (1 - kWorth) * grown - (of_wide_.mean() - of_narrow_.mean());
  const double error = std::sqrt(of_wide_.variance_of_mean() + of_narrow_.variance_of_mean());
  if (std::abs(gain) < error && of_wide_.windows < kMostWindows) {
    return open(width_ == wide_ ? narrow_ : wide_);
  }
  decide(gain > 0);
}

/// Continues from the better of the two widths in the same direction, or holds it if the search
/// comes from the other side.
void WidthSearch::decide(bool wider) {
  const int at = wider ? wide_ : narrow_;
  const Sample here = wider ? of_wide_ : of_narrow_;
  if (at == (wider ? max_ : min_)) return hold(at, here);
  if (phase_ == Phase::doubling) {
    if (wider) return compare_up(at, at, here);
    phase_ = Phase::comparing;
    direction_ = -1;
    return compare_up(at, step_at(at), here);
  }
  const int direction = wider ? 1 : -1;
  const bool turns = direction_ == -direction;
  const int step = wide_ - narrow_;
  if (turns && step <= step_at(narrow_)) return hold(at, here);
  const int next = turns                     ? step_at(at)
                   : direction_ == direction ? std::min(2 * step, at / 2)
                                             : step;
  direction_ = direction;
  wider ? compare_up(at, std::max(1, next), here) : compare_down(at, std::max(1, next), here);
}

void WidthSearch::compare_up(int from, int step, const Sample& here) {
  narrow_ = from;
  of_narrow_ = here;
  wide_ = std::min(max_, from + step);
  of_wide_ = {};
  open(wide_);
}

void WidthSearch::compare_down(int from, int step, const Sample& here) {
  wide_ = from;
  of_wide_ = here;
  // The windows count how often both widths were measured in this comparison.
  of_wide_.windows = 1;
  narrow_ = std::max(min_, from - step);
  of_narrow_ = {};
  open(narrow_);
}

void WidthSearch::hold(int width, const Sample& reference) {
  hold_for_ = width == best_ ? std::min(2 * hold_for_, kLongestHold) : 2;
  left_ = hold_for_;
  best_ = width;
  reference_ = reference;
  held_ = {};
  next_up_ = !next_up_;
  phase_ = Phase::holding;
  open(width);
}

void WidthSearch::close_hold(Clock::time_point now) {
  const Sample window = std::exchange(held_, {});
  if (too_much(window)) return cut(now, now);
  double change = 0;
  if (reference_.count > 0) {
    change = window.mean() - reference_.mean();
    const double error = std::sqrt(window.variance_of_mean() + reference_.variance_of_mean());
    if (std::abs(change) < std::max(kChange, 3 * error)) change = 0;
  }
  if (change != 0) {
    hold_for_ = 1;
  } else if (--left_ > 0) {
    reference_ = window;
    return open(best_);
  }
  direction_ = 0;
  phase_ = Phase::comparing;
  const bool up = best_ == min_ || (best_ != max_ && (change == 0 ? next_up_ : change < 0));
  up ? compare_up(best_, step_at(best_), window) : compare_down(best_, step_at(best_), window);
}

}  // namespace weir::flow
