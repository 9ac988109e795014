#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::flow {

/// The end of an origin. The values ascend by weight: an origin with several children gets the
/// heaviest of their outcomes.
enum class Outcome : std::uint8_t {
  filtered,
  aggregated,
  delivered,
  shed,
  skipped,
  dead_lettered,
  abandoned
};
constexpr std::size_t kOutcomes = 7;
constexpr std::array<const char*, kOutcomes> kOutcomeNames = {
    "filtered", "aggregated", "delivered", "shed", "skipped", "dead_lettered", "abandoned"};

}  // namespace weir::flow
