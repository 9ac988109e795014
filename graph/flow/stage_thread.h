#pragma once

#include <functional>
#include <memory>

namespace weir::flow {

/// The thread on which a run opens, commits and closes its stages, so that a stage that never
/// returns from there (a FIFO without a reader) does not hold the run. If no thread can be started,
/// the caller does the work itself.
class StageThread {
 public:
  StageThread();
  /// Waits for the thread, unless it was given up. A thread that was given up keeps the state that
  /// it uses.
  ~StageThread();
  StageThread(const StageThread&) = delete;
  StageThread& operator=(const StageThread&) = delete;

  /// Runs `work`, which must not throw, and repeatedly asks `give_up`. Returns false if it gave up;
  /// then the thread can do nothing more.
  bool run(std::function<void()> work, const std::function<bool()>& give_up);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace weir::flow
