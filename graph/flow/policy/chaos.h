#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::flow {

/// A fault of one attempt: it waits for `latency`, and then `act` happens.
struct Fault {
  enum class Act : std::uint8_t {
    none,
    error,  ///< A retryable error of kind `chaos`.
    hang,   ///< The attempt never answers.
    kill,   ///< The process dies as if by kill -9.
  };
  Act act = Act::none;
  std::chrono::nanoseconds latency{0};
};

/// The faults to inject at the boundaries of stages (`weir run --chaos`), and how likely each is.
struct ChaosPlan {
  enum class Latency : std::uint8_t { fixed, uniform, exponential };

  double latency_p = 0;
  Latency latency = Latency::fixed;
  std::chrono::nanoseconds low{0};   ///< fixed: the latency itself. exponential: its mean.
  std::chrono::nanoseconds high{0};  ///< uniform: the longest.
  double error_p = 0;
  double hang_p = 0;
  double kill_p = 0;
  std::uint64_t seed = 0;

  /// Returns the fault of one attempt. It depends on the plan and the arguments alone (a chain of
  /// Vigna's splitmix64), so that the same seed gives the same faults under any schedule. At most
  /// one of error, hang and kill happens.
  Fault decide(std::uint64_t stage, std::uint32_t part, std::uint64_t position, int attempt) const;
};

/// Parses `latency=0.1:5ms..50ms,error=0.01,hang=0.001,kill=0.0001,seed=7`: a latency `p:10ms` is
/// fixed, `p:5ms..50ms` uniform, `p:~20ms` exponential with that mean. Each entry is optional, but
/// one must be given. Returns the text of an error, or nothing; after an error `plan` is unchanged.
std::optional<std::string> parse_chaos(std::string_view text, ChaosPlan& plan);

}  // namespace weir::flow
