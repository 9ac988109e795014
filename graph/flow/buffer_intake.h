#pragma once

#include "graph/flow/intake.h"
#include "graph/flow/reorder_buffer.h"

namespace weir {

/// Fills tokens with what leaves a region's reorder buffer; each record brings its credit. A token
/// without records tells those below how far the region is.
class BufferIntake final : public Intake {
 public:
  BufferIntake(Share& share, ReorderBuffer& buffer) : share_(share), buffer_(buffer) {}

  bool ready() const override { return buffer_.has_output(); }
  std::uint32_t take_credits(std::uint32_t records) override { return records; }
  Got fill(Token& token, bool alone) override {
    const std::uint32_t wanted = alone ? 1 : token.credits;
    token.credits = 0;
    token.sorted = share_.region.sorted;
    token.mixed = share_.region.source < 0;
    if (alone) {
      token.work.set_lane(Lane::reserve);
      token.letters.set_lane(Lane::reserve);
    }
    const auto start = Clock::now();
    const bool ended = buffer_.ended();
    const std::uint32_t got = buffer_.take_out(token, wanted, share_.pacer.want_bytes());
    token.work.set_lane(Lane::normal);
    token.letters.set_lane(Lane::normal);
    token.fill_ns = static_cast<std::uint64_t>((Clock::now() - start).count());
    if (got > 0 || token.frontier > told_) {
      told_ = token.frontier;
      return Got::some;
    }
    if (ended) return Got::end;
    if (!buffer_.has_output() || buffer_.ended()) return Got::nothing;
    if (alone) buffer_.give_up_first();
    return Got::starved;
  }

 private:
  Share& share_;
  ReorderBuffer& buffer_;
  Rank told_;  ///< How far the last token said that the region is.
};

}  // namespace weir
