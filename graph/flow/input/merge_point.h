#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>

#include "graph/flow/input/input_lock.h"
#include "graph/flow/input/merge_order.h"
#include "graph/flow/input/slot_store.h"

namespace weir::flow {

/// The place where the inputs of a region become one sequence: records wait here for those of other
/// inputs, in the order of `merge:`. It also knows how far the inputs are, and thereby how far the
/// region is. With one input, nothing waits.
class MergePoint {
 public:
  MergePoint(const RegionContext& region, std::span<InputQueue> inputs, SlotStore& store);

  /// Returns whether there are several inputs.
  bool merges() const { return order_ != nullptr; }
  /// Returns whether the merge prefers some inputs to others.
  bool prefers() const { return order_ && order_->lazy(); }
  /// Reads what the order needs from a record. Called without the lock. May throw.
  void prepare(Slot& slot, Record& record) const {
    if (order_) order_->prepare(slot, record);
  }

  /// Takes in a record, which waits for those of other inputs.
  void take_in(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Returns how many records wait here.
  std::uint64_t waiting() const WEIR_REQUIRES(input_lock) { return waiting_; }

  /// The next record of the sequence.
  struct Next {
    Slot& slot;
    bool left = false;  ///< True if what it would have waited for is no longer read.
    bool lost = false;  ///< True if it is not part of the sequence: another one was taken for it.
  };
  /// Removes and returns the next record of the sequence, with its partners if it is paired;
  /// nothing if the records here must wait for others.
  std::optional<Next> next() WEIR_REQUIRES(input_lock);
  /// Removes and returns any of the waiting records, of which there must be one.
  Slot& any() WEIR_REQUIRES(input_lock);

  /// Returns the rank up to which one record of each was taken, and the others lose, as
  /// MergeOrder::decided does.
  const MergeRank* decided() const WEIR_REQUIRES(input_lock) {
    return order_ ? order_->decided() : nullptr;
  }

  /// Notes that all below `frontier` has come in by that input. Returns false if that was known.
  bool advance(std::size_t input, const MergeRank& frontier) WEIR_REQUIRES(input_lock);
  /// Notes that nothing more comes in by that input. Returns true if nothing comes by any other
  /// either.
  bool close(std::size_t input) WEIR_REQUIRES(input_lock);
  /// Returns the rank below which nothing will leave the region any more, where records leave in
  /// order. `first` is the first record that has come in and not left, or null.
  MergeRank frontier(const Slot* first) const WEIR_REQUIRES(input_lock);
  /// Returns the frontier that the regions below were told.
  const MergeRank& told() const WEIR_REQUIRES(input_lock) { return told_; }
  void tell(const MergeRank& frontier) WEIR_REQUIRES(input_lock) { told_ = frontier; }

  /// Notes which inputs have been silent for `idle`, and are no longer waited for. Returns when to
  /// look again.
  std::optional<Clock::time_point> look_for_idle(Clock::time_point now) WEIR_REQUIRES(input_lock);
  bool watches_idle() const { return order_ && region_.region().merge.idle.count() > 0; }
  /// Returns whether some input may still bring something.
  bool is_live() const WEIR_REQUIRES(input_lock);
  /// Reports what came by each input, where `merge:` names them.
  void fill(StageReport& report) const WEIR_REQUIRES(input_lock);

 private:
  Slot& pop(std::size_t input) WEIR_REQUIRES(input_lock);
  void pair(Slot& slot) WEIR_REQUIRES(input_lock);
  void add_fields(Slot& slot, Slot& partner) WEIR_REQUIRES(input_lock);
  Next fail(Slot& slot, const MergeOrder::Choice& choice) WEIR_REQUIRES(input_lock);
  std::string all_errors(const Slot& slot) const WEIR_REQUIRES(input_lock);
  const std::string& input_name(std::size_t input) const;
  bool is_cut(RegionId region) const;

  const RegionContext region_;
  const std::span<InputQueue> inputs_;
  SlotStore& store_;
  std::unique_ptr<MergeOrder> order_;  ///< Null for a single input.
  std::uint64_t arrivals_ = 0;
  std::uint64_t waiting_ = 0;
  MergeRank told_;
};

inline Slot& MergePoint::pop(std::size_t input) {
  Slot& slot = *inputs_[input].waiting.front();
  inputs_[input].waiting.pop_front();
  --waiting_;
  return slot;
}

inline void MergePoint::take_in(Slot& slot) {
  slot.arrival = arrivals_++;
  ++waiting_;
  order_->take_in(inputs_[slot.input_index], slot);
}

inline std::optional<MergePoint::Next> MergePoint::next() {
  using What = MergeOrder::Choice::What;
  const auto choice = order_->next(inputs_);
  if (!choice) return std::nullopt;
  Slot& slot = pop(choice->input);
  switch (choice->what) {
    case What::next:
      return Next{slot};
    case What::pair:
      pair(slot);
      return Next{slot};
    case What::left:
      return Next{slot, !slot.error};
    case What::lost:
      return Next{slot, false, true};
    case What::failed:
    case What::none_good:
      break;
  }
  return fail(slot, *choice);
}

}  // namespace weir::flow
