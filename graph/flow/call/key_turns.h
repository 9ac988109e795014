#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "graph/flow/call/call_queue.h"
#include "graph/flow/call/key_lines.h"
#include "graph/flow/call/permits.h"
#include "graph/flow/input/region_input.h"

namespace weir::flow {

/// Keeps the records of one key in line. With a `key` of its own, a stage is called for them one
/// after the other, in all passes of a loop together; with `order: key` they leave one after the
/// other. Holds the state of each key, if the stage has some.
class KeyTurns {
 public:
  KeyTurns(RegionInput& input, Permits& permits, CallQueue& queue);

  /// Returns whether there is anything to keep in line.
  bool any() const { return !fields_.empty(); }
  /// Returns whether records of one key are called one after the other.
  bool by_key() const { return by_key_; }
  /// Returns the record's key, as a text that only equal keys have. Called without the lock. May
  /// throw.
  std::string key_of(Record& record) const;

  /// Adds the record to its key's line, or returns an error, such as no room for the state of one
  /// more key.
  std::optional<CallError> join(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Adds a record that will not be called, so that it does not overtake those of its key.
  void stand_in_line(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Removes a record that is done. Those of its key leave whose turn it is, and the next one is
  /// called.
  void leave(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock);

  /// With `by_key`: lets a record wait to be called when it is its key's turn.
  void wait(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Withdraws a record that is no longer to be called.
  void withdraw(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Blocks the key of an attempt that is being detached, until its call has ended.
  void hold(Attempt& attempt) WEIR_REQUIRES(input_lock);
  /// Checks whether late calls have ended.
  void look_for_late() WEIR_REQUIRES(input_lock);
  /// Returns whether there are keys with late calls, as far as is known.
  bool has_late() const WEIR_REQUIRES(input_lock) { return !late_keys_.empty(); }

  /// Has the states of keys emit what is left of them, in the order in which the keys came. Returns
  /// false when all is emitted. Called at the end, without the lock.
  bool finish(Call& call);
  std::uint64_t evicted() const WEIR_REQUIRES(input_lock) { return evicted_; }

 private:
  const detail::KeyedStage& stage() const;
  std::uint64_t state_size(const std::string& key) const;
  bool make_room(const std::string& key) WEIR_REQUIRES(input_lock);
  void drop(const std::string& key) WEIR_REQUIRES(input_lock);
  void call_next(KeyCalls& calls) WEIR_REQUIRES(input_lock);
  void call_next_of(KeyLine& line, const Slot& done) WEIR_REQUIRES(input_lock);

  RegionInput& input_;
  const compile::Plan& plan_;
  const compile::PlannedStage& planned_;
  StateBudget& budget_;
  Permits& permits_;
  CallQueue& queue_;
  const std::vector<Field> fields_;  ///< The stage's own, or those whose order it must keep.
  const bool has_state_;
  const bool by_key_;
  const bool orders_;  ///< True if records leave in the order of their key.
  KeyLines lines_;
  std::set<std::string> late_keys_ WEIR_GUARDED_BY(input_lock);
  std::uint64_t finished_ = 0;  ///< Keys whose state was emitted.
  std::uint64_t evicted_ WEIR_GUARDED_BY(input_lock) = 0;
};

}  // namespace weir::flow
