#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/flow/border.h"
#include "graph/flow/buffer_intake.h"
#include "graph/flow/call_stage.h"
#include "graph/flow/region_engine.h"
#include "graph/flow/sink_writer.h"
#include "graph/flow/source_intake.h"

namespace weir {

/// The regions of a plan, put together: each leaves into the reorder buffers of those that read it,
/// or into its sink. A region ends when all above it have; with the last one the run is over.
class Engine {
 public:
  Engine(Environment& env, int tokens);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void start();
  /// Waits up to `patience` for the end of the run; false: not yet.
  bool wait(std::chrono::milliseconds patience);
  void stop_reading();
  /// Gives up all that is in flight.
  void abandon();
  /// Drops all that is in flight, whose nodes must be at rest. For a stuck run.
  void drop();
  /// Waits until no body runs any more, and for the event loop until `until`; false: it hangs.
  bool settle(Clock::time_point until);
  /// Waits for calls that nobody waits for any more; false: some still hang.
  bool quiesce(Clock::time_point until);
  /// False: the stage is not called record by record.
  bool set_workers(std::string_view stage, int min, int max);
  /// Ends what need not be worked on any more. To be called now and then.
  void drop_beyond();

  Accounts& accounts() { return accounts_; }
  /// Tokens that have not ended; the oldest of the region that is furthest behind first.
  std::vector<Token*> alive() const;
  std::uint64_t ended_tokens() const;
  /// Whether some body runs, the source waits for the outside world, or a call or timer is pending.
  bool busy() const;
  /// A thread is in a call, or a body runs: not if only timers are pending.
  bool in_call() const;
  HeadOfLine head_of_line() const;
  std::uint64_t memory_used() const;
  bool memory_returned();
  std::uint64_t peak_memory() const;
  void fill(Report& report) const;

 private:
  /// A source at work.
  struct Reader {
    SourceIntake* intake = nullptr;
    RegionEngine* engine = nullptr;
    bool stopped = false;
  };

  HeadOfLine seen(const Token& token) const;
  void region_done(std::size_t region);
  void stage_ended(std::size_t stage);
  void stop_sources();
  void add_arenas();
  void add_buffer(std::size_t index);
  std::shared_ptr<Permits> permits_of(const PlannedStage& stage);
  Border::Entry entry_of(const Outlet& outlet) const;
  Border& add_border(const Region& region);
  void connect(std::size_t index);
  bool is_timed(const Region& region) const;

  Environment& env_;
  Accounts accounts_;
  std::vector<std::unique_ptr<StageRunner>> runners_;
  std::vector<std::unique_ptr<TokenBucket>> rates_;
  EventLoop loop_;
  std::vector<std::unique_ptr<Share>> shares_;
  std::vector<std::unique_ptr<ReorderBuffer>> buffers_;  ///< By region; none for a source's.
  std::vector<CallStage*> calls_;                        ///< The same where a stage is called.
  std::vector<std::unique_ptr<Border>> borders_;         ///< By region.
  std::vector<std::unique_ptr<SinkWriter>> sinks_;
  std::vector<std::unique_ptr<WorkerArena>> arenas_;
  std::vector<std::unique_ptr<Intake>> intakes_;
  std::vector<std::unique_ptr<RegionEngine>> regions_;
  std::vector<Reader> sources_;  ///< As in Plan::sources.

  std::mutex stop_mutex_;
  std::mutex unwanted_mutex_;
  std::vector<bool> unwanted_;  ///< Regions whose output nobody needs any more.
  std::mutex mutex_;
  std::condition_variable done_changed_;
  std::size_t done_regions_ = 0;
};

}  // namespace weir
