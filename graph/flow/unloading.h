#pragma once

#include "graph/flow/environment.h"
#include "graph/flow/slot.h"
#include "graph/flow/token.h"

namespace weir {

/// Puts slots that are done into a batch: copies what became of each record, marks those that ended
/// and books their errors, by the policy of their stage.
class Unloading {
 public:
  Unloading(Environment& env, const Region& region, Token& token)
      : env_(env),
        region_(region),
        stage_(static_cast<std::uint16_t>(region.first)),
        token_(token) {}

  /// False: there is no memory for it now; the batch is as before. If true, the slot's ticket and
  /// credit are the batch's.
  bool add(Slot& slot);
  std::uint64_t bytes() const { return bytes_; }

 private:
  void convert(Slot& slot, std::uint32_t root);
  void answered(Slot& slot, std::uint32_t root);
  void failed(Slot& slot, std::uint32_t root);
  void put(const detail::RecordData& record, std::uint32_t root,
           const std::optional<CopySize>& piece = {});
  void mark(const Slot& slot, std::uint32_t root, Outcome outcome);
  bool calls() const { return region_.calls; }

  Environment& env_;
  const Region& region_;
  const std::uint16_t stage_;
  Token& token_;
  std::uint64_t bytes_ = 0;
};

}  // namespace weir
