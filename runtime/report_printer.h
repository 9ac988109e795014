#pragma once

#include <string>
#include <vector>

#include "graph/flow/report.h"
#include "graph/spec/plan.h"

namespace weir {

/// How the closing report is to look.
struct ReportStyle {
  std::string pipeline;      ///< Its name.
  std::uint64_t memory = 0;  ///< limits.memory.
  std::size_t width = 100;   ///< Columns; excerpts are cut to it.
  bool colours = false;
  std::vector<std::string> sources;  ///< Stages: those that read no records of others,
  std::vector<std::string> sinks;    ///< and those where records end.
  bool verbose = false;
};

/// The closing report of a run, for standard error: whole lines.
std::string report_text(const Report& report, const ReportStyle& style);

/// Only what went wrong, for `--quiet`; empty if nothing did.
std::string failure_text(const Report& report, const ReportStyle& style);

}  // namespace weir
