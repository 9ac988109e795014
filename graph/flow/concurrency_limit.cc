#include "graph/flow/concurrency_limit.h"

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

constexpr int kGradientStart = 20;
constexpr int kWindowAnswers = 10;
constexpr double kTolerance = 1.5;
constexpr double kSmoothing = 0.2;
/// Netflix's 600 windows are of one second each.
constexpr std::chrono::duration<double> kLongWindow(600);
constexpr int kWarmup = 10;

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(const Workers& workers)
    : policy_(workers.policy), target_(workers.target) {
  set_bounds(workers.min, workers.max);
  limit_ = min_;
  if (policy_ == Workers::Policy::gradient) limit_ = std::min(max_, std::max(min_, kGradientStart));
}

void ConcurrencyLimit::set_bounds(int min, int max) {
  min_ = std::max(1, min);
  max_ = policy_ == Workers::Policy::fixed ? min_ : std::max(min_, max);
  limit_ = std::clamp<double>(limit_, min_, max_);
}

void ConcurrencyLimit::note(Clock::time_point began, Clock::time_point now, int in_flight,
                            bool ok) {
  const std::chrono::nanoseconds latency = now - began;
  switch (policy_) {
    case Workers::Policy::fixed:
      return;
    case Workers::Policy::aimd:
      return note_aimd(began, now, in_flight, ok && (target_.count() == 0 || latency <= target_));
    case Workers::Policy::gradient:
      return note_gradient(now, static_cast<double>(latency.count()), in_flight, ok);
  }
}

void ConcurrencyLimit::note_aimd(Clock::time_point began, Clock::time_point now, int in_flight,
                                 bool good) {
  if (!good) {
    if (began < last_decrease_) return;
    last_decrease_ = now;
    limit_ = std::max(min_, limit() * 9 / 10);
    good_ = 0;
    return;
  }
  if (in_flight * 2 < limit()) return;
  if (++good_ < limit()) return;
  good_ = 0;
  limit_ = std::min(max_, limit() + 1);
}

void ConcurrencyLimit::note_gradient(Clock::time_point now, double latency, int in_flight,
                                     bool ok) {
  if (!ok && (long_.empty() || latency < long_.value())) return;
  sum_ += latency;
  most_in_flight_ = std::max(most_in_flight_, in_flight);
  if (++count_ >= std::max(kWindowAnswers, limit())) close_window(now);
}

void ConcurrencyLimit::close_window(Clock::time_point now) {
  const double latest = std::max(1.0, sum_ / count_);
  const int used = most_in_flight_;
  sum_ = 0;
  count_ = most_in_flight_ = 0;
  const double average = long_.add(latest, now - closed_at_);
  closed_at_ = now;
  // After an overload the average is far too long: come back faster than its window would.
  if (average / latest > 2) long_.decay();
  if (used < limit_ / 2) return;
  const double gradient = std::clamp(kTolerance * average / latest, 0.5, 1.0);
  const double wanted = limit_ * gradient + std::sqrt(limit_);
  limit_ = std::clamp<double>(limit_ * (1 - kSmoothing) + wanted * kSmoothing, min_, max_);
}

double ConcurrencyLimit::LongAverage::add(double value, std::chrono::duration<double> time) {
  if (count_ < kWarmup) {
    value_ = (value_ * count_ + value) / (count_ + 1);
    ++count_;
  } else {
    value_ += (value - value_) * std::clamp(2 * (time / kLongWindow), 0.0, 1.0);
  }
  return value_;
}

}  // namespace weir
