#include "runtime/report/call_table.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/terminal/figures.h"
#include "runtime/terminal/table.h"

namespace weir::cli {
namespace {

std::string number(std::uint64_t count) { return count == 0 ? "" : grouped(count); }
std::string time(double seconds) { return seconds > 0 ? shown_seconds(seconds) : ""; }

/// A column of the table of calls.
struct Column {
  const char* title;
  std::string (*cell)(const flow::CallReport& calls);  ///< Empty: nothing to show.
};

constexpr Column kColumns[] = {
    {"workers",
     [](const flow::CallReport& c) { return number(static_cast<std::uint64_t>(c.workers)); }},
    {"at once",
     [](const flow::CallReport& c) { return number(static_cast<std::uint64_t>(c.peak_workers)); }},
    {"attempts", [](const flow::CallReport& c) { return number(c.attempts); }},
    {"retries", [](const flow::CallReport& c) { return number(c.retries); }},
    {"hedges", [](const flow::CallReport& c) { return number(c.hedges); }},
    {"won", [](const flow::CallReport& c) { return number(c.hedges_won); }},
    {"late", [](const flow::CallReport& c) { return number(c.late); }},
    {"written off", [](const flow::CallReport& c) { return number(c.written_off); }},
    {"shed", [](const flow::CallReport& c) { return number(c.shed); }},
    {"evicted", [](const flow::CallReport& c) { return number(c.evicted); }},
    {"p50", [](const flow::CallReport& c) { return time(c.p50); }},
    {"p99", [](const flow::CallReport& c) { return time(c.p99); }}};

/// Returns whether the stage was called at all; a chain of dead letters may have no work.
bool was_called(const flow::StageReport& stage) {
  return stage.calls && std::ranges::any_of(kColumns, [&](const Column& column) {
           return !column.cell(*stage.calls).empty();
         });
}

std::uint64_t errors_of_kind(const flow::StageReport& stage, const char* kind) {
  const auto found = stage.errors.find(kind);
  return found == stage.errors.end() ? 0 : found->second;
}

/// Reports errors of one kind from a tenth of the records on; fewer show no pattern.
std::string out_of_time(const flow::StageReport& stage, const char* kind, const char* what) {
  const std::uint64_t errors = errors_of_kind(stage, kind);
  if (errors == 0 || errors * 10 < stage.in) return {};
  std::string text = "  " + grouped(errors) + " of " + counted(stage.in, "record") + " of '" +
                     stage.name + "' " + what;
  if (stage.calls->p99 > 0)
    text += "; its good calls take up to " + shown_seconds(stage.calls->p99);
  return text + "\n";
}

/// Reports that all workers were busy nearly all of the time, so that more of them would be faster.
std::string bound_by_workers(const flow::StageReport& stage, double seconds) {
  const int workers = stage.calls->workers;
  if (seconds < 1 || workers < 1 || stage.calls->peak_workers < workers) return {};
  if (stage.busy_seconds < 0.9 * seconds * workers) return {};
  return "  bound by the " + counted(static_cast<std::uint64_t>(workers), "worker") + " of '" +
         stage.name + "'\n";
}

std::string never_came_back(const flow::StageReport& stage) {
  const flow::CallReport& calls = *stage.calls;
  if (calls.written_off == 0) return {};
  // A call that came back late may be one of those that were written off.
  if (calls.written_off > 1 && calls.late > 0) {
    return "  of " + grouped(calls.written_off) + " calls of '" + stage.name +
           "' that were given up not all came back\n";
  }
  return "  " + counted(calls.written_off, "call") + " of '" + stage.name + "' never came back\n";
}

}  // namespace

std::string call_table(const flow::Report& report, bool colours, std::size_t width) {
  std::vector<const flow::StageReport*> called;
  for (const flow::StageReport& stage : report.stages) {
    if (was_called(stage)) called.push_back(&stage);
  }
  if (called.empty()) return {};
  std::vector<Align> aligns = {Align::left};
  std::vector<std::string> head = {"calls"};
  std::vector<std::vector<std::string>> rows;
  for (const flow::StageReport* stage : called) rows.push_back({stage->name});
  for (const Column& column : kColumns) {
    const auto holds = [&](const flow::StageReport* stage) {
      return !column.cell(*stage->calls).empty();
    };
    if (std::ranges::none_of(called, holds)) continue;
    aligns.push_back(Align::right);
    head.emplace_back(column.title);
    for (std::size_t i = 0; i < called.size(); ++i)
      rows[i].push_back(column.cell(*called[i]->calls));
  }
  Table table(std::move(aligns));
  table.indent(2);
  table.head(std::move(head), colours);
  for (auto& row : rows) table.row(std::move(row));
  return table.text(width);
}

std::string call_advice(const flow::Report& report) {
  std::string text;
  for (const flow::StageReport& stage : report.stages) {
    if (!stage.calls) continue;
    text += out_of_time(stage, "deadline", "passed their deadline");
    text += out_of_time(stage, "timeout", "timed out");
    text += bound_by_workers(stage, report.seconds);
    if (report.hung) text += never_came_back(stage);
  }
  return text;
}

}  // namespace weir::cli
