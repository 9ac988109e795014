#pragma once

#include <cstddef>

#include "weir/detail/arena.h"

namespace weir {

/// What an allocation of `size` bytes takes of `limits.record`; see detail::Arena::allocate.
constexpr std::size_t record_charge(std::size_t size) {
  using detail::Arena;
  return size < Arena::kOwnBlock
             ? size + size / 7
             : (size + Arena::kPadding + Arena::kPage - 1) / Arena::kPage * Arena::kPage;
}

/// How much of `limits.record` one record may take that a stage emits later from what it has kept:
/// whatever a call emits then, one more always fits.
constexpr std::size_t emitted_share(std::size_t record_limit) { return record_limit / 3; }

}  // namespace weir
