#include "runtime/report/report_printer.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "runtime/report/call_table.h"
#include "runtime/report/place.h"
#include "runtime/terminal/console.h"
#include "runtime/terminal/figures.h"
#include "runtime/terminal/shown.h"
#include "runtime/terminal/table.h"

namespace weir::cli {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

std::uint64_t sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t all, const auto& one) { return all + one.second; });
}

/// Returns "errors 12, take 3": largest first, without zeros.
std::string listed(const Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::erase_if(sorted, [](const auto& c) { return c.second == 0; });
  std::ranges::stable_sort(sorted, std::ranges::greater(), [](const auto& c) { return c.second; });
  std::string text;
  for (const auto& [name, count] : sorted) {
    text += (text.empty() ? "" : ", ") + name + " " + grouped(count);
  }
  return text;
}

std::size_t index_of(flow::Outcome outcome) { return static_cast<std::size_t>(outcome); }

/// Shorter holds are not reported, in seconds.
constexpr double kLongHold = 0.1;

/// Writes the closing report, section by section.
class ReportPrinter {
 public:
  ReportPrinter(const flow::Report& report, const ReportStyle& style)
      : report_(shown(report, style.mask)), style_(style) {}

  std::string whole() {
    head();
    totals();
    stages();
    calls();
    samples();
    failure();
    advice();
    return std::move(text_);
  }

  std::string only_failure() {
    failure();
    return std::move(text_);
  }

 private:
  std::string paint(Tone tone, std::string_view text) const {
    return painted(style_.colours, tone, text);
  }
  void line(std::string text) { text_ += std::move(text) + "\n"; }

  void head() {
    static constexpr std::pair<std::string_view, Tone> kWords[] = {{"ok", Tone::good},
                                                                   {"failed", Tone::bad},
                                                                   {"interrupted", Tone::warn},
                                                                   {"stuck", Tone::bad}};
    const auto& [word, tone] = kWords[static_cast<std::size_t>(report_.status)];
    line(paint(Tone::strong, shown_text(style_.pipeline)) + ": " + paint(tone, word) + " in " +
         shown_seconds(report_.seconds) + " on " +
         counted(static_cast<std::uint64_t>(report_.threads), "thread"));
  }

  void totals() {
    Table table({Align::left, Align::right, Align::left});
    table.indent(2);
    const double seconds = std::max(report_.seconds, 1e-9);
    std::string rates = shown_rate(static_cast<double>(report_.read) / seconds) + " records/s";
    if (report_.bytes_read > 0) {  // A source may make records without text.
      rates += ", " + shown_byte_rate(static_cast<double>(report_.bytes_read) / seconds);
    }
    table.row({"read", grouped(report_.read), rates});
    static constexpr flow::Outcome kShown[] = {
        flow::Outcome::delivered, flow::Outcome::filtered,      flow::Outcome::aggregated,
        flow::Outcome::skipped,   flow::Outcome::dead_lettered, flow::Outcome::shed,
        flow::Outcome::abandoned};
    for (const flow::Outcome outcome : kShown) {
      const std::uint64_t count = report_.outcomes[index_of(outcome)];
      if (count == 0 && outcome != flow::Outcome::delivered) continue;
      table.row({flow::kOutcomeNames[index_of(outcome)], grouped(count), reasons(outcome)});
    }
    if (report_.kept > 0) {
      table.row({"kept", grouped(report_.kept), "errors that went on as records"});
    }
    table.row(
        {"peak", grouped(report_.peak_records),
         "in flight, " + shown_bytes(report_.peak_memory) + " of " + shown_bytes(style_.memory)});
    if (style_.verbose || report_.finished_at_head > 0) {
      table.row({"batches", grouped(report_.batches),
                 grouped(report_.finished_at_head) + " finished singly for want of memory"});
    }
    text_ += table.text(style_.width);
  }

