#pragma once

#include <cstddef>
#include <vector>

#include "graph/flow/region/region_engine.h"

namespace weir::flow {

/// The regions above one input of a merge that prefers inputs, which may bring something to it.
class Supply {
 public:
  /// An InputWay (input_ways.h) with its objects: a region, the queue that it leaves into, and the
  /// ways that go on from there.
  struct Way {
    const RegionEngine* engine = nullptr;
    RegionOutput::Entry entry;
    std::vector<std::size_t> onward;
  };
  /// `ways` must begin with those further up.
  explicit Supply(std::vector<Way> ways) : ways_(std::move(ways)), open_(ways_.size()) {}

  /// Returns whether one of the regions is at work, on a way by which batches bring something.
  /// Reads only atomics. For one thread at a time.
  bool at_work();

 private:
  const std::vector<Way> ways_;
  std::vector<bool> open_;
};

}  // namespace weir::flow
