#pragma once

#include <functional>
#include <utility>

#include "graph/flow/region/engine_parts.h"

namespace weir::flow {

/// Builds the regions of a plan and connects them: each leaves into the inputs of those that read
/// it, or into its sink.
class EngineBuilder {
 public:
  /// The functions by which the parts report to the engine.
  struct Hooks {
    std::function<void(RegionId region)> region_done;  ///< The region is over. Called once.
    /// The stage wants no more input, for that reason.
    std::function<void(StageId stage, std::uint16_t reason)> unwanted;
  };

  /// `tokens` is the number of batches of a region that may be in flight.
  EngineBuilder(RunContext& context, Accounts& accounts, int tokens, Hooks hooks,
                EngineParts& parts)
      : context_(context),
        accounts_(accounts),
        tokens_(tokens),
        hooks_(std::move(hooks)),
        parts_(parts) {}

  void build();

 private:
  void add_arenas();
  void add_input(RegionId index);
  std::shared_ptr<Permits> permits_of(const compile::PlannedStage& stage) const;
  RegionOutput::Entry entry_of(RegionId to, std::size_t input) const;
  RegionOutput& add_output(const compile::Region& region);
  void connect(RegionId index);
  void connect_preferences();
  void connect_branches();
  bool is_timed(const compile::Region& region) const;
  RegionContext region_context(RegionId index) const {
    return {context_, *parts_.quotas[index], accounts_, parts_.runners};
  }

  RunContext& context_;
  Accounts& accounts_;
  const int tokens_;
  const Hooks hooks_;
  EngineParts& parts_;
};

}  // namespace weir::flow
