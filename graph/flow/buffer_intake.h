#pragma once

#include "graph/flow/intake.h"
#include "graph/flow/reorder_buffer.h"

namespace weir {

/// Fills tokens with what leaves a region's reorder buffer; each record brings its credit.
class BufferIntake final : public Intake {
 public:
  BufferIntake(Share& share, ReorderBuffer& buffer) : share_(share), buffer_(buffer) {}

  bool ready() const override { return buffer_.has_output(); }
  std::uint32_t take_credits(std::uint32_t records) override { return records; }
  Got fill(Token& token, bool alone) override {
    const std::uint32_t wanted = alone ? 1 : token.credits;
    token.credits = 0;
    token.sorted = share_.region.order == Order::input;
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
    if (got > 0) return Got::some;
    if (ended) return Got::end;
    if (!buffer_.has_output() || buffer_.ended()) return Got::nothing;
    if (alone) buffer_.give_up_first();
    return Got::starved;
  }

 private:
  Share& share_;
  ReorderBuffer& buffer_;
};

}  // namespace weir
