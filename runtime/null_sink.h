#pragma once

#include "weir/stage.h"

namespace weir {

/// Takes records and does nothing with them.
class NullSink final : public Sink {
 public:
  void write(Batch&) override {}
};

}  // namespace weir
