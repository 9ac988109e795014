#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "graph/flow/breaker.h"
#include "graph/flow/call_arena.h"
#include "graph/flow/chaos.h"
#include "graph/flow/timer_heap.h"
#include "weir/completion.h"

namespace weir {

class CallStage;
struct Slot;

/// Records that an attempt emits: an array in its own arena.
class AttemptOutput final : public detail::Output {
 public:
  explicit AttemptOutput(detail::Arena& arena) : arena_(arena) {}

 private:
  void grow() override;

  detail::Arena& arena_;
};

/// One attempt at a record: what a called stage works on. It has an arena of its own, and where an
/// answer may come too late (`CallPolicy::fenced`) also a copy of the record, so that nothing in it
/// refers to anything that others use: a late plugin may scribble where it likes. Its memory stays
/// charged until the last one who knows it lets go.
class Attempt final : public detail::Answerable,
                      public Call,
                      public std::enable_shared_from_this<Attempt> {
 public:
  enum class State : std::uint8_t { running, answered, fenced };

  /// Throws OutOfMemory if a copy is asked for and has no room.
  Attempt(CallStage& stage, Slot& slot, int number, SlabPool& pool, Lane lane, bool copy);
  ~Attempt() override;

  // For the stage, on whatever thread it works.
  Record record() override;
  Call& call() override { return *this; }
  void answer() noexcept override;
  void answer_after(std::chrono::nanoseconds time) noexcept override;
  void thrown() noexcept override;
  void let_go() noexcept override;
  bool cancelled() const override { return cancelled_.load(std::memory_order_acquire); }
  void on_cancel(std::function<void()> function) override;

  /// Tells the stage that nobody waits any more. Without the call stage's lock.
  void cancel();
  void set_scratch(void* scratch) { scratch_ = scratch; }
  /// What it emitted instead of the record itself.
  std::span<detail::RecordData> emitted() { return {out_.data(), out_.size()}; }
  detail::RecordData& data() { return record_; }
  /// Whether its record, or something that it became, was sent to that port; -1: to none.
  bool went_to(int port);
  std::uint64_t capacity() const { return arena_bytes_.capacity(); }
  /// For one without a copy: keeps what its record refers to, as long as it lives.
  void keep_input(CallArena& input) noexcept { input_bytes_.take_over(input); }

  // Guarded by the call stage's lock.
  State state = State::running;
  Slot* slot;  ///< Null once fenced.
  const int number;
  Clock::time_point began;
  std::uint32_t cost = 1;
  bool hedge = false;
  bool in_reserve = false;
  Breaker::Pass pass = 0;
  Fault fault;
  bool delayed = false;  ///< By a fault: it is not begun yet.
  Timer timeout;
  Timer wake;  ///< Of `answer_after`, or of a fault's latency.
  std::shared_ptr<void> key_state;

  // For who begins it.
  std::atomic<std::thread::id> starter{};
  bool dropped = false;  ///< Let go of by `start` itself.
  std::uint64_t busy_ns = 0;
  std::atomic<bool> starved{false};  ///< Ended by want of memory: no verdict on the record.

 private:
  CallStage& stage_;
  CallArena input_bytes_;
  CallArena arena_bytes_;
  AttemptOutput out_;
  detail::RecordData record_;
  detail::Extra last_resort_;
  std::atomic<bool> cancelled_{false};
  bool ends_input_ = false;
  std::mutex cancel_mutex_;
  std::function<void()> on_cancel_;
};

}  // namespace weir