  std::string reasons(flow::Outcome outcome) const {
    if (outcome != flow::Outcome::delivered) return listed(report_.reasons[index_of(outcome)]);
    const std::uint64_t origins = report_.outcomes[index_of(outcome)];
    if (report_.delivered == origins) return "";
    std::string text = counted(report_.delivered, "record") + " written";
    if (report_.made > 0) text += ", " + grouped(report_.made) + " made by stages";
    return text;
  }

  bool is_source(const std::string& name) const {
    return std::ranges::find(style_.sources, name) != style_.sources.end();
  }
  bool is_sink(const std::string& name) const {
    return std::ranges::find(style_.sinks, name) != style_.sinks.end();
  }

  void stages() {
    if (report_.stages.empty()) return;
    Table table({Align::left, Align::left, Align::right, Align::right, Align::right, Align::right,
                 Align::left});
    table.indent(2);
    table.head({"stage", "type", "in", "out", "busy", "", "errors"}, style_.colours);
    const double all = std::max(report_.seconds * std::max(report_.threads, 1), 1e-9);
    for (const flow::StageReport& stage : report_.stages) {
      const std::string errors = listed(stage.errors);
      const std::string counters = listed(stage.counters);
      std::string notes = errors.empty() ? "" : paint(Tone::warn, errors);
      if (!errors.empty() && !counters.empty()) notes += "; ";
      notes += counters;
      // Calls that wait occupy no thread, so they have no share.
      const std::string share =
          stage.calls && stage.calls->workers > 0 ? "" : shown_share(stage.busy_seconds / all);
      table.row({stage.name, stage.type == stage.name ? "" : stage.type,
                 is_source(stage.name) ? "" : grouped(stage.in), grouped(stage.out),
                 shown_seconds(stage.busy_seconds), share, notes});
      inputs(stage, table);
    }
    text_ += "\n" + table.text(style_.width);
  }

  /// Adds a row for each input of a merge below the stage's own row.
  static void inputs(const flow::StageReport& stage, Table& table) {
    for (const flow::InputReport& input : by_name(stage.inputs)) {
      std::string notes = input.won ? "first " + counted(*input.won, "time") : "";
      if (input.idled > 0)
        notes += (notes.empty() ? "silent " : "; silent ") + counted(input.idled, "time") +
                 ", not waited for";
      table.row({"  from " + input.from,
                 flow::kInputStateNames[static_cast<std::size_t>(input.state)],
                 grouped(input.records), "", "", "", notes});
    }
  }

  /// Combines the passes of a loop into one input, as people see it; it is open as long as any of
  /// them is.
  static std::vector<flow::InputReport> by_name(const std::vector<flow::InputReport>& inputs) {
    std::vector<flow::InputReport> merged;
    for (const flow::InputReport& input : inputs) {
      const auto same = std::ranges::find(merged, input.from, &flow::InputReport::from);
      if (same == merged.end()) {
        merged.push_back(input);
        continue;
      }
      same->records += input.records;
      same->idled += input.idled;
      if (same->won && input.won) *same->won += *input.won;
      same->state = std::min(same->state, input.state);
    }
    return merged;
  }

  /// Adds the table of calls, and what held all others.
  void calls() {
    if (const std::string table = call_table(report_, style_.colours, style_.width);
        !table.empty()) {
      text_ += "\n" + table;
    }
    std::string notes = call_advice(report_);
    const flow::HeadOfLine& hold = report_.longest_hold;
    const double share = report_.seconds > 0 ? hold.seconds / report_.seconds : 0;
    if (!hold.stage.empty() && hold.seconds >= kLongHold && share >= 0.1) {
      notes += "  longest hold: " + hold_text(hold, style_.mask) + "\n";
    }
    if (!notes.empty()) text_ += "\n" + notes;
  }

  void sample(const flow::ErrorSample& one, const std::string& indent) {
    line(indent + place(one.part, one.origin.position, style_.mask, one.line));
    if (one.excerpt.empty()) return;
    const std::size_t room = std::max<std::size_t>(style_.width, indent.size() + 20);
    line(indent + paint(Tone::faint, one_line(one.excerpt, room - indent.size())));
  }

