#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

namespace weir::test {
namespace {

/// Names the test case, or the section of one, that does not end, and ends the program.
class HangGuard final : public Catch::TestEventListenerBase {
 public:
  using Base = Catch::TestEventListenerBase;
  using Base::Base;
  ~HangGuard() override { stop(); }
  void testRunStarting(const Catch::TestRunInfo& info) override {
    Base::testRunStarting(info);
    // Signals are for the tests.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  void testRunEnded(const Catch::TestRunStats& stats) override {
    Base::testRunEnded(stats);
    stop();
  }
  void sectionStarting(const Catch::SectionInfo& info) override {
    Base::sectionStarting(info);
    const std::lock_guard lock(mutex_);
    section_ = info.name;
    since_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;
  /// No test takes as long, under ThreadSanitizer neither.
  static constexpr std::chrono::minutes kPatience{15};

  void watch() {
    std::unique_lock lock(mutex_);
    while (!over_) {
      changed_.wait_until(lock, since_ + kPatience);
      if (over_ || Clock::now() < since_ + kPatience) continue;
      std::fprintf(stderr, "\nstill not over after 15 minutes: %s\n", section_.c_str());
      std::abort();
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string section_;
  Clock::time_point since_ = Clock::now();
  bool over_ = false;
  std::thread thread_;
};

CATCH_REGISTER_LISTENER(HangGuard)

}  // namespace
}  // namespace weir::test
