#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "graph/flow/batch/token.h"
#include "graph/flow/clock/event_loop.h"
#include "graph/flow/input/admission.h"
#include "graph/flow/input/merge_point.h"
#include "graph/flow/input/ordered_queue.h"
#include "graph/flow/input/record_calls.h"
#include "graph/flow/input/shed_order.h"
#include "graph/flow/input/slot_store.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The beginning of a region that takes its records from other regions. The regions above copy
/// records in, each by an input of its own and in the order in which it puts them out. `MergePoint`
/// makes one sequence of the inputs. Records wait in the `OrderedQueue` until they are done (at
/// once, unless `RecordCalls` calls a stage for them), and leave for the region's batches.
/// `Admission` bounds the input: a producer that finds it full is notified when it may retry.
/// Thread-safe: one lock guards all parts.
class RegionInput {
 public:
  /// `mutex` guards it together with others; null means a mutex of its own.
  explicit RegionInput(const RegionContext& region, Mutex* mutex = nullptr);
  ~RegionInput();
  RegionInput(const RegionInput&) = delete;
  RegionInput& operator=(const RegionInput&) = delete;

  // To be set before anything comes in.
  /// Has a stage called for each record.
  void set_calls(std::unique_ptr<RecordCalls> calls) { calls_ = std::move(calls); }
  /// `hook` is called when something can be taken out, or the end is reached.
  void add_output_hook(std::function<void()> hook) { output_ = std::move(hook); }
  /// `hook` is called when a producer that found no room at `input` may retry.
  void add_room_hook(std::size_t input, std::function<void()> hook) {
    inputs_[input].room = std::move(hook);
  }
  /// Has the merge wait for a preferred input as long as `at_work` returns true, because records
  /// may then come by it. `choose_again` says when to ask again.
  void wait_for_work(std::size_t input, std::function<bool()> at_work) {
    inputs_[input].at_work = std::move(at_work);
  }
  /// `hook` is called when the merge has taken one record of each rank up to the given one, so that
  /// the others are no longer wanted.
  void add_decided_hook(std::function<void(const MergeRank& rank)> hook) {
    decided_ = std::move(hook);
  }
  /// Watches for silent inputs, if the merge has `idle`.
  void watch_idle(EventLoop& loop);

  // Records come in: for each input one thread at a time.
  enum class Offered : std::uint8_t { taken, full, shed, given_up };
  /// Copies `record` in. `origin_ref` points to its origin's reference, which is made if it is
  /// null, and held once more for the record.
  Offered offer(std::size_t input, const detail::RecordData& record, const MergeRank& rank,
                OriginRef** origin_ref);
  /// Makes offered records visible to others. Call it after a series of offers.
  void flush(std::size_t input);
  /// Reports that all below `frontier` has been offered by that input, and flushed.
  void advance(std::size_t input, const MergeRank& frontier);
  /// Reports that nothing more comes in by that input.
  void close(std::size_t input);
  /// Reports that nobody needs what comes in from now on: it need not be offered, and is filtered
  /// for that reason.
  void forget(std::uint16_t reason) { unwanted_.store(reason, std::memory_order_relaxed); }
  /// Ends what is here and nobody needs after `forget`, with its calls.
  void drop_unwanted();
  /// Returns that reason; 0 if it is needed.
  std::uint16_t unwanted() const { return unwanted_.load(std::memory_order_relaxed); }

  /// Returns whether the merge prefers some inputs to others.
  bool prefers() const { return merge_.prefers(); }
  /// Reports that a producer that may retry does not come after all, or has nothing more to bring
  /// now.
  void not_coming(std::size_t input);
  /// Has the merge choose again, because a region above has come to rest (`wait_for_work`).
  void choose_again();
  /// Reports that a batch has left the region above, whether or not it brought a record. Called by
  /// the producer; `choose_again` must follow.
  void batch_left(std::size_t input);
  /// Returns whether so many consecutive batches brought no record that the next one hardly will.
  /// From any thread.
  bool is_dry(std::size_t input) const;

  // Records leave: one thread at a time.
  bool has_output() const {
    return queue_.leaving() || ended() || advanced_.load(std::memory_order_acquire);
  }
  /// Returns whether the input is closed and empty.
  bool ended() const { return ended_.load(std::memory_order_acquire); }
  /// The result of `take_out`: how many records were moved, and whether there was no memory for
  /// the first one.
  struct Taken {
    std::uint32_t records = 0;
    bool starved = false;
  };
  /// Moves up to `records` records into `token`. Tells in the token how far the region will be with
  /// it.
  Taken take_out(Token& token, std::uint32_t records, std::uint64_t bytes);
  /// Fails the run: the first record to leave has no room in an empty region.
  void give_up_first();
  /// Reports that the region has room again, because a token has ended.
  void room_made();

