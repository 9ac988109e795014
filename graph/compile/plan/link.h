#pragma once

namespace weir::compile {

/// An edge between stages: the records that `from` sends to `port` enter `to` by its input `input`.
struct Link {
  int from = 0;
  int port = 0;
  int to = 0;
  int input = 0;
  bool letters = false;  ///< True if it carries dead letters of `from`; `port` is then unused.
};

}  // namespace weir::compile
