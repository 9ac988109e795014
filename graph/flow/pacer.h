#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

/// Finds how large a batch should be: as large as its slowest stage works off in kTargetNs, so that
/// the cost of a message vanishes and order costs no latency, within the bounds below. Starts with
/// one record and grows at most eightfold. Fed by the sink (one thread at a time), read by the
/// source.
class Pacer {
 public:
  static constexpr std::uint64_t kTargetNs = 200'000;
  static constexpr std::uint32_t kMaxRecords = 2048;
  static constexpr std::uint64_t kMaxBytes = 256 * 1024;
  /// Ranges of a file are not cut finer, though a stage be slow: a long line would fill thousands.
  static constexpr std::uint64_t kMinBytes = 512;
  static constexpr std::uint64_t kMaxFootprint = 1024 * 1024;

  /// A batch of `records` ended: its slowest segment took `slowest_ns`, its text `bytes`, and it
  /// held `footprint` bytes of memory.
  void note(std::uint32_t records, std::uint64_t bytes, std::uint64_t slowest_ns,
            std::uint64_t footprint);

  std::uint32_t want_records() const { return want_records_.load(std::memory_order_relaxed); }
  std::uint64_t want_bytes() const { return want_bytes_.load(std::memory_order_relaxed); }
  /// What a batch takes at its largest, in the recent past; 0 before the first.
  std::uint64_t footprint() const { return footprint_.load(std::memory_order_relaxed); }

 private:
  double ns_per_record_ = 0;
  double bytes_per_record_ = 0;
  double footprint_per_record_ = 0;
  std::atomic<std::uint32_t> want_records_{1};
  std::atomic<std::uint64_t> want_bytes_{1024};
  std::atomic<std::uint64_t> footprint_{0};
};

}  // namespace weir
