#pragma once

#include <cstdint>
#include <span>

#include "weir/detail/record_data.h"

namespace weir::flow {

class Token;
struct Workspace;

/// The way by which records leave a region: into a sink, or into the inputs of other regions.
/// Called only by the region's last node, in the order of its tokens.
class Exit {
 public:
  virtual ~Exit() = default;
  /// Takes records from the front of `records`, which stand in `work`, and returns how many. If
  /// these are not all, there is no room now, and the node is notified when to try again.
  virtual std::size_t take(Token& token, Workspace& work,
                           std::span<detail::RecordData> records) = 0;
  /// Does the same for dead letters on their way.
  virtual std::size_t take_letters(Token& token, std::span<detail::RecordData> letters) = 0;
};

}  // namespace weir::flow
