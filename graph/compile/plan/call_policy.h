#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "graph/compile/plan/ids.h"
#include "weir/keyed.h"
#include "weir/options.h"

namespace weir::compile {

/// The action for a record that failed in a stage (`on_error`, `on_deadline`). `letter` sends it to
/// a chain of dead letters.
enum class OnError : std::uint8_t { fail, skip, keep, letter };

/// An action for failed records, with its target.
struct ErrorPolicy {
  OnError action = OnError::fail;
  std::optional<StageId> to;  ///< letter: the first stage of the chain.
};

/// The policy of `workers`: the number of calls of a stage that may run at a time. In a stage that
/// is not called record by record it counts batches.
struct Workers {
  enum class Policy : std::uint8_t { fixed, aimd, gradient };
  Policy policy = Policy::fixed;
  int min = 0;  ///< 0: auto. With `fixed` it equals `max`.
  int max = 0;
  std::chrono::nanoseconds target{0};  ///< aimd: the latency above which the limit shrinks.

  bool adapts() const { return policy != Policy::fixed; }
};

/// The policy of `retry`: a failed attempt is repeated after `backoff`, which doubles each time up
/// to `max_backoff`.
struct RetryPolicy {
  enum class Jitter : std::uint8_t { full, none };
  int attempts = 1;  ///< Attempts in all, with the first.
  std::chrono::nanoseconds backoff = std::chrono::milliseconds(100);
  std::chrono::nanoseconds max_backoff = std::chrono::seconds(30);
  /// What asks for a longer wait than this gets no further attempt.
  std::chrono::nanoseconds max_retry_after = max_backoff;
  Jitter jitter = Jitter::full;  ///< full: each wait is random, between nothing and the backoff.
};

/// The policy of `hedge`: further attempts beside a slow one.
struct HedgePolicy {
  std::chrono::nanoseconds after{0};
  /// If above 0, replaces `after`: this percentile (0 to 100) of latencies.
  double percentile = 0;
  int extra = 1;         ///< The maximum number of further attempts of a call.
  double budget = 0.05;  ///< The maximum number of hedges, as a fraction of all calls.
};

/// The policy of `rate`: a token bucket. It begins empty, so the n-th call starts at n / per_second
/// at the earliest. Unused tokens are kept up to `burst`.
struct RateLimit {
  std::string name;  ///< The name under `shared.rates`; empty: the rate of one stage.
  double per_second = 0;
  double burst = 1;
};

/// The policy of `breaker`: it opens after `failures` failures within `within`. After `cooldown`
/// one call tries again.
struct BreakerPolicy {
  int failures = 5;
  std::chrono::nanoseconds within = std::chrono::seconds(10);
  std::chrono::nanoseconds cooldown = std::chrono::seconds(5);
};

/// The policy of `queue`: the bound on what may wait for the stage, and what happens beyond it. A
/// bound of 0 leaves only the quota of the region.
struct QueuePolicy {
  enum class WhenFull : std::uint8_t { wait, drop_newest, drop_oldest, drop_random };
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  WhenFull when_full = WhenFull::wait;
  std::uint64_t seed = 0;                           ///< drop_random: of the hash that chooses.
  std::optional<std::chrono::nanoseconds> max_age;  ///< What waited longer is shed.
};

/// The policy of `cost`: the number of permits that a record takes.
struct CostPolicy {
  std::uint32_t fixed = 1;
  Field field;  ///< Unless empty: the field of a record that holds its cost.
};

/// The policies of a stage that is called record by record. They nest, outermost first:
/// deadline(retry(breaker(rate(workers(hedge(timeout(attempt))))))).
struct CallPolicy {
  std::optional<std::chrono::nanoseconds> deadline;
  std::optional<std::chrono::nanoseconds> timeout;
  ErrorPolicy on_deadline;
  RetryPolicy retry;
  std::optional<HedgePolicy> hedge;
  std::optional<std::size_t> rate;  ///< Index into Plan::rates.
  std::optional<BreakerPolicy> breaker;
  std::optional<QueuePolicy> queue;
  CostPolicy cost;
  KeyPolicy key;

  /// Returns whether an answer may come after its attempt was detached; attempts then work on
  /// copies.
  bool may_be_late() const { return deadline || timeout || hedge; }
};

}  // namespace weir::compile
