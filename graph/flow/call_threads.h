#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "graph/flow/attempt.h"

namespace weir {

/// The threads of a stage whose calls wait or may hang: as many as are needed, up to its workers,
/// and never one of those that compute. A thread whose call nobody waits for any more is written
/// off and replaced; when the call returns, it finds that out and ends.
class CallThreads {
 public:
  using Scratch = std::shared_ptr<void>;
  /// Works on an attempt, on one of the threads; `scratch` is that thread's own, empty at first.
  using Work = std::function<void(const std::shared_ptr<Attempt>&, Scratch&)>;

  explicit CallThreads(Work work) : shared_(std::make_shared<Shared>()) {
    shared_->work = std::move(work);
  }
  ~CallThreads();

  /// Has `attempt` worked on; `most` threads may run.
  void run(std::shared_ptr<Attempt> attempt, int most);
  /// The thread that works on `attempt`, if one does, counts no more. Whether one did.
  bool write_off(const Attempt& attempt);
  /// Threads that are written off and have not come back.
  int hanging() const;

  /// Ends all that are idle, and waits for the others until `until`; false: some still hang, and
  /// go on using what they stand on.
  bool stop(Clock::time_point until);

 private:
  struct Worker {
    const Attempt* attempt = nullptr;  ///< What it works on.
    bool written_off = false;
  };
  /// What the threads stand on, also those that outlive the run.
  struct Shared {
    Work work;
    std::mutex mutex;
    std::condition_variable work_there;
    std::condition_variable ended;
    std::deque<std::shared_ptr<Attempt>> queue;
    std::vector<std::unique_ptr<Worker>> workers;
    int idle = 0;
    int counted = 0;  ///< Threads that are not written off.
    int hanging = 0;
    bool stopping = false;
  };

  static void loop(const std::shared_ptr<Shared>& shared, Worker* worker);

  std::shared_ptr<Shared> shared_;
};

}  // namespace weir
