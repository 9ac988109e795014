#pragma once

#include <string>

#include "graph/flow/api/report.h"

namespace weir::cli {

/// Returns the table of calls, with a row for each stage that is called record by record, and only
/// the columns that contain something. Empty if there is no such stage.
std::string call_table(const flow::Report& report, bool colours, std::size_t width);

/// Returns lines of conclusions from these figures: records that ran out of time, workers that were
/// always busy, calls that never came back.
std::string call_advice(const flow::Report& report);

}  // namespace weir::cli
