#pragma once

#include <vector>

#include "graph/compile/regions/layout.h"

// Stages as the layout sees them, and what links them.

namespace weir::fake {

inline compile::StageShape shape(Role role) {
  compile::StageShape stage;
  stage.role = role;
  return stage;
}

inline const compile::StageShape kSource = shape(Role::source);
inline const compile::StageShape kSink = shape(Role::sink);
inline const compile::StageShape kFast = shape(Role::transform);
inline const compile::StageShape kSerial = shape(Role::serial_transform);
inline const compile::StageShape kAsync = shape(Role::async_transform);
inline const compile::StageShape kKeyed = shape(Role::keyed_transform);

inline compile::StageShape workers(int n) {
  compile::StageShape stage = kFast;
  stage.workers.min = stage.workers.max = n;
  return stage;
}
inline compile::StageShape ordered(compile::StageShape stage, compile::Order order) {
  stage.order = order;
  return stage;
}
inline compile::StageShape queued(compile::StageShape stage) {
  stage.queue = true;
  return stage;
}
inline compile::StageShape letters(compile::StageShape stage) {
  stage.letters = true;
  return stage;
}

inline compile::StageShape timed(compile::StageShape stage) {
  stage.timed = true;
  return stage;
}
inline compile::StageShape pooled(compile::StageShape stage, std::size_t pool) {
  stage.pool = pool;
  return stage;
}
inline compile::StageShape merging(compile::StageShape stage, compile::MergePolicy::Kind kind) {
  stage.merge.kind = kind;
  return stage;
}

/// Each stage reads the one above; those behind a sink take the dead letters of the stage above the
/// first one.
inline std::vector<compile::Link> chain(const compile::Shapes& stages) {
  std::vector<compile::Link> links;
  compile::StageId sink;
  while (stages[sink].role != Role::sink) ++sink;
  for (const compile::StageId i : compile::IdRange(compile::StageId(1), stages.end_id())) {
    const bool letters = stages[i].letters;
    links.push_back({letters ? sink - 1 : i - 1, 0, i, 0, letters});
  }
  return links;
}

}  // namespace weir::fake
