#pragma once

#include <atomic>
#include <cstdint>

namespace weir::flow {

/// Chooses the size of batches: what the slowest stage processes in kTargetNs, within the bounds
/// below. The cost of a message is then negligible, and order adds no latency. Starts with one
/// record and grows at most eightfold at a time. Written at the end of the region, on one thread at
/// a time; read by the pump.
class Pacer {
 public:
  static constexpr std::uint64_t kTargetNs = 200'000;
  static constexpr std::uint32_t kMaxRecords = 2048;
  static constexpr std::uint64_t kMaxBytes = 256 * 1024;
  /// A file is not cut into smaller ranges, even for a slow stage: a long line would fill
  /// thousands.
  static constexpr std::uint64_t kMinBytes = 512;
  static constexpr std::uint64_t kMaxFootprint = 1024 * 1024;

  /// Notes the end of a batch of `records`: its slowest segment took `slowest_ns`, its text was
  /// `bytes`, and it held `footprint` bytes of memory.
  void note(std::uint32_t records, std::uint64_t bytes, std::uint64_t slowest_ns,
            std::uint64_t footprint);

  std::uint32_t want_records() const { return want_records_.load(std::memory_order_relaxed); }
  std::uint64_t want_bytes() const { return want_bytes_.load(std::memory_order_relaxed); }
  /// Returns the memory of the largest batch in the recent past; 0 before the first.
  std::uint64_t footprint() const { return footprint_.load(std::memory_order_relaxed); }

 private:
  double ns_per_record_ = 0;
  double bytes_per_record_ = 0;
  double footprint_per_record_ = 0;
  std::atomic<std::uint32_t> want_records_{1};
  std::atomic<std::uint64_t> want_bytes_{1024};
  std::atomic<std::uint64_t> footprint_{0};
};

}  // namespace weir::flow
