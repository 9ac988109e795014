#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/flow/environment.h"
#include "graph/flow/event_loop.h"
#include "graph/flow/inlet.h"
#include "graph/flow/merge_order.h"
#include "graph/flow/share.h"
#include "graph/flow/slab_pool.h"
#include "graph/flow/slot.h"
#include "graph/flow/token.h"

namespace weir {

/// Where a region begins that is not a source's: records are copied in by inlets, one for each
/// region above, in the order in which that one puts them out; several inlets are merged into one
/// sequence. Then records wait here until they are done (at once, unless a CallStage calls them),
/// and leave for the region's batches by `Region::order`. Bounded by the region's share: who finds
/// no room is told later when to come again. Thread-safe.
class ReorderBuffer {
 public:
  /// `mutex`: guards it together with others; null: its own.
  ReorderBuffer(Environment& env, Share& share, std::mutex* mutex = nullptr);
  virtual ~ReorderBuffer();
  ReorderBuffer(const ReorderBuffer&) = delete;
  ReorderBuffer& operator=(const ReorderBuffer&) = delete;

  // Before anything comes in.
  /// `hook` is called when there is something to take out, or the end.
  void add_output_hook(std::function<void()> hook) { output_ = std::move(hook); }
  /// `hook` is called when who found no room for what comes by `inlet` may come again.
  void add_room_hook(std::size_t inlet, std::function<void()> hook) {
    inlets_[inlet].room = std::move(hook);
  }

  // In: for each inlet one thread at a time.
  enum class Offered : std::uint8_t { taken, full, shed, given_up };
  /// Copies `record` in. `ticket`: of its origin, made if it is not there yet, and held once more
  /// for the record.
  Offered offer(std::size_t inlet, const detail::RecordData& record, const Rank& rank,
                Ticket** ticket);
  /// Lets what was offered be seen by others. To be called after a series of offers.
  void flush(std::size_t inlet);
  /// All below `frontier` has been offered by that inlet, and flushed.
  void advance(std::size_t inlet, const Rank& frontier);
  /// Nothing more comes in there.
  void close(std::size_t inlet);
  /// Nobody needs what comes in from now on: it need not be offered.
  void forget() { unwanted_.store(true, std::memory_order_relaxed); }
  bool unwanted() const { return unwanted_.load(std::memory_order_relaxed); }

  /// Who was told that there is room does not come after all.
  void not_coming(std::size_t inlet);
  /// Has silent inlets noticed, if the merge is told when one is (`idle`).
  void watch_idle(EventLoop& loop);

  // Out: one thread at a time.
  bool has_output() const {
    return leaving_.load(std::memory_order_acquire) > 0 || ended() ||
           advanced_.load(std::memory_order_acquire);
  }
  /// Whether it is closed and empty.
  bool ended() const { return ended_.load(std::memory_order_acquire); }
  /// Moves up to so many records into `token`; returns how many. Says in the token how far the
  /// region will be with it.
  std::uint32_t take_out(Token& token, std::uint32_t records, std::uint64_t bytes);
  /// The first to leave has no room in an empty region: that fails the run.
  void give_up_first();
  /// The region has room again: a token has ended.
  void room_made();

  /// Ends what lies beyond the fence, or where a stage wanted no more input.
  void drop_beyond();
  /// Ends all that is not done.
  virtual void abandon();
  /// Lets go of all that is left, abandoned. For a stuck run, when nobody comes any more.
  void drop();
  /// Whether something is going on that will move a record on: a call, a timer.
  virtual bool waits() const;
  virtual void fill(StageReport& report) const;
  void fill_inputs(StageReport& report) const;
  /// The oldest record in it; nothing if it is empty.
  std::optional<std::pair<Place, HeadOfLine>> oldest() const;
  const HeadOfLine& longest_hold() const { return longest_; }

  std::size_t stage() const { return stage_; }
  Environment& environment() { return env_; }
  SlabPool& slabs() { return slabs_; }

 protected:
  /// What is to be done when the lock is free again.
  struct Actions {
    bool output = false;
    std::vector<std::size_t> room;  ///< Inlets for which there is room again.
    bool loop = false;  ///< The event loop has something to do, or earlier than it knows.
    std::vector<std::shared_ptr<Attempt>> cancels;
  };
  virtual void perform(Actions& actions);

  /// A record has come in: what now? Done at once.
  virtual void entered(Slot& slot, Actions& actions) { finish(slot, Slot::End::passed, actions); }
  /// Ends attempts and timers of a slot that is about to be done.
  virtual void stop(Slot&, Actions&) {}
  virtual Doing doing(const Slot&) const { return Doing::leaving; }
  // Of a record that comes in; they may throw Error.
  virtual std::string key_of(Record&) { return {}; }
  virtual std::uint32_t cost_of(Record&) { return 1; }
  virtual void leave_line(Slot&, Actions&) {}
  /// A record that will not be called must not overtake those of its key.
  virtual void stand_in_line(Slot&) {}
  /// Something has changed for those that wait: memory, a place in a line.
  virtual void settled(Actions&) {}
  /// What `queue:` bounds: records that wait to be called, or to leave where nothing is called.
  /// Not those that wait for records of other inlets.
  virtual std::uint64_t queued_records() const { return waiting_.size() + out_.size(); }
  virtual std::uint64_t queued_bytes() const { return slot_bytes_; }
  virtual Slot* oldest_queued() const;