  /// Ends what lies beyond the failure cut, or beyond where a stage wanted no more input.
  void drop_beyond();
  /// Ends what has lost: a merge below has taken one record of each rank up to `rank`.
  void drop_lost(const MergeRank& rank);
  /// Abandons all that is not done.
  void abandon();
  /// Drops all that is left, as abandoned. For a stuck run, when nobody takes it out any more.
  void drop();
  /// Returns whether something is pending that will move a record on: a call, a timer.
  bool waits() const;
  void fill(StageReport& report) const;
  /// Returns the oldest record and its place; nothing if the input is empty.
  std::optional<std::pair<OriginPlace, HeadOfLine>> oldest() const;
  const HeadOfLine& longest_hold() const { return queue_.longest_hold(); }

  StageId stage() const { return stage_; }
  RunContext& context() { return context_; }
  const RegionQuota& quota() const { return quota_; }
  SlabPool& slabs() { return store_.slabs(); }

  // For RecordCalls.
  /// Holds the lock, and reads the clock once for all that is done under it.
  class WEIR_SCOPED_LOCK Locked {
   public:
    explicit Locked(RegionInput& input) WEIR_ACQUIRES(input_lock) WEIR_UNCHECKED
        : lock_(input.mutex_) {
      input.now_ = Clock::now();
    }
    explicit Locked(const RegionInput& input) WEIR_ACQUIRES(input_lock) WEIR_UNCHECKED
        : lock_(input.mutex_) {}
    ~Locked() WEIR_RELEASES() WEIR_UNCHECKED {}
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

   private:
    Lock lock_;
  };
  /// Carries out what follows from a change. Call it without the lock.
  void perform(Actions& actions);
  /// Returns when the lock was taken.
  Clock::time_point now() const WEIR_REQUIRES(input_lock) { return now_; }
  /// Gives a record its error, after which no attempt follows.
  void fail(Slot& slot, CallError error, Actions& actions) WEIR_REQUIRES(input_lock);
  /// Notes that a record is done.
  void finish(Slot& slot, Slot::End end, Actions& actions) WEIR_REQUIRES(input_lock);
  /// Lets a record that is done leave now.
  void let_leave(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock) {
    queue_.let_leave(slot);
    actions.output = true;
  }
  /// Returns whether a record waits for longer than `queue.max_age`.
  bool too_old(const Slot& slot) const WEIR_REQUIRES(input_lock) {
    return max_age_ && now_ - slot.entered > *max_age_;
  }
  /// Sheds such a record. `room_after_old` must follow once all are shed.
  void shed_old(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock);
  void room_after_old(Actions& actions) WEIR_REQUIRES(input_lock);
  /// Null unless `queue` says `drop_random`. A stage that is called adds the records that wait.
  ShedOrder* shed_order() { return shed_order_ ? &*shed_order_ : nullptr; }
  /// Notifies all producers that found no room.
  void let_come(Actions& actions) WEIR_REQUIRES(input_lock) { admission_.let_come(actions.room); }
  bool wants_room() const WEIR_REQUIRES(input_lock) { return admission_.wants_room(); }
  /// Returns whether the slot is the region's oldest record, which the reserve is for: those that
  /// were older have left and returned the reserve.
  bool is_oldest(const Slot& slot) const WEIR_REQUIRES(input_lock) {
    return &slot == queue_.first_waiting() && quota_.gate.tokens() == 0 &&
           quota_.gate.held() <= queue_.waiting() + merge_.waiting();
  }
  const OrderedQueue& queue() const WEIR_REQUIRES(input_lock) { return queue_; }
  SlotStore& store() { return store_; }
  bool abandoned() const WEIR_REQUIRES(input_lock) { return abandoned_; }

 private:
  /// The result of looking for room.
  enum class Room : std::uint8_t { yes, alone, no, shed };
  /// The time at which a record that found no memory may come again.
  enum class Retry : std::uint8_t { now, later, never, shed };

