#pragma once

#include <optional>

#include "graph/flow/batch/token.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/input/slot.h"

namespace weir::flow {

/// Puts slots that are done into a batch: copies what became of each record, marks those that ended
/// and counts their errors, by the policy of their stage.
class BatchBuilder {
 public:
  /// `unwanted` is the reason of slots that nobody wants.
  BatchBuilder(RunContext& context, const compile::Region& region, std::uint16_t unwanted,
               Token& token)
      : context_(context),
        region_(region),
        stage_(region.first),
        unwanted_(unwanted),
        token_(token) {}

  /// Adds a slot. Returns false if there is no memory for it now; the batch is then unchanged.
  /// After true, the slot's origin reference and credit belong to the batch.
  bool add(Slot& slot);
  std::uint64_t bytes() const { return bytes_; }

 private:
  void convert(Slot& slot, std::uint32_t root);
  void answered(Slot& slot, std::uint32_t root);
  void failed(Slot& slot, std::uint32_t root);
  void put(const detail::RecordData& record, std::uint32_t root,
           const std::optional<CopySize>& piece = {});
  void mark(const Slot& slot, std::uint32_t root, RootMark mark);
  bool calls() const { return region_.calls; }

  RunContext& context_;
  const compile::Region& region_;
  const StageId stage_;
  const std::uint16_t unwanted_;
  Token& token_;
  std::uint64_t bytes_ = 0;
};

}  // namespace weir::flow
