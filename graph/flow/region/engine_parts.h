#pragma once

#include <memory>
#include <vector>

#include "graph/flow/call/call_stage.h"
#include "graph/flow/pump/source_filler.h"
#include "graph/flow/region/region_engine.h"
#include "graph/flow/region/region_output.h"
#include "graph/flow/stage/sink_writer.h"

namespace weir::flow {

/// The parts of an engine, in the order of construction: a part stands behind those that it refers
/// to.
struct EngineParts {
  /// A source and its region.
  struct Reader {
    SourceFiller* filler = nullptr;
    RegionEngine* engine = nullptr;
    bool stopped = false;
  };

  std::vector<std::unique_ptr<StageRunner>> runners;  ///< By stage.
  std::vector<std::unique_ptr<TokenBucket>> rates;    ///< As in Plan::rates.
  EventLoop loop;
  std::vector<std::unique_ptr<RegionQuota>> quotas;  ///< By region, as are the next three.
  std::vector<std::unique_ptr<RegionInput>> inputs;  ///< Null where a source feeds the region.
  std::vector<CallStage*> calls;                     ///< Null where no stage is called.
  std::vector<std::unique_ptr<RegionOutput>> outputs;
  std::vector<std::unique_ptr<SinkWriter>> sinks;
  std::vector<std::unique_ptr<WorkerArena>> arenas;   ///< The common one, then one for each pool.
  std::vector<std::unique_ptr<BatchFiller>> fillers;  ///< By region, as are the next.
  std::vector<std::unique_ptr<RegionEngine>> regions;
  std::vector<Reader> sources;  ///< As in Plan::sources.
};

}  // namespace weir::flow
