#pragma once

// A file.read that follows, on a thread of its own, and what it has given so far.

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/machine/eventually.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {

/// What is said of a followed source.
class ListeningContext final : public Context {
 public:
  explicit ListeningContext(std::uint64_t state = 0) : state_(state) {}
  std::string_view stage_name() const override { return "read"; }
  void log(LogLevel, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    said_.emplace_back(text);
  }
  Counter& counter(std::string_view) override { return counter_; }
  int threads() const override { return 1; }
  std::size_t record_limit() const override { return 16u << 20; }
  StateBudget& state() override { return state_; }
  const detail::TimeLanguage& times() const override { return time_language(); }

  std::size_t said(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(
        said_, [&](const std::string& text) { return text.find(part) != text.npos; }));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> said_;
  Counter counter_;
  StateBudget state_;
};

/// One record that came.
struct Came {
  std::string path;
  std::string text;
  std::string error;
  std::uint64_t position = 0;
  std::uint64_t line = 0;
};

class Following {
 public:
  explicit Following(file::FileReadOptions options, unsigned refuse_one_in = 0)
      : refuse_one_in_(refuse_one_in), stop_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    options.follow = true;
    if (!options.scan) options.scan = std::chrono::milliseconds(100);
    if (!options.rotate_wait) options.rotate_wait = std::chrono::milliseconds(200);
    source_ = std::make_unique<file::FileRead>(options);
    source_->open(context);
    thread_ = std::thread([this] { run(); });
  }
  ~Following() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    stopped_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_fd_, &one, sizeof one);
    thread_.join();
    source_->close();
    ::close(stop_fd_);
  }

  std::vector<Came> all() const {
    const std::lock_guard lock(mutex_);
    return came_;
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const Came& came : all()) texts.push_back(came.error.empty() ? came.text : came.error);
    return texts;
  }
  /// Waits until so many records have come, and returns their texts.
  std::vector<std::string> first(std::size_t count) const {
    if (!eventually([&] { return all().size() >= count; })) {
      throw std::logic_error("only " + std::to_string(all().size()) + " records came");
    }
    return texts();
  }

  ListeningContext context;

 private:
  void run() {
    std::mt19937 random(5);
    while (!stopped_) {
      StingyArena arena(random, refuse_one_in_);
      StingyFeed feed(arena, 1 + random() % 30, 1 + random() % 20'000);
      feed.first_part = static_cast<std::uint32_t>(paths_.size());
      try {
        source_->read(feed, Stop(stopped_, stop_fd_));
      } catch (const detail::OutOfMemory&) {
      }
      for (const Part& part : feed.parts) paths_.push_back(part.name);
      std::vector<Line> lines;
      std::vector<std::uint64_t> numbers;
      feed.collect(lines, &numbers);
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < lines.size(); ++i) {
        came_.push_back({paths_.at(lines[i].part), lines[i].text, lines[i].error, lines[i].position,
                         numbers[i]});
      }
    }
  }

  const unsigned refuse_one_in_;
  std::atomic<bool> stopped_{false};
  int stop_fd_;
  std::unique_ptr<file::FileRead> source_;
  std::vector<std::string> paths_;
  mutable std::mutex mutex_;
  std::vector<Came> came_;
  std::thread thread_;
};

}  // namespace weir::stages::test
