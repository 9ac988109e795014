#include "runtime/report/live_line.h"

#include <algorithm>
#include <chrono>

#include "runtime/report/place.h"
#include "runtime/terminal/figures.h"
#include "weir/options.h"

namespace weir::cli {

std::string live_text(const flow::Progress& progress, double seconds, const text::Mask& mask) {
  const double time = std::max(seconds, 1e-3);
  std::string text = "read " + grouped(progress.read) + ", written " + grouped(progress.delivered);
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
    text += "  " + live_hold_text(progress.head, mask);
  }
  return text;
}

std::string signal_text(int signal, int count, const flow::Progress& progress,
                        std::chrono::nanoseconds drain) {
  const std::string told = signal_name(signal) + ": ";
  if (count > 1) return told + "what is in flight is given up; once more ends weir at once";
  if (progress.records_in_flight == 0) return told + "nothing more is read";
  return told + "nothing more is read, " + counted(progress.records_in_flight, "record") +
         " in flight may take " + OptionType<Duration>::show(drain) + " more; again gives them up";
}

LiveLine::LiveLine(Console& console, std::function<flow::Progress()> progress, text::Mask mask)
    : console_(console),
      progress_(std::move(progress)),
      mask_(std::move(mask)),
      thread_([this] { show_until_done(); }) {}

LiveLine::~LiveLine() {
  {
    const flow::Lock lock(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
  console_.live("");
}

void LiveLine::show_until_done() {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  flow::Lock lock(mutex_);
  while (!lock.wait_for(wake_, std::chrono::milliseconds(200),
                        [this]() WEIR_REQUIRES(mutex_) { return done_; })) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const std::string text = live_text(progress_(), seconds, mask_);
    console_.live(one_line(text, console_.width() - 1));
  }
}

}  // namespace weir::cli
