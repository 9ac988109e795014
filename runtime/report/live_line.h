#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <string>
#include <thread>

#include "graph/flow/run.h"
#include "graph/flow/sync/mutex.h"
#include "graph/text/mask.h"
#include "runtime/terminal/console.h"

namespace weir::cli {

/// Returns the text of the live line after `seconds` of a run.
std::string live_text(const flow::Progress& progress, double seconds, const text::Mask& mask = {});

/// Returns the message for the `count`-th signal: what it does, and what the next one will do.
std::string signal_text(int signal, int count, const flow::Progress& progress,
                        std::chrono::nanoseconds drain);

/// Shows one line about a run on the console, updated five times a second, from construction to
/// destruction.
class LiveLine {
 public:
  LiveLine(Console& console, std::function<flow::Progress()> progress, text::Mask mask);
  ~LiveLine();
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

 private:
  void show_until_done();

  Console& console_;
  std::function<flow::Progress()> progress_;
  text::Mask mask_;
  flow::Mutex mutex_;
  std::condition_variable wake_;
  bool done_ WEIR_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace weir::cli
