#pragma once

#include <memory>
#include <optional>
#include <span>

#include "graph/flow/inlet.h"
#include "graph/spec/plan.h"

namespace weir {

/// Decides whose record comes next where several streams become one. Called under the buffer's
/// lock.
class MergeOrder {
 public:
  /// What is to be done with the first record of an inlet.
  struct Choice {
    enum class What : std::uint8_t {
      next,    ///< It comes next.
      pair,    ///< It becomes one with the first records of all other inlets.
      failed,  ///< It is an error of kind `kind`, now.
      left     ///< What it waits for was not read any more: it is abandoned.
    };
    std::size_t inlet = 0;
    What what = What::next;
    const char* kind = "";
    const char* message = "";
  };

  static std::unique_ptr<MergeOrder> make(const MergePolicy& policy);
  virtual ~MergeOrder() = default;

  /// Nothing: what has come must wait for what has not.
  virtual std::optional<Choice> next(std::span<const Inlet> inlets) = 0;
  /// Puts a slot that has come by `inlet` where it belongs among those of it that wait.
  virtual void take_in(Inlet& inlet, Slot& slot) { inlet.queue.push_back(&slot); }
  /// Reads what the order needs from a record, outside the lock. May throw.
  virtual void prepare(Slot& /*slot*/, Record& /*record*/) const {}
  /// Whether what comes first depends on what else is there: then no more is let through than the
  /// stage can soon use.
  virtual bool lazy() const { return false; }
};

}  // namespace weir
