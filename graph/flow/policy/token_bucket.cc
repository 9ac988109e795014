#include "graph/flow/policy/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace weir::flow {
namespace {

constexpr long double kMostTokens = 4e18L;

}  // namespace

TokenBucket::TokenBucket(const compile::RateLimit& limit, Clock::time_point start)
    : per_second_(limit.per_second),
      burst_(static_cast<std::int64_t>(
          std::clamp(std::floor(static_cast<long double>(limit.burst)), 1.0L, kMostTokens))),
      start_(start) {}

Clock::time_point TokenBucket::due(std::int64_t token) const {
  const long double after = std::round(static_cast<long double>(token) * 1e9L / per_second_);
  const auto most = static_cast<long double>((Clock::time_point::max() - start_).count());
  if (!(after < most)) return Clock::time_point::max();
  return start_ + std::chrono::nanoseconds(static_cast<std::int64_t>(after));
}

std::int64_t TokenBucket::come_by(Clock::time_point now) const {
  if (now <= start_) return 0;
  const auto after = static_cast<long double>((now - start_).count());
  auto token = static_cast<std::int64_t>(std::min(after * per_second_ / 1e9L, kMostTokens));
  // The product may be too small by a rounding error, and `due` rounds to whole nanoseconds: a
  // token must be available at the very moment that was promised.
  while (due(token + 1) <= now && token < static_cast<std::int64_t>(kMostTokens)) ++token;
  return token;
}

std::optional<Clock::time_point> TokenBucket::take(Clock::time_point now) {
  const Lock lock(mutex_);
  return take_now(now);
}

std::optional<Clock::time_point> TokenBucket::take_now(Clock::time_point now) {
  const std::int64_t come = come_by(now);
  gone_ = std::max(gone_, come - burst_);
  if (come <= gone_) return due(gone_ + 1);
  ++gone_;
  return std::nullopt;
}

std::optional<Clock::time_point> TokenBucket::take_in_turn(Clock::time_point now, const void* user,
                                                           OriginPlace oldest) {
  constexpr std::chrono::milliseconds kLook{1};
  const Lock lock(mutex_);
  std::erase_if(waiting_, [&](const auto& one) { return one.first == user; });
  const bool turn =
      std::ranges::none_of(waiting_, [&](const auto& one) { return one.second < oldest; });
  std::optional<Clock::time_point> next;
  if (turn) next = take_now(now);
  // The next token belongs to another user.
  if (!turn) next = std::max<Clock::time_point>(due(gone_ + 1), now + kLook);
  if (next) waiting_.emplace_back(user, oldest);
  return next;
}

void TokenBucket::withdraw(const void* user) {
  const Lock lock(mutex_);
  std::erase_if(waiting_, [&](const auto& one) { return one.first == user; });
}

void TokenBucket::give_back() {
  const Lock lock(mutex_);
  if (gone_ > 0) --gone_;
}

}  // namespace weir::flow