  void finish(Slot& slot, Slot::End end, Actions& actions);
  void fail(Slot& slot, CallError error, Actions& actions);
  void let_leave(Slot& slot, Actions& actions);
  void promote(Actions& actions);
  /// What slots leave behind.
  struct Freed {
    std::vector<Piece> pieces;
    std::vector<std::pair<std::uint16_t, std::uint64_t>> charges;  ///< By inlet.
    std::uint32_t partners = 0;  ///< That held a credit of their own.
  };
  void free(Slot& slot);
  static void end(Slot& slot, Freed& freed);
  void discharge(Freed& freed);
  void let_go(Slot& slot, RootMark mark);
  void note_hold();
  PlannedStage& planned() const { return env_.plan.stages[stage_]; }
  /// Whether it holds the region's oldest record, which the reserve is for: those that were it
  /// before have left, and given the reserve back.
  bool is_oldest(const Slot& slot) const {
    return &slot == waiting_.front() && share_.gate.tokens() == 0 &&
           share_.gate.held() <= waiting_.size() + merging_;
  }
  bool calls() const { return share_.region.calls; }

  Environment& env_;
  Share& share_;
  const std::size_t stage_;
  SlabPool slabs_;
  std::function<void()> output_;

  /// Holds the lock, and looks at the clock once for all that is done under it.
  class Locked {
   public:
    explicit Locked(ReorderBuffer& buffer) : lock_(buffer.mutex_) { buffer.now_ = Clock::now(); }

   private:
    const std::lock_guard<std::mutex> lock_;
  };

  std::mutex own_mutex_;
  std::mutex& mutex_;
  Clock::time_point now_;                       ///< When the lock was taken.
  SlotList<&Slot::prev, &Slot::next> waiting_;  ///< In order; not done, or behind one that is not.
  SlotList<&Slot::prev, &Slot::next> out_;      ///< On their way out.
  std::uint64_t next_number_ = 0;
  std::uint64_t peak_ = 0;
  std::uint64_t shed_ = 0;
  std::uint64_t slot_bytes_ = 0;  ///< What slots hold, without their attempts.
  bool abandoned_ = false;
  std::vector<Inlet> inlets_;

  /// Whether somebody found no room.
  bool wants_room() const {
    return std::ranges::any_of(inlets_, [](const Inlet& inlet) { return inlet.wants_room; });
  }
  /// All that found no room may come again.
  void let_come(Actions& actions);

 private:
  /// `alone`: room for the only record of its inlet, which may use the reserve.
  enum class Room : std::uint8_t { yes, alone, no, shed };

  /// When a record that found no memory may come again.
  enum class Retry : std::uint8_t { now, later, never };

  Room find_room(Inlet& inlet, std::size_t bytes, bool ahead);
  bool make_queue_room(const QueuePolicy& queue, std::size_t bytes, Actions& actions);
  void take_ahead(Inlet& inlet, std::size_t bytes);
  std::uint32_t return_ahead(Inlet& inlet);
  Retry give_room_back(Inlet& inlet, bool alone);
  bool is_alone(const Inlet& inlet) const;
  bool is_beyond(const Slot& slot) const;
  bool is_cut(int region) const;
  bool has_part(const Inlet& inlet, std::size_t bytes) const;
  Slot* make_slot(std::size_t inlet, const detail::RecordData& record, CopySize size, Lane lane,
                  const Rank& rank, Ticket** ticket);
  bool copy_in(const detail::RecordData& record, CopySize size, Slot& slot, Lane lane);
  bool roomy() const;
  bool roomy_for(const Inlet& inlet) const;
  /// `memory`: there may also be memory again.
  void offer_room(Actions& actions, bool memory = true);
  bool note_end();
  void no_room_for(const detail::RecordData& record, Place place);
  /// `left`: what it would have waited for is not read any more.
  void enter(Slot& slot, Actions& actions, bool left = false);
  void merge(Actions& actions);
  Slot& pop(std::size_t inlet);
  void pair(Slot& slot, Actions& actions);
  void add_fields(Slot& slot, Slot& partner);
  Rank frontier() const;
  void note_frontier(Actions& actions);
  std::optional<Clock::time_point> look_for_idle();
  void remove_queued(Slot& slot, Actions& actions);
  template <class Unwanted>
  void end_slots(Unwanted unwanted, Slot::End end, Actions& actions);

  /// Notices inlets that have fallen silent.
  struct IdleClock final : EventLoop::Client {
    explicit IdleClock(ReorderBuffer& buffer_) : buffer(buffer_) {}
    std::optional<Clock::time_point> turn() override { return buffer.look_for_idle(); }
    ReorderBuffer& buffer;
  };

  std::unique_ptr<MergeOrder> order_;  ///< Of two and more inlets.
  IdleClock idle_clock_{*this};
  EventLoop* loop_ = nullptr;  ///< Where inlets may fall silent.
  std::uint64_t arrivals_ = 0;
  std::uint64_t merging_ = 0;          ///< Slots in the inlets' queues.
  std::atomic<bool> advanced_{false};  ///< The region is further, with nothing to show for it.
  Rank frontier_sent_;
  std::atomic<std::uint64_t> leaving_{0};
  std::atomic<bool> ended_{false};
  std::atomic<bool> unwanted_{false};
  std::size_t taking_ = 0;  ///< Slots now being taken out.
  bool closed_ = false;
  Clock::time_point front_since_;
  HeadOfLine longest_;
};

}  // namespace weir
