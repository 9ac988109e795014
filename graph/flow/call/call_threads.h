#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "graph/flow/input/attempt.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The threads of a stage whose calls wait or may hang: as many as are needed, up to its workers,
/// and never a worker thread of the arenas. A thread whose call nobody waits for any longer is
/// written off and replaced; it ends when the call returns. Thread-safe.
class CallThreads {
 public:
  using Scratch = std::shared_ptr<void>;
  /// Works on an attempt, on one of the threads. `scratch` is that thread's own, and empty at
  /// first.
  using Work = std::function<void(const std::shared_ptr<Attempt>&, Scratch&)>;

  /// Starts the first thread. Throws std::system_error if the system refuses it.
  explicit CallThreads(Work work);
  ~CallThreads();

  /// Has `attempt` worked on. Up to `most` threads may run, fewer if the system refuses some.
  void run(std::shared_ptr<Attempt> attempt, int most);
  /// Writes off the thread that works on `attempt`. Returns whether there was one.
  bool write_off(const Attempt& attempt);
  /// Has no thread begin with `attempt`. Returns false if one has.
  bool withdraw(const Attempt& attempt);
  /// Returns how many threads are written off and have not come back.
  int hanging() const;

  /// Ends all idle threads, and waits for the others until `until`. Returns false if some still
  /// hang; they go on using what they share.
  bool stop(Clock::time_point until);

 private:
  /// One of the threads.
  struct Worker {
    const Attempt* attempt = nullptr;  ///< The attempt that it works on.
    bool written_off = false;
  };
  /// The state of the threads, which lives as long as any of them, even beyond the run.
  struct Shared {
    Work work;
    Mutex mutex;
    std::condition_variable work_there;
    std::condition_variable ended;
    std::deque<std::shared_ptr<Attempt>> queue WEIR_GUARDED_BY(mutex);
    std::vector<std::unique_ptr<Worker>> workers WEIR_GUARDED_BY(mutex);
    int idle WEIR_GUARDED_BY(mutex) = 0;
    int counted WEIR_GUARDED_BY(mutex) = 0;  ///< Threads that are not written off.
    int hanging WEIR_GUARDED_BY(mutex) = 0;
    bool stopping WEIR_GUARDED_BY(mutex) = false;
  };

  void start_one() WEIR_REQUIRES(shared_->mutex);
  static void loop(const std::shared_ptr<Shared>& shared, Worker* worker);

  std::shared_ptr<Shared> shared_;
};

}  // namespace weir::flow
