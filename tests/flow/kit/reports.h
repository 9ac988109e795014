#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "graph/flow/api/report.h"

namespace weir::flow::test {

// What tests ask a report.

/// "ok", or why it is not.
std::string status_of(const Report& report);
/// The value of one outcome.
std::uint64_t count_of(const Report& report, Outcome outcome);
/// How many came to it for that reason.
std::uint64_t count_of(const Report& report, Outcome outcome, const std::string& reason);
/// Whether every record that was read has one outcome.
bool sums_up(const Report& report);
/// The outcomes, less those records that were read although a stage had taken all it wanted.
std::array<std::uint64_t, kOutcomes> outcomes_up_to_take(const Report& report);

/// The report of the stage of that name.
const StageReport& report_of(const Report& report, std::string_view name);
/// Errors of a kind at a stage; of all kinds at all stages.
std::uint64_t errors_of(const Report& report, std::string_view stage, const std::string& kind);
std::uint64_t errors_of(const Report& report);

}  // namespace weir::flow::test
