#include "graph/flow/policy/latency_window.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace weir::flow {

// Below 16 ns each bucket is one nanosecond. Above, with the highest bit at position b, the next
// four bits choose one of the 16 buckets of octave b - 3.
int LatencyHistogram::bucket(std::chrono::nanoseconds latency) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency.count()));
  if (value < kSteps) return static_cast<int>(value);
  const int shift = static_cast<int>(std::bit_width(value)) - 5;
  return (shift + 1) * kSteps + static_cast<int>((value >> shift) & (kSteps - 1));
}

std::chrono::nanoseconds LatencyHistogram::middle(int bucket) {
  if (bucket < kSteps) return std::chrono::nanoseconds(bucket);
  const int shift = bucket / kSteps - 1;
  const std::int64_t lowest = static_cast<std::int64_t>(kSteps + bucket % kSteps) << shift;
  return std::chrono::nanoseconds(lowest + ((std::int64_t{1} << shift) >> 1));
}

void LatencyHistogram::add(int bucket) {
  ++buckets_[static_cast<std::size_t>(bucket)];
  ++octaves_[static_cast<std::size_t>(bucket / kSteps)];
  ++count_;
}

void LatencyHistogram::remove(int bucket) {
  --buckets_[static_cast<std::size_t>(bucket)];
  --octaves_[static_cast<std::size_t>(bucket / kSteps)];
  --count_;
}

std::chrono::nanoseconds LatencyHistogram::percentile(double percent) const {
  if (count_ == 0) return {};
  const double exact = std::ceil(percent / 100 * static_cast<double>(count_));
  auto rank = static_cast<std::uint64_t>(std::clamp(exact, 1.0, static_cast<double>(count_)));
  std::size_t octave = 0;
  while (rank > octaves_[octave]) rank -= octaves_[octave++];
  std::size_t at = octave * kSteps;
  while (rank > buckets_[at]) rank -= buckets_[at++];
  return middle(static_cast<int>(at));
}

void LatencyWindow::note(std::chrono::nanoseconds latency) {
  const int bucket = LatencyHistogram::bucket(latency);
  std::uint16_t& oldest = ring_[noted_ % kRecent];
  if (noted_ >= kRecent) recent_.remove(oldest);
  oldest = static_cast<std::uint16_t>(bucket);
  recent_.add(bucket);
  whole_run_.add(bucket);
  ++noted_;
}

std::optional<std::chrono::nanoseconds> LatencyWindow::percentile(double percent) const {
  if (recent_.count() < kFewest) return std::nullopt;
  return recent_.percentile(percent);
}

}  // namespace weir::flow
