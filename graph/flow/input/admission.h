#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "graph/compile/plan/plan.h"
#include "graph/flow/batch/region_quota.h"
#include "graph/flow/input/input_lock.h"
#include "graph/flow/input/input_queue.h"
#include "graph/flow/input/record_calls.h"

namespace weir::flow {

/// Decides whether one more record may come into a region: by the region's credits and memory, of
/// which each input has an equal part, and by `queue:`. Remembers the producers that found no room
/// until there is some again.
class Admission {
 public:
  /// The result of `take`. `alone`: the record is the only one of its input, and may use the
  /// reserve.
  enum class Room : std::uint8_t { yes, alone, no };

  Admission(RegionQuota& quota, const compile::PlannedStage& stage, std::span<InputQueue> inputs)
      : quota_(quota), stage_(stage), inputs_(inputs) {}

  /// Takes a credit for one record of `bytes`.
  Room take(const InputQueue& input, std::size_t bytes, Queued queued) WEIR_REQUIRES(input_lock);
  /// Takes credits for the records to come, so that not each record takes the lock.
  void take_ahead(InputQueue& input, std::size_t bytes) WEIR_REQUIRES(input_lock);
  /// Returns credits that were taken ahead and not used, and tells how many.
  std::uint32_t return_ahead(InputQueue& input) WEIR_REQUIRES(input_lock);

  /// Returns whether nothing is there that could make room later. One record may then always come
  /// in.
  bool is_alone(const InputQueue& input) const WEIR_REQUIRES(input_lock);
  /// Returns whether `queue:` is full for a record of `bytes`, which it does not let wait.
  bool must_shed(std::size_t bytes, Queued queued) const WEIR_REQUIRES(input_lock);
  /// Returns whether a record that finds no room is shed, so that no producer ever waits.
  bool sheds() const {
    return queue() && queue()->when_full != compile::QueuePolicy::WhenFull::wait;
  }
  /// Returns whether it sheds records that wait, not only the new one.
  bool sheds_waiting() const {
    return sheds() && queue()->when_full != compile::QueuePolicy::WhenFull::drop_newest;
  }
  /// Returns whether `queue:` would have no room for a record of `bytes` even if it were empty.
  bool never_fits(std::size_t bytes) const {
    return sheds() && queue()->bytes > 0 && bytes > queue()->bytes;
  }
  bool has_queue() const { return queue().has_value(); }

  /// Returns whether a producer found no room.
  bool wants_room() const WEIR_REQUIRES(input_lock);
  /// Adds to `who` the inputs whose producers found no room and may retry, if there is now enough.
  /// `slots` is the memory of all slots. `memory`: there may also be memory again.
  void offer_room(std::vector<std::size_t>& who, std::uint64_t slots, bool memory = true)
      WEIR_REQUIRES(input_lock);
  /// Adds to `who` all inputs whose producers found no room.
  void let_come(std::vector<std::size_t>& who) WEIR_REQUIRES(input_lock);

 private:
  const std::optional<compile::QueuePolicy>& queue() const { return stage_.call.queue; }
  bool has_part(const InputQueue& input, std::size_t bytes) const;
  bool roomy(std::uint64_t slots) const;
  bool roomy_for(const InputQueue& input, std::uint64_t slots) const;

  RegionQuota& quota_;
  const compile::PlannedStage& stage_;
  const std::span<InputQueue> inputs_;
};

}  // namespace weir::flow
