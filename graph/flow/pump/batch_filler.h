#pragma once

#include <cstdint>

#include "graph/flow/batch/token.h"

namespace weir::flow {

/// The interface by which a pump fills a region's tokens, from its source or from its input.
class BatchFiller {
 public:
  enum class Got : std::uint8_t {
    some,     ///< The token holds something, and there may be more.
    last,     ///< The token holds something, and nothing more will come.
    nothing,  ///< There is nothing now.
    starved,  ///< There is no memory for a record now.
    end       ///< There is nothing, and nothing more will come.
  };

  virtual ~BatchFiller() = default;
  /// Returns whether `fill` may get anything, the end included.
  virtual bool ready() const = 0;
  /// Returns how many credits a token for `records` gets; 0 if none are left now.
  virtual std::uint32_t take_credits(std::uint32_t records) = 0;
  /// Fills the token. If `alone`, there is no other token, and it may use the reserve for one
  /// record.
  virtual Got fill(Token& token, bool alone) = 0;
};

}  // namespace weir::flow
