#pragma once

#include <cstdint>
#include <optional>

#include "stages/wait/wait_time.h"
#include "weir/registry.h"

namespace weir::stages::wait {

/// The options of `delay`.
struct DelayOptions {
  std::optional<WaitTime> time;
  Field field;
  std::uint64_t seed = 1;
};

/// Lets each record wait, without a thread: on the run's timer. The time depends on the seed, the
/// record's origin and the attempt alone, so that a run can be repeated.
///
/// Example:
///   - uses: delay
///     with: { for: 1ms..100ms }
///     workers: 1000
class Delay final : public AsyncTransform {
 public:
  explicit Delay(const DelayOptions& options);

  void start(Completion completion) override;

 private:
  Duration drawn(const Record& record, int attempt) const;

  DelayOptions options_;
};

}  // namespace weir::stages::wait
