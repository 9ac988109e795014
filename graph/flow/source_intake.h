#pragma once

#include "graph/flow/environment.h"
#include "graph/flow/intake.h"
#include "graph/flow/share.h"
#include "graph/flow/stage_runner.h"

namespace weir {

/// Lets the source read into tokens, as many records as there are credits.
class SourceIntake final : public Intake {
 public:
  SourceIntake(Environment& env, Share& share, StageRunner& source);
  ~SourceIntake() override;

  bool ready() const override;
  std::uint32_t take_credits(std::uint32_t records) override;
  Got fill(Token& token, bool alone) override;

  /// Makes a source that waits come back.
  void stop();
  /// Whether it is inside the source's `read`, which may wait for the outside world.
  bool reading() const { return reading_.load(std::memory_order_acquire); }

 private:
  std::size_t source_number() const { return static_cast<std::size_t>(share_.region.source); }
  std::uint64_t bytes_for(std::uint32_t records) const;

  Environment& env_;
  Share& share_;
  StageRunner& source_;
  std::atomic<bool> reading_{false};
  std::atomic<bool> stop_flag_{false};
  int stop_fd_ = -1;
};

}  // namespace weir
