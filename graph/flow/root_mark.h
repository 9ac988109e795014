#pragma once

#include <cstdint>

#include "graph/flow/report.h"

namespace weir {

/// How one origin ended and where: the outcome in the upper bits, so that the heavier one is the
/// larger number, and a reason (a stage's index, or one of kAfter...) in the lower ones.
using RootMark = std::uint16_t;
constexpr std::uint16_t kReasonBits = 12;
constexpr std::uint16_t kReasonMask = (1u << kReasonBits) - 1;
constexpr std::uint16_t kAfterTake = kReasonMask;
constexpr std::uint16_t kAfterFailure = kReasonMask - 1;
constexpr std::uint16_t kInterrupted = kReasonMask - 2;
constexpr std::uint16_t kNoReason = kReasonMask - 3;

constexpr RootMark root_mark(Outcome outcome, std::uint16_t reason) {
  return static_cast<RootMark>((static_cast<unsigned>(outcome) << kReasonBits) | reason);
}
constexpr Outcome outcome_of(RootMark mark) { return static_cast<Outcome>(mark >> kReasonBits); }
constexpr std::uint16_t reason_of(RootMark mark) { return mark & kReasonMask; }
constexpr RootMark kUnmarked = root_mark(Outcome::filtered, kNoReason);

/// Whether an origin that stands at `current` becomes `mark`.
constexpr bool outweighs(RootMark mark, RootMark current) {
  return outcome_of(mark) > outcome_of(current) || (current == kUnmarked && mark != kUnmarked);
}

}  // namespace weir
