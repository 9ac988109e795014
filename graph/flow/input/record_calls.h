#pragma once

#include "graph/flow/api/report.h"
#include "graph/flow/input/actions.h"
#include "graph/flow/input/input_lock.h"
#include "graph/flow/input/slot.h"

namespace weir::flow {

/// The counts that `queue:` bounds.
struct Queued {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};

/// The work on records between their entry into a region's input and their end there, where a stage
/// is called for them.
class RecordCalls {
 public:
  virtual ~RecordCalls() = default;

  /// Reads what the call needs from a record: `when`, key, cost. Called without the lock, for each
  /// input on one thread at a time. May throw.
  virtual void prepare(Slot& slot, Record& record) = 0;
  /// Takes in a record, which is to be called or passes by.
  virtual void enter(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock) = 0;
  /// Adds a record that fails as it comes in to the line of its key, so that it does not overtake
  /// others.
  virtual void stand_in_line(Slot& slot) WEIR_REQUIRES(input_lock) = 0;
  /// Ends the attempts and timers of a slot that is about to be done.
  virtual void stop(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock) = 0;
  /// Removes a slot that is done from its line, so that the next of its key may go on.
  virtual void leave_line(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock) = 0;
  /// Reports that something has changed for waiting records: memory, a place in a line.
  virtual void settled(Actions& actions) WEIR_REQUIRES(input_lock) = 0;
  /// Begins no more attempts.
  virtual void abandon() WEIR_REQUIRES(input_lock) = 0;

  /// Returns the counts of the records that were never called.
  virtual Queued queued() const WEIR_REQUIRES(input_lock) = 0;
  virtual Slot* oldest_queued() const WEIR_REQUIRES(input_lock) = 0;
  virtual Doing doing(const Slot& slot) const WEIR_REQUIRES(input_lock) = 0;
  /// Returns whether a call or a timer is pending, which will move a record on.
  virtual bool pending() const WEIR_REQUIRES(input_lock) = 0;
  virtual void fill(CallReport& report) const WEIR_REQUIRES(input_lock) = 0;

  /// Reports that the event loop has something to do. From any thread.
  virtual void wake() = 0;
};

}  // namespace weir::flow
