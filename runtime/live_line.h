#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "graph/flow/run.h"
#include "runtime/console.h"

namespace weir {

/// What the live line says of a run after `seconds`.
std::string live_text(const Progress& progress, double seconds);

/// Shows one line about a run on the console, five times a second, while it lives; gone with it.
class LiveLine {
 public:
  LiveLine(Console& console, std::function<Progress()> progress);
  ~LiveLine();
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

 private:
  void show_until_done();

  Console& console_;
  std::function<Progress()> progress_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace weir
