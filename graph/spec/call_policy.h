#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "weir/keyed.h"
#include "weir/options.h"

namespace weir {

/// What happens to a record that a stage failed (`on_error`, `on_deadline`). `letter`: it goes to
/// the chain of dead letters.
enum class OnError : std::uint8_t { fail, skip, keep, letter };

struct ErrorPolicy {
  OnError action = OnError::fail;
  int to = -1;  ///< letter: the first stage of that chain, an index into Plan::stages.
};

/// `workers`: how many calls of a stage may run at the same time.
struct Workers {
  enum class Policy : std::uint8_t { fixed, aimd, gradient };
  Policy policy = Policy::fixed;
  int min = 0;  ///< 0: auto. For `fixed` the number itself.
  int max = 0;
  std::chrono::nanoseconds target{0};  ///< aimd: latency above it makes the limit shrink.

  bool adapts() const { return policy != Policy::fixed; }
};

/// `retry`: again after `backoff`, doubled each time up to `max_backoff`.
struct RetryPolicy {
  enum class Jitter : std::uint8_t { full, none };
  int attempts = 1;  ///< Counts the first.
  std::chrono::nanoseconds backoff = std::chrono::milliseconds(100);
  std::chrono::nanoseconds max_backoff = std::chrono::seconds(30);
  Jitter jitter = Jitter::full;  ///< full: anything from nothing to the backoff.
};

/// `hedge`: further attempts beside a slow one.
struct HedgePolicy {
  std::chrono::nanoseconds after{0};
  double percentile = 0;  ///< If above 0: after this percentile (0 to 100) of observed latencies.
  int extra = 1;          ///< Further attempts at most.
  double budget = 0.05;   ///< Hedges as a share of calls at most.
};

/// `rate`: a token bucket. It begins empty, so the n-th call comes at n / per_second at the
/// earliest; unused tokens are kept up to `burst`.
struct RateLimit {
  std::string name;  ///< Under `shared.rates`; empty: of one stage.
  double per_second = 0;
  double burst = 1;
};

/// `breaker`: opens after `failures` within a time; after `cooldown` one call tries again.
struct BreakerPolicy {
  int failures = 5;
  std::chrono::nanoseconds within = std::chrono::seconds(10);
  std::chrono::nanoseconds cooldown = std::chrono::seconds(5);
};

/// `queue`: what may wait for the stage, and what happens beyond. 0: no bound of its own.
struct QueuePolicy {
  enum class WhenFull : std::uint8_t { wait, drop_newest, drop_oldest };
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  WhenFull when_full = WhenFull::wait;
};

/// `cost`: how many permits a record takes.
struct CostPolicy {
  std::uint32_t fixed = 1;
  Field field;  ///< Unless empty: the record's own number.
};

/// How single records are called, where a stage is called record by record. Nesting, outermost
/// first: deadline(retry(breaker(rate(workers(hedge(timeout(attempt))))))).
struct CallPolicy {
  std::optional<std::chrono::nanoseconds> deadline;
  std::optional<std::chrono::nanoseconds> timeout;
  ErrorPolicy on_deadline;
  RetryPolicy retry;
  std::optional<HedgePolicy> hedge;
  int rate = -1;  ///< Index into Plan::rates.
  std::optional<BreakerPolicy> breaker;
  std::optional<QueuePolicy> queue;
  CostPolicy cost;
  KeyPolicy key;

  /// Whether an answer may come when nobody waits for it any more: attempts then work on copies.
  bool fenced() const { return deadline || timeout || hedge; }
};

}  // namespace weir
