#include "runtime/process/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "tests/machine/eventually.h"

namespace weir::cli::test {
namespace {

TEST_CASE("signals arrive on a thread of their own, each once") {
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<int> seen;
  const Signals signals([&](int signal) {
    const std::lock_guard lock(mutex);
    seen.push_back(signal);
    arrived.notify_one();
  });
  const auto wait_for = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    arrived.wait(lock, [&] { return seen.size() == count; });
  };
  ::kill(::getpid(), SIGINT);
  wait_for(1);
  ::kill(::getpid(), SIGTERM);
  wait_for(2);
  CHECK(seen == std::vector<int>{SIGINT, SIGTERM});
}

/// How many of two SIGTERM and a SIGINT behind them are seen; none, where the machine stood still
/// between the two, so that they may have been two.
std::optional<int> seen_of_two_and_one() {
  std::atomic<int> seen = 0;
  std::atomic<int> last = 0;
  const Signals signals([&](int signal) {
    ++seen;
    last = signal;
    last.notify_one();
  });
  const auto start = std::chrono::steady_clock::now();
  ::kill(::getpid(), SIGTERM);
  last.wait(0);
  ::kill(::getpid(), SIGTERM);
  sigset_t pending;
  do {
    sigpending(&pending);
  } while (sigismember(&pending, SIGTERM));
  // Three would end the process.
  if (std::chrono::steady_clock::now() - start > std::chrono::milliseconds(90)) return std::nullopt;
  // What was taken before another one is sent was also dealt with before that.
  ::kill(::getpid(), SIGINT);
  last.wait(SIGTERM);
  return seen.load();
}

TEST_CASE("a signal that comes twice in a moment, as timeout(1) sends it, is one") {
  std::optional<int> seen;
  CHECK(eventually([&] { return (seen = seen_of_two_and_one()).has_value(); }));
  CHECK(seen == 2);
}

TEST_CASE("the third signal ends the process though nothing reacts") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::atomic<int> seen = 0;
    const Signals signals([&](int) {
      ++seen;
      seen.notify_one();
    });
    for (int i = 0; i < 3; ++i) {
      ::kill(::getpid(), i % 2 == 0 ? SIGINT : SIGTERM);
      seen.wait(i);  // Never wakes up for the third.
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
}

TEST_CASE("signals end the process again when nobody listens any more") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGTERM, SIG_DFL);  // The test framework had caught it.
    {
      const Signals signals([](int) {});
    }
    ::kill(::getpid(), SIGTERM);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}

}  // namespace
}  // namespace weir::cli::test
