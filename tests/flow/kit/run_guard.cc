#include "tests/flow/kit/run_guard.h"

#include <chrono>

namespace weir::flow::test {
namespace {

using std::chrono::seconds;

constexpr seconds kLook{1};
constexpr seconds kStill{60};
constexpr seconds kAll{600};

}  // namespace

RunGuard::~RunGuard() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void RunGuard::watch() {
  Run::Counts seen = run_.counts();
  seconds still{0};
  std::unique_lock lock(mutex_);
  for (seconds all{0}; still < kStill && all < kAll; all += kLook) {
    if (changed_.wait_for(lock, kLook, [this] { return over_; })) return;
    const Run::Counts now = run_.counts();
    still = now.read == seen.read && now.delivered == seen.delivered ? still + kLook : seconds(0);
    seen = now;
  }
  run_.interrupt(14);
  run_.interrupt(14);
}

}  // namespace weir::flow::test