  /// Returns whether the failure below contains all that a sample would show.
  bool is_failure(const flow::ErrorSample& one) const {
    const bool failed = report_.status == flow::RunStatus::failed;
    return failed && one.stage == report_.failure.stage && one.origin == report_.failure.origin;
  }

  void samples() {
    if (report_.samples.empty()) return;
    if (report_.samples.size() == 1 && is_failure(report_.samples.front())) return;
    std::uint64_t errors = 0;
    for (const flow::StageReport& stage : report_.stages) errors += sum(stage.errors);
    const bool all = errors <= report_.samples.size();
    line("\n  " + (all ? counted(errors, "error")
                       : "first " + grouped(report_.samples.size()) + " of " +
                             counted(errors, "error") + "; --errors FILE writes all"));
    for (const flow::ErrorSample& one : report_.samples) {
      line("  " + paint(Tone::warn, one.stage + ": " + one.kind) + ": " + one.message);
      sample(one, "    ");
    }
  }

  void failure() {
    const bool broken =
        report_.status == flow::RunStatus::failed || report_.status == flow::RunStatus::stuck;
    if (broken) {
      const flow::ErrorSample& why = report_.failure;
      const std::string word = report_.status == flow::RunStatus::stuck ? "stuck" : "failed";
      std::string at = why.stage.empty() ? word : word + " at '" + why.stage + "'";
      const std::string kind = why.kind.empty() ? "" : why.kind + ": ";
      if (!text_.empty()) text_ += "\n";
      line(paint(Tone::bad, at) + ": " + kind + why.message);
      if (errors_of(why.stage) > 0) sample(why, "  ");
    }
    if (report_.status == flow::RunStatus::interrupted) {
      if (!text_.empty()) text_ += "\n";
      line(paint(Tone::warn, "interrupted") + " by " + signal_name(report_.signal));
    }
    if (const flow::HeadOfLine& last = report_.held_the_end; !last.stage.empty()) {
      line("  gave up waiting: " + hold_text(last, style_.mask));
    }
    if (report_.hung && text_.find("came back\n") == text_.npos) {
      line("  a call never came back: its thread was left behind");
    }
    if (!report_.leftover.empty()) {
      line("  the unfinished output is " + paint(Tone::strong, report_.leftover));
    }
  }

  std::uint64_t errors_of(const std::string& name) const {
    for (const flow::StageReport& stage : report_.stages) {
      if (stage.name == name) return sum(stage.errors);
    }
    return 0;
  }

  /// Returns whether the stage is neither a source nor a sink. Skipping records is no remedy if one
  /// of those fails.
  bool is_between(const std::string& name) const { return !is_source(name) && !is_sink(name); }

  void advice() {
    const std::string& stage = report_.failure.stage;
    if (report_.status == flow::RunStatus::failed && is_between(stage) && errors_of(stage) > 0) {
      line("  " + grouped(errors_of(stage)) + " of " + grouped(report_.read) + " failed at '" +
           stage + "'; to go on past them, rerun with 'on_error: skip' on that stage");
    }
    if (report_.status == flow::RunStatus::ok && report_.delivered == 0 && report_.read > 0) {
      std::string where;
      std::uint64_t most = 0;
      for (std::size_t i = 0; i < flow::kOutcomes; ++i) {
        for (const auto& [name, count] : report_.reasons[i]) {
          if (count <= most) continue;
          most = count;
          where =
              ": " + grouped(count) + " ended as " + flow::kOutcomeNames[i] + " at '" + name + "'";
        }
      }
      line(paint(Tone::warn, "warning") + ": nothing was delivered" + where);
    }
  }

  const flow::Report report_;
  const ReportStyle& style_;
  std::string text_;
};

}  // namespace

std::string report_text(const flow::Report& report, const ReportStyle& style) {
  return ReportPrinter(report, style).whole();
}

std::string failure_text(const flow::Report& report, const ReportStyle& style) {
  return ReportPrinter(report, style).only_failure();
}

}  // namespace weir::cli
