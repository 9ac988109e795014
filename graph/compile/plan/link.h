#pragma once

#include "graph/compile/plan/ids.h"

namespace weir::compile {

/// An edge between stages: the records that `from` sends to `port` enter `to` by its input `input`.
struct Link {
  StageId from;
  std::size_t port = 0;
  StageId to;
  std::size_t input = 0;
  bool letters = false;  ///< True if it carries dead letters of `from`; `port` is then unused.
};

}  // namespace weir::compile
