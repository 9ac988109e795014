#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace weir::flow {

/// Counts of durations in logarithmic buckets, as in HdrHistogram: 16 to each power of two, so that
/// a percentile, returned as the middle of its bucket, is at most 3.2 % off. Fixed size.
class LatencyHistogram {
 public:
  static constexpr int kSteps = 16;  ///< Buckets to a power of two.
  static constexpr int kBuckets = 60 * kSteps;

  /// Returns the bucket of a duration. Negative ones count as 0.
  static int bucket(std::chrono::nanoseconds latency);
  static std::chrono::nanoseconds middle(int bucket);

  void add(int bucket);
  void remove(int bucket);
  std::uint64_t count() const { return count_; }
  /// Returns the smallest duration that `percent` (0 to 100) of all do not exceed; 0 if there are
  /// none.
  std::chrono::nanoseconds percentile(double percent) const;

 private:
  std::array<std::uint64_t, kBuckets> buckets_{};
  std::array<std::uint64_t, kBuckets / kSteps>
      octaves_{};  ///< Sums of buckets, to find one faster.
  std::uint64_t count_ = 0;
};

/// The latencies of a stage's good answers: the last 1,000, for hedges that wait for a percentile,
/// and those of the whole run, for the report. About 18 KiB. Not thread-safe.
class LatencyWindow {
 public:
  static constexpr std::uint64_t kRecent = 1000;
  static constexpr std::uint64_t kFewest =
      20;  ///< With fewer latencies a percentile has no meaning.

  void note(std::chrono::nanoseconds latency);
  /// Returns a percentile of the recent latencies; nothing while there are too few.
  std::optional<std::chrono::nanoseconds> percentile(double percent) const;
  const LatencyHistogram& whole_run() const { return whole_run_; }

 private:
  LatencyHistogram recent_;
  LatencyHistogram whole_run_;
  std::array<std::uint16_t, kRecent> ring_{};  ///< The buckets of the recent latencies.
  std::uint64_t noted_ = 0;
};

}  // namespace weir::flow
