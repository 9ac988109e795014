#pragma once

#include "graph/flow/input/region_input.h"
#include "graph/flow/pump/batch_filler.h"

namespace weir::flow {

/// Fills tokens with the records that leave a region's input; each brings its credit. A token
/// without records tells the regions below how far this one is.
class QueueFiller final : public BatchFiller {
 public:
  QueueFiller(RegionQuota& quota, RegionInput& input) : quota_(quota), input_(input) {}

  bool ready() const override { return input_.has_output(); }
  std::uint32_t take_credits(std::uint32_t records) override { return records; }
  Got fill(Token& token, bool alone) override {
    const std::uint32_t wanted = alone ? 1 : token.credits;
    token.credits = 0;
    token.sorted = quota_.region.sorted;
    token.mixed = !quota_.region.source;
    if (alone) {
      token.work.set_lane(Lane::reserve);
      token.letters.set_lane(Lane::reserve);
    }
    const auto start = Clock::now();
    const bool ended = input_.ended();
    const auto got = input_.take_out(token, wanted, quota_.pacer.want_bytes());
    token.work.set_lane(Lane::normal);
    token.letters.set_lane(Lane::normal);
    token.fill_ns = static_cast<std::uint64_t>((Clock::now() - start).count());
    if (got.records > 0 || token.frontier > told_) {
      told_ = token.frontier;
      return Got::some;
    }
    if (ended) return Got::end;
    if (!got.starved || !input_.has_output() || input_.ended()) return Got::nothing;
    if (alone) input_.give_up_first();
    return Got::starved;
  }

 private:
  RegionQuota& quota_;
  RegionInput& input_;
  MergeRank told_;  ///< The frontier that the last token told.
};

}  // namespace weir::flow
