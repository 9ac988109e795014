#pragma once

#include "weir/stage.h"

namespace weir::cli {

/// A sink that discards its records, in place of the sinks of a pipeline that is only tried.
class NullSink final : public Sink {
 public:
  void write(Batch&) override {}
};

}  // namespace weir::cli
