#pragma once

#include <cstddef>

#include "weir/detail/arena.h"

namespace weir::stages::core {

/// Returns what an allocation of `size` bytes takes of `limits.record`; see
/// detail::Arena::allocate.
constexpr std::size_t record_charge(std::size_t size) {
  using detail::Arena;
  return size < Arena::kOwnBlock
             ? size + size / 7
             : (size + Arena::kPadding + Arena::kPage - 1) / Arena::kPage * Arena::kPage;
}

/// Returns how much of `limits.record` a record may take that a stage emits later from what it has
/// kept. The share is so small that one more such record fits, whatever else the call emits.
constexpr std::size_t emitted_share(std::size_t record_limit) { return record_limit / 3; }

}  // namespace weir::stages::core
