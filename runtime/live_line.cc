#include "runtime/live_line.h"

#include <algorithm>
#include <chrono>

#include "runtime/figures.h"
#include "runtime/place.h"

namespace weir {

std::string live_text(const Progress& progress, double seconds) {
  const double time = std::max(seconds, 1e-3);
  std::string text = counted(progress.read, "record");
  text += "  " + shown_rate(static_cast<double>(progress.read) / time) + "/s";
  if (progress.bytes_read > 0) {
    text += "  " + shown_byte_rate(static_cast<double>(progress.bytes_read) / time);
  }
  if (progress.size && *progress.size > 0) {
    const double share =
        static_cast<double>(progress.consumed) / static_cast<double>(*progress.size);
    text += "  " + shown_share(std::min(share, 1.0)) + " of " + shown_bytes(*progress.size);
  }
  text += "  in flight " + grouped(progress.records_in_flight);
  text += " (" + shown_bytes(progress.memory) + ")";
  if (!progress.head.stage.empty() && progress.head.seconds > 1) {
    text += "  " + live_hold_text(progress.head);
  }
  return text;
}

LiveLine::LiveLine(Console& console, std::function<Progress()> progress)
    : console_(console), progress_(std::move(progress)), thread_([this] { show_until_done(); }) {}

LiveLine::~LiveLine() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
  console_.live("");
}

void LiveLine::show_until_done() {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::milliseconds(200), [this] { return done_; })) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const std::string text = live_text(progress_(), seconds);
    console_.live(one_line(text, console_.width() - 1));
  }
}

}  // namespace weir
