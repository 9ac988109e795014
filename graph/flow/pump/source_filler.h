#pragma once

#include "graph/flow/pump/batch_filler.h"
#include "graph/flow/stage/region_context.h"

namespace weir::flow {

/// Has the source read into tokens, as many records as there are credits.
class SourceFiller final : public BatchFiller {
 public:
  explicit SourceFiller(const RegionContext& region);
  ~SourceFiller() override;

  bool ready() const override;
  std::uint32_t take_credits(std::uint32_t records) override;
  Got fill(Token& token, bool alone) override;

  /// Makes a waiting source return.
  void stop();
  /// Returns whether the filler is inside the source's `read`, which may wait for the outside
  /// world.
  bool reading() const { return reading_.load(std::memory_order_acquire); }

 private:
  SourceId source() const { return *quota_.region.source; }
  std::uint64_t bytes_for(std::uint32_t records) const;

  const RegionContext region_;
  RunContext& context_;
  RegionQuota& quota_;
  std::atomic<bool> reading_{false};
  std::atomic<bool> stop_flag_{false};
  int stop_fd_ = -1;
};

}  // namespace weir::flow
