#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/flow/context/call_error.h"
#include "graph/flow/context/failure_cut.h"
#include "graph/flow/input/attempt.h"
#include "graph/flow/memory/record_copy.h"
#include "graph/flow/order/merge_key.h"
#include "graph/flow/order/merge_rank.h"
#include "graph/flow/order/origin_ref.h"

namespace weir::flow {

struct KeyLine;

/// What a called stage keeps of a record: how it is called, and how far its call is.
struct SlotCall {
  bool wanted = false;    ///< Set as it comes in: true if it is to be called, else it passes by.
  bool uncalled = false;  ///< True if it is to be called and never was.
  bool starved = false;   ///< True if an attempt ran out of memory: the next one has the reserve.
  std::uint32_t cost = 1;
  int attempts = 0;  ///< Attempts begun, hedges included.
  int failed = 0;
  int hedges = 0;
  std::string key_text;
  KeyLine* key = nullptr;
  Clock::time_point deadline_at;
  Timer deadline;
  Timer step;  ///< The end of a backoff, or the time to hedge.
  std::vector<std::shared_ptr<Attempt>> running;
  std::shared_ptr<Attempt> winner;
};

/// A record in a region's input, from when it was copied out of the region above until it leaves.
/// It is part of two lists: all that wait in order, or all that leave; and those that want a permit
/// for the first time.
struct Slot {
  enum class State : std::uint8_t { queued, running, backoff, done };
  /// How a record ended here: it went on as it was, or as the winning attempt left it, or not at
  /// all. `lost`: a merge below has taken another record of its rank. `unwanted`: no stage below
  /// wants more input.
  enum class End : std::uint8_t {
    passed,
    answered,
    failed,
    shed,
    lost,
    unwanted,
    void_,
    abandoned
  };

  Slot(SlabPool& pool, Piece self_) : arena(pool), self(self_) {}

  Slot* prev = nullptr;
  Slot* next = nullptr;
  Slot* prev_fresh = nullptr;
  Slot* next_fresh = nullptr;
  bool fresh = false;    ///< True if in the list of those that were never called.
  bool leaving = false;  ///< True if in the list of those that leave.

  std::uint16_t input_index = 0;  ///< The input by which it came.
  std::uint64_t arrival = 0;      ///< Arrival sequence number, where streams are merged.
  Slot* partner = nullptr;        ///< For a zip: part of this record, with its own partner.
  std::unique_ptr<MergeKey> merge_key;
  std::uint64_t number = 0;  ///< Dense in the region.
  MergeRank rank;
  OriginRef* origin_ref = nullptr;  ///< Null until attached, and once let go of.
  CallArena arena;
  Piece self;
  std::uint64_t bytes = 0;        ///< Bytes that its input is charged with.
  detail::RecordData input;       ///< Its bytes are in `arena`.
  std::optional<CopySize> piece;  ///< The size of `input` while it is as it was copied in.

  State state = State::queued;
  End end = End::passed;
  /// Returns whether its calls are cancelled because nobody needs it any more.
  bool needless() const { return end == End::lost || end == End::unwanted; }
  Clock::time_point entered;
  SlotCall call;
  std::unique_ptr<CallError> error;
  std::uint64_t busy_ns = 0;
  std::uint64_t shed_hash = 0;  ///< With `drop_random`: its place in `ShedOrder`,
  std::size_t shed_index = 0;   ///< and its index there.
};

static_assert(compile::numbers<decltype(Slot::input_index)>(compile::kMostInlets));

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

}  // namespace weir::flow
