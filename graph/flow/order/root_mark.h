#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "graph/flow/order/ids.h"
#include "graph/flow/order/outcome.h"
#include "weir/detail/record_data.h"

namespace weir::flow {

/// The outcome of an origin and its reason. The outcome is in the upper bits, so that the heavier
/// one is the larger number; the reason (the index of a stage, or one of the constants below) is in
/// the lower ones.
using RootMark = std::uint16_t;
constexpr int kReasonBits = std::numeric_limits<RootMark>::digits - std::bit_width(kOutcomes - 1);
constexpr std::uint16_t kReasonMask = (1u << kReasonBits) - 1;
constexpr std::uint16_t kAfterTake = kReasonMask;
constexpr std::uint16_t kAfterFailure = kReasonMask - 1;
constexpr std::uint16_t kInterrupted = kReasonMask - 2;
constexpr std::uint16_t kNoReason = kReasonMask - 3;
constexpr std::uint16_t kMaxAge = kReasonMask - 4;
constexpr std::uint16_t kReaderGone = kReasonMask - 5;
constexpr std::uint16_t kBlank = kReasonMask - 6;
constexpr std::uint16_t kNotFirst = kReasonMask - 7;
static_assert(compile::kMostStages <= kNotFirst,
              "the reasons that are no stages stand behind all stages");

constexpr RootMark root_mark(Outcome outcome, std::uint16_t reason) {
  return static_cast<RootMark>((static_cast<unsigned>(outcome) << kReasonBits) | reason);
}
constexpr RootMark root_mark(Outcome outcome, StageId stage) {
  return root_mark(outcome, stage.number());
}
/// Returns the mark of a record that ended at `stage` without an error.
constexpr RootMark ended_mark(detail::RecordState state, StageId stage) {
  if (state == detail::RecordState::blank) return root_mark(Outcome::filtered, kBlank);
  const bool aggregated = state == detail::RecordState::aggregated;
  return root_mark(aggregated ? Outcome::aggregated : Outcome::filtered, stage);
}
constexpr Outcome outcome_of(RootMark mark) { return static_cast<Outcome>(mark >> kReasonBits); }
constexpr std::uint16_t reason_of(RootMark mark) { return mark & kReasonMask; }
constexpr RootMark kUnmarked = root_mark(Outcome::filtered, kNoReason);
/// The mark of a record that lost to another one of its origin. What became of that one counts.
constexpr RootMark kLost = root_mark(Outcome::filtered, kNotFirst);

/// Returns whether an origin that is marked `current` becomes `mark`.
constexpr bool outweighs(RootMark mark, RootMark current) {
  return outcome_of(mark) > outcome_of(current) || (current == kUnmarked && mark != kUnmarked) ||
         (current == kLost && mark != kLost && mark != kUnmarked);
}

}  // namespace weir::flow
