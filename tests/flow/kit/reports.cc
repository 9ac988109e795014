#include "tests/flow/kit/reports.h"

#include <numeric>
#include <stdexcept>

namespace weir::flow::test {

std::string status_of(const Report& report) {
  switch (report.status) {
    case RunStatus::ok:
      return "ok";
    case RunStatus::interrupted:
      return "interrupted";
    case RunStatus::failed:
    case RunStatus::stuck:
      break;
  }
  return (report.status == RunStatus::stuck ? "stuck: " : "failed: ") + report.failure.stage +
         ": " + report.failure.kind + ": " + report.failure.message;
}

std::uint64_t count_of(const Report& report, Outcome outcome) {
  return report.outcomes[static_cast<std::size_t>(outcome)];
}

std::uint64_t count_of(const Report& report, Outcome outcome, const std::string& reason) {
  const auto& reasons = report.reasons[static_cast<std::size_t>(outcome)];
  const auto found = reasons.find(reason);
  return found == reasons.end() ? 0 : found->second;
}

bool sums_up(const Report& report) {
  return report.failure.kind != "accounting" &&
         std::accumulate(report.outcomes.begin(), report.outcomes.end(), std::uint64_t{0}) ==
             report.read;
}

std::array<std::uint64_t, kOutcomes> outcomes_up_to_take(const Report& report) {
  std::array<std::uint64_t, kOutcomes> outcomes = report.outcomes;
  outcomes[static_cast<std::size_t>(Outcome::filtered)] -=
      count_of(report, Outcome::filtered, "after_take");
  return outcomes;
}

const StageReport& report_of(const Report& report, std::string_view name) {
  for (const StageReport& stage : report.stages) {
    if (stage.name == name) return stage;
  }
  throw std::out_of_range(std::string(name));
}

std::uint64_t errors_of(const Report& report, std::string_view stage, const std::string& kind) {
  const auto& errors = report_of(report, stage).errors;
  const auto found = errors.find(kind);
  return found == errors.end() ? 0 : found->second;
}

std::uint64_t errors_of(const Report& report) {
  std::uint64_t sum = 0;
  for (const StageReport& stage : report.stages) {
    for (const auto& [kind, count] : stage.errors) sum += count;
  }
  return sum;
}

}  // namespace weir::flow::test
