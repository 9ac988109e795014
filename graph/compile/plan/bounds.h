#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "weir/detail/record_data.h"

namespace weir::compile {

/// Returns whether an unsigned `T` can number `count` things, from 0 on.
template <class T>
constexpr bool numbers(std::size_t count) {
  return count <= std::size_t{std::numeric_limits<T>::max()} + 1;
}

// The sizes of a plan are bounded as follows; the passes of its loops and the streams of its
// sources count. Records, outcomes and places keep these numbers in few bits: code that packs one
// asserts that all of them fit.

constexpr std::size_t kMostStages = 8'000;
static_assert(numbers<decltype(detail::ErrorSlot::stage)>(kMostStages));
static_assert(numbers<decltype(detail::Extra::letter_to)>(kMostStages));

constexpr std::size_t kMostSources = std::size_t{1} << detail::kSourceBits;

/// The inputs of one stage.
constexpr std::size_t kMostInputs = 256;
static_assert(numbers<decltype(detail::RecordData::input)>(kMostInputs));

/// The ports of one stage.
constexpr std::size_t kMostPorts = 256;
static_assert(numbers<decltype(detail::RecordData::port)>(kMostPorts));

/// Every region has a stage. A region of dead letters has an input from each region that may send
/// some, and one from the region where the way of that region's other records ends.
constexpr std::size_t kMostRegions = kMostStages;
constexpr std::size_t kMostInlets = 2 * kMostRegions;

/// The number of regions with several readers that may lie one below the other, above a merge that
/// goes by the order of origins.
constexpr std::size_t kForks = 16;

}  // namespace weir::compile
