#pragma once

#include "graph/flow/environment.h"
#include "graph/flow/slot.h"
#include "graph/flow/token.h"

namespace weir {

/// Puts slots that are done into a batch: copies what became of each record, marks those that ended
/// and books their errors, by the policy of their stage.
class Unloading {
 public:
  Unloading(Environment& env, std::size_t stage, Token& token)
      : env_(env), stage_(static_cast<std::uint16_t>(stage)), token_(token) {}

  /// False: there is no memory for it now; the batch is as before. If true, the slot's ticket and
  /// credit are the batch's.
  bool add(Slot& slot);
  std::uint64_t bytes() const { return bytes_; }

 private:
  void convert(Slot& slot, std::uint32_t root);
  void answered(Slot& slot, std::uint32_t root);
  void failed(Slot& slot, std::uint32_t root);
  void put(const detail::RecordData& record, std::uint32_t root);
  void mark(const Slot& slot, std::uint32_t root, Outcome outcome);
  bool calls() const { return env_.plan.regions[region()].calls; }
  std::size_t region() const { return static_cast<std::size_t>(env_.plan.stages[stage_].region); }

  Environment& env_;
  const std::uint16_t stage_;
  Token& token_;
  std::uint64_t bytes_ = 0;
};

}  // namespace weir
