#pragma once

#include <cstdint>

#include "graph/flow/token.h"

namespace weir {

/// Where a region's tokens are filled from: the source, or the region's reorder buffer.
class Intake {
 public:
  enum class Got : std::uint8_t {
    some,     ///< The token holds something, and there may be more.
    last,     ///< The token holds something, and that was all.
    nothing,  ///< Nothing now.
    starved,  ///< There is no memory for it now.
    end       ///< Nothing, and nothing more will come.
  };

  virtual ~Intake() = default;
  /// Whether `fill` may get anything, the end included.
  virtual bool ready() const = 0;
  /// How many credits a token for so many records gets; 0: none are left now.
  virtual std::uint32_t take_credits(std::uint32_t records) = 0;
  /// Fills the token. `alone`: there is no other, and it may use the reserve for one record.
  virtual Got fill(Token& token, bool alone) = 0;
};

}  // namespace weir
