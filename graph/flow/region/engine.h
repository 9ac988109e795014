#pragma once

#include <condition_variable>
#include <memory>
#include <vector>

#include "graph/flow/region/engine_parts.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// Runs the regions of a plan: starts them, stops their sources, abandons what is in flight, and
/// reports on them. A region ends when all above it have ended, and the run with the last region.
class Engine {
 public:
  Engine(RunContext& context, int tokens);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void start();
  /// Waits up to `patience` for the end of the run. Returns false if it has not ended.
  bool wait(std::chrono::milliseconds patience);
  void stop_reading();
  /// Abandons all that is in flight.
  void abandon();
  /// Drops all that is in flight, whose nodes must be at rest. For a stuck run.
  void drop();
  /// Waits until no node's body runs, and until `until` for the event loop. Returns false if the
  /// loop hangs.
  bool settle(Clock::time_point until);
  /// Waits until `until` for the calls of detached attempts. Returns false if some still hang.
  bool quiesce(Clock::time_point until);
  /// Sets the bounds of `Run::set_workers`. Returns false if the stage is not called record by
  /// record.
  bool set_workers(std::string_view stage, int min, int max);
  /// Drops records whose results are no longer needed. Call it periodically.
  void drop_beyond();

  Accounts& accounts() { return accounts_; }
  /// Returns the tokens that have not ended, of the last region that has any; the oldest first.
  std::vector<Token*> alive() const;
  std::uint64_t ended_tokens() const;
  /// Returns whether a node's body runs, a source waits for the outside world, or a call or timer
  /// is pending.
  bool busy() const;
  /// Returns whether a thread is in a call, or a node's body runs; pending timers do not count.
  bool in_call() const;
  HeadOfLine head_of_line() const;
  std::uint64_t memory_used() const;
  bool memory_returned();
  std::uint64_t peak_memory() const;
  void fill(Report& report) const;

 private:
  HeadOfLine seen(const Token& token) const;
  void region_done(RegionId region);
  void stage_ended(StageId stage, std::uint16_t reason);
  std::vector<RegionId> find_unwanted(RegionId region);
  void stop_sources();

  RunContext& context_;
  Accounts accounts_;
  EngineParts parts_;

  Mutex stop_mutex_;
  Mutex unwanted_mutex_;
  /// Regions whose output nobody needs any longer.
  IdVector<RegionId, bool> unwanted_ WEIR_GUARDED_BY(unwanted_mutex_);
  Mutex mutex_;
  std::condition_variable done_changed_;
  std::size_t done_regions_ WEIR_GUARDED_BY(mutex_) = 0;
};

}  // namespace weir::flow
