#pragma once

#include <compare>
#include <cstdint>
#include <stdexcept>

#include "graph/compile/plan/ids.h"

namespace weir::flow {

using compile::IdVector;
using compile::RegionId;
using compile::SourceId;
using compile::StageId;

/// The bits of a token number. (A FailureCut compares a place as one number, of which these are the
/// upper bits. At 200 us a token they last for 13 years, and as long again for what is made at the
/// end of the input.)
constexpr int kTokenBits = 42;

/// The number of a token among those of its region, from 0 on.
class TokenNumber {
 public:
  constexpr TokenNumber() = default;
  /// Throws std::out_of_range if it has more than `kTokenBits` bits.
  constexpr explicit TokenNumber(std::uint64_t value) : value_(value) {
    if (value >> kTokenBits != 0) throw std::out_of_range("token number");
  }

  constexpr std::uint64_t value() const { return value_; }
  constexpr TokenNumber next() const { return TokenNumber(value_ + 1); }
  friend constexpr auto operator<=>(const TokenNumber&, const TokenNumber&) = default;

 private:
  std::uint64_t value_ = 0;
};

/// The largest number: no token has it.
constexpr TokenNumber kNoToken((std::uint64_t{1} << kTokenBits) - 1);

}  // namespace weir::flow