  Queued queued() const WEIR_REQUIRES(input_lock);
  /// What room is looked for: for one record.
  struct Wanted {
    std::size_t bytes = 0;
    std::uint64_t shed_hash = 0;  ///< With `drop_random`.
    bool ahead = false;           ///< True if there may be more records like this one.
  };
  Room find_room(InputQueue& input, const Wanted& wanted);
  Room take_room(InputQueue& input, const Wanted& wanted, Actions& actions)
      WEIR_REQUIRES(input_lock);
  bool drop_one(const Wanted& wanted, Actions& actions) WEIR_REQUIRES(input_lock);
  Slot* first_to_shed(const Wanted& wanted) const WEIR_REQUIRES(input_lock);
  void shed(Slot& slot, RootMark mark, Actions& actions) WEIR_REQUIRES(input_lock);
  Slot* take_first() WEIR_REQUIRES(input_lock);
  void put_back(Slot& slot) WEIR_REQUIRES(input_lock);
  std::vector<Slot*> take_young(std::uint32_t records) WEIR_REQUIRES(input_lock);
  void mark_done(Slot& slot, Slot::End end, Actions& actions) WEIR_REQUIRES(input_lock);
  Retry give_room_back(InputQueue& input, bool alone);
  Slot* make_slot(std::size_t input, const detail::RecordData& record, CopySize size, Lane lane,
                  const MergeRank& rank, OriginRef** origin_ref);
  bool prepare(Slot& slot);
  void offer_room(Actions& actions, bool memory = true) WEIR_REQUIRES(input_lock) {
    admission_.offer_room(actions.room, store_.bytes(), memory);
  }
  void enter(Slot& slot, Actions& actions, bool left = false) WEIR_REQUIRES(input_lock);
  void merge(Actions& actions) WEIR_REQUIRES(input_lock);
  static void stop_waiting_for(InputQueue& input) WEIR_REQUIRES(input_lock);
  void settled(Actions& actions) WEIR_REQUIRES(input_lock);
  MergeRank frontier() const WEIR_REQUIRES(input_lock);
  void note_frontier(Actions& actions) WEIR_REQUIRES(input_lock);
  bool note_end() WEIR_REQUIRES(input_lock);
  bool is_beyond(const Slot& slot) const WEIR_REQUIRES(input_lock);
  bool is_lost(const Slot& slot) const WEIR_REQUIRES(input_lock) {
    return lost_ && slot.rank <= *lost_;
  }
  void no_room_for(const detail::RecordData& record, OriginPlace place);
  std::optional<Clock::time_point> look_for_idle();
  template <class Unwanted>
  void end_slots(Unwanted unwanted, Slot::End end, Actions& actions) WEIR_REQUIRES(input_lock);

  /// Watches for inputs that fall silent.
  struct IdleClock final : EventLoop::Client {
    explicit IdleClock(RegionInput& input_) : input(input_) {}
    std::optional<Clock::time_point> turn() override { return input.look_for_idle(); }
    RegionInput& input;
  };

  RunContext& context_;
  RegionQuota& quota_;
  const StageId stage_;
  const compile::PlannedStage& planned_;
  std::function<void()> output_;
  std::function<void(const MergeRank& rank)> decided_;
  Mutex own_mutex_;
  Mutex& mutex_;
  Clock::time_point now_ WEIR_GUARDED_BY(input_lock);

  std::vector<InputQueue> inputs_;
  SlotStore store_;
  Admission admission_;
  MergePoint merge_;
  OrderedQueue queue_;
  std::optional<ShedOrder> shed_order_;
  std::optional<std::chrono::nanoseconds> max_age_;
  std::unique_ptr<RecordCalls> calls_;  ///< Null if records are done as they come in.
  std::uint64_t shed_ WEIR_GUARDED_BY(input_lock) = 0;
  std::size_t taking_ WEIR_GUARDED_BY(input_lock) = 0;         ///< Slots that are being taken out.
  std::optional<MergeRank> lost_ WEIR_GUARDED_BY(input_lock);  ///< Up to here, all have lost.
  std::optional<MergeRank> told_decided_ WEIR_GUARDED_BY(input_lock);
  bool drops_unwanted_ WEIR_GUARDED_BY(input_lock) = false;
  bool closed_ WEIR_GUARDED_BY(input_lock) = false;
  bool abandoned_ WEIR_GUARDED_BY(input_lock) = false;

  IdleClock idle_clock_{*this};
  EventLoop* loop_ = nullptr;          ///< Set if inputs may fall silent.
  std::atomic<bool> advanced_{false};  ///< True if the frontier has advanced without a record.
  std::atomic<bool> ended_{false};
  std::atomic<std::uint16_t> unwanted_{0};
};

}  // namespace weir::flow
