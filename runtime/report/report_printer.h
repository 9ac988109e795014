#pragma once

#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"
#include "graph/flow/api/report.h"
#include "graph/text/mask.h"

namespace weir::cli {

/// The settings of the closing report.
struct ReportStyle {
  std::string pipeline;      ///< The pipeline's name.
  std::uint64_t memory = 0;  ///< The value of `limits.memory`, in bytes.
  std::size_t width = 100;   ///< Columns; excerpts are cut to fit.
  bool colours = false;
  std::vector<std::string> sources;  ///< The names of the sources.
  std::vector<std::string> sinks;    ///< The names of the sinks.
  bool verbose = false;
  text::Mask mask;  ///< Hides secrets.
};

/// Returns the closing report of a run for standard error, in whole lines.
std::string report_text(const flow::Report& report, const ReportStyle& style);

/// Returns only the failures, for `--quiet`; empty if there are none.
std::string failure_text(const flow::Report& report, const ReportStyle& style);

}  // namespace weir::cli
