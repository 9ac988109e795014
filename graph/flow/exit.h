#pragma once

#include <cstdint>
#include <span>

#include "weir/detail/record_data.h"

namespace weir {

class Token;
struct Workspace;

/// Where the records of a region leave it: a sink, or the reorder buffer of the next region. Called
/// by the region's last node alone, in the order of its tokens.
class Exit {
 public:
  virtual ~Exit() = default;
  /// Takes records from the front of `records`, which stand in `work`; returns how many. If not
  /// all: there is no room now, and the node will be told to come again.
  virtual std::size_t take(Token& token, Workspace& work,
                           std::span<detail::RecordData> records) = 0;
  /// The same for dead letters on their way.
  virtual std::size_t take_letters(Token& token, std::span<detail::RecordData> letters) = 0;
};

}  // namespace weir
