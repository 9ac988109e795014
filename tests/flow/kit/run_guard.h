#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "graph/flow/run.h"

namespace weir::flow::test {

/// Interrupts a run in which nothing was read or delivered for a minute, or which takes ten: its
/// status then says so.
class RunGuard {
 public:
  explicit RunGuard(Run& run) : run_(run), thread_([this] { watch(); }) {}
  ~RunGuard();
  RunGuard(const RunGuard&) = delete;
  RunGuard& operator=(const RunGuard&) = delete;

 private:
  void watch();

  Run& run_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace weir::flow::test
