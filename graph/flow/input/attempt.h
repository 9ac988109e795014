#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>

#include "graph/flow/clock/timer_heap.h"
#include "graph/flow/input/attempt_owner.h"
#include "graph/flow/memory/call_arena.h"
#include "graph/flow/order/origin_place.h"
#include "graph/flow/policy/breaker.h"
#include "graph/flow/policy/chaos.h"
#include "graph/flow/sync/mutex.h"
#include "weir/completion.h"

namespace weir::flow {

class RunContext;
struct Slot;

/// The records that an attempt emits: an array in the attempt's arena.
class AttemptOutput final : public detail::Output {
 public:
  explicit AttemptOutput(detail::Arena& arena) : arena_(arena) {}

 private:
  void grow() override;

  detail::Arena& arena_;
};

/// One attempt at a record: what a called stage works on. It has an arena of its own and, where an
/// answer may come too late (`CallPolicy::may_be_late`), a copy of the record, so that nothing in
/// it refers to anything that others use: a late plugin may write where it likes. Its memory stays
/// charged until its last owner lets go.
class Attempt final : public detail::Answerable,
                      public Call,
                      public std::enable_shared_from_this<Attempt> {
 public:
  enum class State : std::uint8_t { running, answered, detached };

  /// Throws OutOfMemory if there is no room for the copy.
  Attempt(AttemptOwner& owner, RunContext& context, StageId stage, Slot& slot, int number,
          SlabPool& pool, Lane lane, bool copy);
  ~Attempt() override;

  // For the stage, on any thread.
  Record record() override;
  Call& call() override { return *this; }
  void answer() noexcept override;
  void answer_after(std::chrono::nanoseconds time) noexcept override;
  void thrown() noexcept override;
  void let_go() noexcept override;
  void settle() noexcept;
  void waits() noexcept override;
  void begins() noexcept override;
  bool cancelled() const override { return cancelled_.load(std::memory_order_acquire); }
  void on_cancel(std::function<void()> function) override;

  /// Tells the stage that nobody waits any longer. Call it without the lock of the region's input.
  void cancel();
  void set_scratch(void* scratch) { scratch_ = scratch; }
  /// Returns what the attempt emitted instead of the record itself.
  std::span<detail::RecordData> emitted() { return {out_.data(), out_.size()}; }
  detail::RecordData& data() { return record_; }
  /// Returns whether its record, or something that it became, was sent to `port`, if there
  /// is such a port.
  bool went_to(std::optional<std::size_t> port);
  std::uint64_t capacity() const { return arena_bytes_.capacity(); }
  /// Keeps what its record refers to, for as long as the attempt lives. For an attempt without a
  /// copy.
  void keep_input(CallArena& input) noexcept { input_bytes_.take_over(input); }

  // Guarded by the lock of the region's input.
  State state = State::running;
  Slot* slot;  ///< Null once answered or detached.
  const int number;
  Clock::time_point began;
  std::optional<Clock::time_point> waits_since;  ///< When its time stopped, to wait for its turn.
  std::uint32_t cost = 1;
  /// The place of its record, if it was detached because nobody needs that any more.
  std::optional<OriginPlace> lost;
  bool holds_permit = false;  ///< True if it keeps its permit though it is detached.
  bool hedge = false;
  bool in_reserve = false;
  Breaker::Grant grant = 0;
  Fault fault;
  bool delayed = false;  ///< True while a fault delays its start.
  Timer timeout;
  Timer wake;  ///< The timer of `answer_after`, or of a fault's latency.
  std::shared_ptr<void> key_state;
  std::shared_ptr<struct KeyCalls>
      late_of;  ///< Set once detached: its key is blocked until it has ended.

  // For the thread that starts it.
  std::atomic<std::thread::id> starter{};
  bool dropped = false;  ///< True if `start` itself let go of it.
  std::uint64_t busy_ns = 0;
  std::atomic<bool> starved{false};  ///< True if it ended for lack of memory, without a verdict.

 private:
  AttemptOwner& owner_;
  RunContext& context_;
  CallArena input_bytes_;
  CallArena arena_bytes_;
  AttemptOutput out_;
  detail::RecordData record_;
  detail::Extra last_resort_;
  std::atomic<bool> cancelled_{false};
  bool ends_input_ = false;
  Mutex cancel_mutex_;
  std::function<void()> on_cancel_ WEIR_GUARDED_BY(cancel_mutex_);
};

}  // namespace weir::flow
