#pragma once

#include <memory>
#include <optional>
#include <span>

#include "graph/compile/plan/plan.h"
#include "graph/flow/input/input_queue.h"

namespace weir::flow {

/// Decides whose record comes next where several streams become one. Requires the lock of the
/// region's input, except for `prepare`.
class MergeOrder {
 public:
  /// The decision on the first record of an input.
  struct Choice {
    enum class What : std::uint8_t {
      next,       ///< It comes next.
      pair,       ///< It is paired with the first records of all other inputs.
      failed,     ///< It fails now, with an error of kind `kind`.
      none_good,  ///< It fails now, with the errors of all records of its rank.
      lost,       ///< It ends here: another record of its rank was taken.
      left        ///< It is abandoned: what it waits for is no longer read.
    };
    std::size_t input = 0;
    What what = What::next;
    const char* kind = "";
    const char* message = "";
  };

  /// Returns the order of the merge at the beginning of `region`.
  static std::unique_ptr<MergeOrder> make(const compile::Plan& plan, const compile::Region& region);
  virtual ~MergeOrder() = default;

  /// Returns the next decision; nothing if the records here must wait for others.
  virtual std::optional<Choice> next(std::span<const InputQueue> inputs) = 0;
  /// Inserts a slot that has come by `input` among the waiting ones of that input.
  virtual void take_in(InputQueue& input, Slot& slot) { input.waiting.push_back(&slot); }
  /// Reads what the order needs from a record. Called without the lock. May throw.
  virtual void prepare(Slot& /*slot*/, Record& /*record*/) const {}
  /// Returns whether the choice depends on what else is there. Then no more records are let through
  /// than the stage can soon use.
  virtual bool lazy() const { return false; }
  /// Returns the rank up to which one record of each was taken, and the others lose; null if there
  /// is none, or the order takes all.
  virtual const MergeRank* decided() const { return nullptr; }
  /// Returns how many records of an input were taken; nothing if the order takes all.
  virtual std::optional<std::uint64_t> won(std::size_t /*input*/) const { return std::nullopt; }
};

}  // namespace weir::flow
