#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/flow/input/merge_order.h"
#include "graph/flow/order/merge_rank.h"

namespace weir::flow {

/// Takes the first record of each rank that has no error of a stage in the branches. It goes on
/// once nothing before it can come any more, and does not wait for others of its rank. Those lose.
/// If all have failed, one of them goes on with an error that names those of all.
class FirstGood final : public MergeOrder {
 public:
  FirstGood(const compile::Plan& plan, const compile::Region& region);

  void take_in(InputQueue& input, Slot& slot) override;
  std::optional<Choice> next(std::span<const InputQueue> inputs) override;
  const MergeRank* decided() const override { return decided_ ? &*decided_ : nullptr; }
  std::optional<std::uint64_t> won(std::size_t input) const override { return won_[input]; }

 private:
  bool has_error(const Slot& slot) const;

  const compile::Plan& plan_;
  const IdVector<RegionId, bool> branches_;
  std::vector<std::optional<MergeRank>> last_;  ///< The rank of the last record of each input.
  std::optional<MergeRank> decided_;
  std::vector<std::uint64_t> won_;  ///< By input.
};

}  // namespace weir::flow
