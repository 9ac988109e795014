#pragma once

#include <vector>

#include "graph/spec/layout.h"

// Stages as the layout sees them, and what links them.

namespace weir::fake {

inline StageShape shape(Role role) {
  StageShape stage;
  stage.role = role;
  return stage;
}

inline const StageShape kSource = shape(Role::source);
inline const StageShape kSink = shape(Role::sink);
inline const StageShape kFast = shape(Role::transform);
inline const StageShape kSerial = shape(Role::serial_transform);
inline const StageShape kAsync = shape(Role::async_transform);
inline const StageShape kKeyed = shape(Role::keyed_transform);

inline StageShape workers(int n) {
  StageShape stage = kFast;
  stage.workers.min = stage.workers.max = n;
  return stage;
}
inline StageShape ordered(StageShape stage, Order order) {
  stage.order = order;
  return stage;
}
inline StageShape queued(StageShape stage) {
  stage.queue = true;
  return stage;
}
inline StageShape letters(StageShape stage) {
  stage.letters = true;
  return stage;
}

inline StageShape timed(StageShape stage) {
  stage.timed = true;
  return stage;
}
inline StageShape pooled(StageShape stage, int pool) {
  stage.pool = pool;
  return stage;
}
inline StageShape merging(StageShape stage, MergePolicy::Kind kind) {
  stage.merge.kind = kind;
  return stage;
}

/// Each stage reads the one above; those behind a sink take the dead letters of the stage above the
/// first one.
inline std::vector<Link> chain(const std::vector<StageShape>& stages) {
  std::vector<Link> links;
  int sink = 0;
  while (stages[static_cast<std::size_t>(sink)].role != Role::sink) ++sink;
  for (int i = 1; i < static_cast<int>(stages.size()); ++i) {
    const bool letters = stages[static_cast<std::size_t>(i)].letters;
    links.push_back({letters ? sink - 1 : i - 1, 0, i, 0, letters});
  }
  return links;
}

}  // namespace weir::fake
