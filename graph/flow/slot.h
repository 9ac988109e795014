#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/flow/attempt.h"
#include "graph/flow/fence.h"
#include "graph/flow/merge_key.h"
#include "graph/flow/rank.h"
#include "graph/flow/record_copy.h"
#include "graph/flow/ticket.h"

namespace weir {

struct KeyLine;

/// Why a record failed, once no further attempt follows.
struct CallError {
  std::string kind;
  std::string message;
  bool deadline = false;  ///< `on_deadline` says what follows, else `on_error`.
  bool fatal = false;     ///< It fails the run: a key's state is in the hands of a late call.
};

/// A record in a region's reorder buffer, from when it was copied out of the region above until it
/// leaves. Part of two lists: all that wait in order, or all that leave; and those that want a
/// permit for the first time.
struct Slot {
  enum class State : std::uint8_t { queued, running, backoff, done };
  /// How it ended here: it went on as it was, as the winner left it, or not at all.
  enum class End : std::uint8_t { passed, answered, failed, shed, void_, abandoned };

  Slot(SlabPool& pool, Piece self_) : arena(pool), self(self_) {}

  Slot* prev = nullptr;
  Slot* next = nullptr;
  Slot* prev_fresh = nullptr;
  Slot* next_fresh = nullptr;
  bool fresh = false;     ///< In the list of those that were never called.
  bool leaving = false;   ///< In the list of those that leave.
  bool uncalled = false;  ///< It was never called, and is to be.
  bool to_call = false;   ///< When it enters: it is to be called, else it passes by.

  std::uint16_t inlet = 0;    ///< By which it came.
  std::uint64_t arrival = 0;  ///< Where streams are merged: the how-manieth to come.
  Slot* partner = nullptr;    ///< zip: its record is part of this one's, as are its partner's.
  std::unique_ptr<MergeKey> merge_key;
  std::uint64_t number = 0;  ///< Dense, of the region.
  Rank rank;
  Ticket* ticket = nullptr;  ///< Null for what a stage made by itself.
  CallArena arena;
  Piece self;
  std::uint64_t bytes = 0;        ///< What it was charged with when it came in.
  detail::RecordData input;       ///< In `arena`.
  std::optional<CopySize> piece;  ///< Of `input` while it is as it was copied in.

  State state = State::queued;
  End end = End::passed;
  std::uint32_t cost = 1;
  bool starved = false;  ///< An attempt ran out of memory: the next one has the reserve.
  int attempts = 0;      ///< Begun, hedges included.
  int failed = 0;
  int hedges = 0;
  std::string key_text;
  KeyLine* key = nullptr;
  Clock::time_point entered;
  Clock::time_point deadline_at;
  Timer deadline;
  Timer step;  ///< The end of a backoff, or the time to hedge.
  std::vector<std::shared_ptr<Attempt>> running;
  std::shared_ptr<Attempt> winner;
  std::unique_ptr<CallError> error;
  std::uint64_t busy_ns = 0;
};

/// A doubly linked list through two members of Slot.
template <Slot* Slot::*Prev, Slot* Slot::*Next>
class SlotList {
 public:
  bool empty() const { return !first_; }
  Slot* front() const { return first_; }
  std::uint64_t size() const { return size_; }

  void push_back(Slot& slot) {
    slot.*Prev = last_;
    slot.*Next = nullptr;
    (last_ ? last_->*Next : first_) = &slot;
    last_ = &slot;
    ++size_;
  }
  void push_front(Slot& slot) {
    slot.*Prev = nullptr;
    slot.*Next = first_;
    (first_ ? first_->*Prev : last_) = &slot;
    first_ = &slot;
    ++size_;
  }
  void remove(Slot& slot) {
    (slot.*Prev ? slot.*Prev->*Next : first_) = slot.*Next;
    (slot.*Next ? slot.*Next->*Prev : last_) = slot.*Prev;
    slot.*Prev = slot.*Next = nullptr;
    --size_;
  }

 private:
  Slot* first_ = nullptr;
  Slot* last_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace weir
