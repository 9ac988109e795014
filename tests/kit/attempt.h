#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

#include "tests/kit/desk.h"

namespace weir::kit {

/// One attempt at one record by a stage that waits. It has a memory, a record and a call of its
/// own, and may be answered from any thread.
class Attempt final : public detail::Answerable {
 public:
  Attempt(const KitHost& host, std::size_t limit, int number) : desk(host, limit) {
    desk.call.attempt(number);
    desk.call.current(&data);
  }

  Record record() override { return {data, desk.arena, desk.host}; }
  Call& call() override { return desk.call; }
  void answer() noexcept override {
    desk.guard(record(), [] {});  // The stage may have caught a refusal of memory.
    std::lock_guard lock(mutex_);
    answered_ = true;
    on_cancel_ = nullptr;
    changed_.notify_all();
  }
  /// Answers at once, since the kit's clock jumps. `waited` keeps the time that the answer would
  /// take.
  void answer_after(std::chrono::nanoseconds time) noexcept override {
    waited = time;
    answer();
  }
  void thrown() noexcept override {
    desk.guard(record(), [] { throw; });
  }
  bool cancelled() const override { return desk.call.given_up; }
  void on_cancel(std::function<void()> function) override {
    {
      std::lock_guard lock(mutex_);
      if (!cancelled()) {
        on_cancel_ = std::move(function);
        return;
      }
    }
    function();
  }

  void cancel() {
    std::function<void()> function;
    {
      std::lock_guard lock(mutex_);
      if (desk.call.given_up.exchange(true)) return;
      function = std::exchange(on_cancel_, nullptr);
    }
    if (function) function();
  }
  /// Returns whether the answer came within `bound`, which guards against hangs.
  bool wait(std::chrono::seconds bound) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, bound, [&] { return answered_; });
  }

  Desk desk;
  detail::RecordData data;
  /// The time given to `done_after`; below 0: answered without it.
  std::chrono::nanoseconds waited{-1};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> on_cancel_;
  bool answered_ = false;
};

}  // namespace weir::kit
