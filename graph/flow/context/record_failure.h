#pragma once

#include <cstdint>
#include <string>

#include "graph/flow/order/origin_place.h"

namespace weir::flow {

/// An error of a record. Only the first ones of a batch have a message and an excerpt.
struct RecordFailure {
  StageId stage;
  bool kept = false;
  OriginPlace place;
  int attempts = 1;
  std::uint32_t part = 0;
  std::uint64_t position = 0;
  std::uint64_t line = 0;  ///< Record::line.
  std::string kind;
  std::string message;
  std::string excerpt;
};

}  // namespace weir::flow
