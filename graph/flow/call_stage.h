#pragma once

#include <deque>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "graph/flow/breaker.h"
#include "graph/flow/call_threads.h"
#include "graph/flow/event_loop.h"
#include "graph/flow/hedge_budget.h"
#include "graph/flow/key_lines.h"
#include "graph/flow/latency_window.h"
#include "graph/flow/permits.h"
#include "graph/flow/reorder_buffer.h"
#include "graph/flow/token_bucket.h"

namespace weir {

/// A stage that is called record by record: decides which record of the reorder buffer gets a
/// permit (the oldest), begins attempts and takes their answers, and keeps the policies of
/// `CallPolicy`. One lock guards all of it; no stage is called under it. What becomes of an attempt
/// is decided once, by whoever comes first under the lock: an answer, its timeout, the record's
/// deadline, a faster hedge, or the end of the run; later answers find the attempt fenced.
class CallStage final : public ReorderBuffer, public EventLoop::Client {
 public:
  /// What a timer is for.
  enum TimerKind : std::uint8_t { kDeadline, kStep, kTimeout, kWake };

  CallStage(Environment& env, Share& share, EventLoop& loop, TokenBucket* rate,
            std::shared_ptr<Permits> permits);
  ~CallStage() override;

  // By attempts, from any thread.
  void answered(std::shared_ptr<Attempt> attempt) noexcept;
  void answers_after(std::shared_ptr<Attempt> attempt, std::chrono::nanoseconds time) noexcept;
  void attempt_gone() {
    if (memory_short_.load(std::memory_order_relaxed)) loop_.wake();
  }

  /// By the event loop: timers that are due, async calls that are to be begun. When to come again.
  std::optional<Clock::time_point> turn() override;

  void abandon() override;
  bool waits() const override;
  void fill(StageReport& report) const override;

  /// New bounds for how many calls may run at the same time, at once. From any thread.
  void set_workers(int min, int max);
  const std::shared_ptr<Permits>& permits() const { return permits_; }
  /// Lets the state of keys emit what is left of it. False: all is out.
  bool finish_keys(Call& call);
  /// Waits for calls that nobody waits for any more, at most until then; false: some still hang,
  /// on this object.
  bool quiesce(Clock::time_point until);

 private:
  using Started = std::vector<std::shared_ptr<Attempt>>;

  // Of the buffer.
  void perform(Actions& actions) override;
  void entered(Slot& slot, Actions& actions) override;
  void stop(Slot& slot, Actions& actions) override;
  void leave_line(Slot& slot, Actions& actions) override;
  void stand_in_line(Slot& slot) override;
  void settled(Actions& actions) override;
  Doing doing(const Slot& slot) const override;
  std::string key_of(Record& record) override;
  std::uint32_t cost_of(Record& record) override;
  std::uint64_t queued_records() const override { return uncalled_; }
  std::uint64_t queued_bytes() const override { return uncalled_bytes_; }
  Slot* oldest_queued() const override;

  // With the lock.
  void queue(Slot& slot);
  void unqueue(Slot& slot);
  Slot* next_ready() const;
  bool older_elsewhere(const Slot& slot) const;
  void schedule(Actions& actions);
  void tell_loop(Actions& actions);
  bool begin(Slot& slot, Actions& actions);
  std::shared_ptr<Attempt> make_attempt(Slot& slot, bool hedge);
  void start(Slot& slot, std::shared_ptr<Attempt> attempt, Breaker::Pass pass);
  void launch(std::shared_ptr<Attempt> attempt);
  void hedge(Slot& slot);
  void arm_hedge(Slot& slot);
  void take_answer(const std::shared_ptr<Attempt>& attempt, Actions& actions);
  void attempt_failed(Slot& slot, CallError error, bool retryable,
                      std::chrono::nanoseconds retry_after, Actions& actions);
  /// What an attempt says of the service behind the stage.
  enum class Verdict : std::uint8_t { good, bad, none };
  void detach(Attempt& attempt, Verdict verdict);
  void fence(const std::shared_ptr<Attempt>& attempt, Verdict verdict, Actions& actions);
  void run_timer(Timer& timer, Actions& actions);
  void fence_all(Slot& slot, Verdict verdict, Actions& actions);
  void too_many_hang(Slot& slot);
  bool join_line(Slot& slot, Actions& actions);
  bool room_for_key(const std::string& key);
  std::uint64_t key_size(const std::string& key) const;

  // Without.
  void call_async(const std::shared_ptr<Attempt>& attempt);
  void call_blocking(const std::shared_ptr<Attempt>& attempt, CallThreads::Scratch& scratch);
  void process(Attempt& attempt);

  const CallPolicy& policy_;
  const std::vector<Field> key_;  ///< Its own, or those whose order it must keep.
  const bool async_;
  const bool keyed_;
  EventLoop& loop_;
  TokenBucket* const rate_;
  const std::shared_ptr<Permits> permits_;
  std::optional<Breaker> breaker_;
  HedgeBudget hedge_budget_;
  LatencyWindow latencies_;
  TimerHeap timers_;
  std::optional<KeyLines> lines_;

  SlotList<&Slot::prev_fresh, &Slot::next_fresh> fresh_;  ///< Never called yet, in order.
  std::set<std::pair<std::uint64_t, Slot*>> again_;       ///< To be called again, or out of order.
  std::uint64_t uncalled_ = 0;  ///< Records that were never called, in line or not.
  std::uint64_t uncalled_bytes_ = 0;
  bool freed_ = false;  ///< Permits were given back that another pass may wait for.
  int running_ = 0;     ///< Attempts that are under way and not fenced.
  /// No attempt is begun until memory has been given back.
  std::atomic<bool> memory_short_{false};
  std::optional<Clock::time_point> rate_at_;
  std::optional<Clock::time_point> told_;  ///< When the event loop will come by itself.
  bool in_turn_ = false;                   ///< It is here, and looks again before it goes.
  Started to_begin_;
  std::uint64_t finished_keys_ = 0;
  CallReport report_;
  std::uint64_t random_ = 0;  ///< Of the retries' jitter.
  const ChaosPlan* chaos_ = nullptr;
  std::unique_ptr<CallThreads> threads_;
};

}  // namespace weir
