#include "runtime/report_printer.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "runtime/call_table.h"
#include "runtime/console.h"
#include "runtime/figures.h"
#include "runtime/place.h"
#include "runtime/table.h"

namespace weir {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

std::uint64_t sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t all, const auto& one) { return all + one.second; });
}

/// "errors 12, take 3", largest first, without those that are 0.
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

std::size_t index_of(Outcome outcome) { return static_cast<std::size_t>(outcome); }

std::string place_of(const ErrorSample& sample) {
  return place(sample.part, sample.origin.position);
}

/// Shorter holds are no news.
constexpr double kLongHold = 0.1;

class ReportPrinter {
 public:
  ReportPrinter(const Report& report, const ReportStyle& style) : report_(report), style_(style) {}

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
    line(paint(Tone::strong, style_.pipeline) + ": " + paint(tone, word) + " in " +
         shown_seconds(report_.seconds) + " on " +
         counted(static_cast<std::uint64_t>(report_.threads), "thread"));
  }

  void totals() {
    Table table({Align::left, Align::right, Align::left});
    table.indent(2);
    const double seconds = std::max(report_.seconds, 1e-9);
    std::string rates = shown_rate(static_cast<double>(report_.read) / seconds) + " records/s";
    if (report_.bytes_read > 0) {  // A source may make records that have no text.
      rates += ", " + shown_byte_rate(static_cast<double>(report_.bytes_read) / seconds);
    }
    table.row({"read", grouped(report_.read), rates});
    static constexpr Outcome kShown[] = {
        Outcome::delivered,     Outcome::filtered, Outcome::aggregated, Outcome::skipped,
        Outcome::dead_lettered, Outcome::shed,     Outcome::abandoned};
    for (const Outcome outcome : kShown) {
      const std::uint64_t count = report_.outcomes[index_of(outcome)];
      if (count == 0 && outcome != Outcome::delivered) continue;
      table.row({kOutcomeNames[index_of(outcome)], grouped(count), reasons(outcome)});
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
    text_ += table.text();
  }

  std::string reasons(Outcome outcome) const {
    if (outcome != Outcome::delivered) return listed(report_.reasons[index_of(outcome)]);
    const std::uint64_t origins = report_.outcomes[index_of(outcome)];
    if (report_.delivered == origins) return "";
    return counted(report_.delivered, "record") + " written";
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
    for (const StageReport& stage : report_.stages) {
      const std::string errors = listed(stage.errors);
      const std::string counters = listed(stage.counters);
      std::string notes = errors.empty() ? "" : paint(Tone::warn, errors);
      if (!errors.empty() && !counters.empty()) notes += "; ";
      notes += counters;
      // Calls that wait take no thread's time.
      const std::string share =
          stage.calls && stage.calls->workers > 0 ? "" : shown_share(stage.busy_seconds / all);
      table.row({stage.name, stage.type == stage.name ? "" : stage.type,
                 is_source(stage.name) ? "" : grouped(stage.in), grouped(stage.out),
                 shown_seconds(stage.busy_seconds), share, notes});
      inputs(stage, table);
    }
    text_ += "\n" + table.text();
  }

  /// What came by each input of a merge, under the stage's own row.
  static void inputs(const StageReport& stage, Table& table) {
    for (const InputReport& input : by_name(stage.inputs)) {
      const std::string idled =
          input.idled == 0 ? "" : "silent " + counted(input.idled, "time") + ", not waited for";
      table.row({"  from " + input.from, kInputStateNames[static_cast<std::size_t>(input.state)],
                 grouped(input.records), "", "", "", idled});
    }
  }

  /// The passes of a loop are one input to people: it lives as long as any of them.
  static std::vector<InputReport> by_name(const std::vector<InputReport>& inputs) {
    std::vector<InputReport> merged;
    for (const InputReport& input : inputs) {
      const auto same = std::ranges::find(merged, input.from, &InputReport::from);
      if (same == merged.end()) {
        merged.push_back(input);
        continue;
      }
      same->records += input.records;
      same->idled += input.idled;
      same->state = std::min(same->state, input.state);
    }
    return merged;
  }

  /// How the stages fared that are called record by record, and what held all others.
  void calls() {
    if (const std::string table = call_table(report_, style_.colours); !table.empty()) {
      text_ += "\n" + table;
    }
    std::string notes = call_advice(report_);
    const HeadOfLine& hold = report_.longest_hold;
    const double share = report_.seconds > 0 ? hold.seconds / report_.seconds : 0;
    if (!hold.stage.empty() && hold.seconds >= kLongHold && share >= 0.1) {
      notes += "  longest hold: " + hold_text(hold) + "\n";
    }
    if (!notes.empty()) text_ += "\n" + notes;
  }

  void sample(const ErrorSample& one, const std::string& indent) {
    line(indent + place_of(one));
    if (one.excerpt.empty()) return;
    const std::size_t room = std::max<std::size_t>(style_.width, indent.size() + 20);
    line(indent + paint(Tone::faint, one_line(one.excerpt, room - indent.size())));
  }

  /// Whether the failure below says all that a sample would.
  bool is_failure(const ErrorSample& one) const {
    const bool failed = report_.status == RunStatus::failed;
    return failed && one.stage == report_.failure.stage && one.origin == report_.failure.origin;
  }

  void samples() {
    if (report_.samples.empty()) return;
    if (report_.samples.size() == 1 && is_failure(report_.samples.front())) return;
    std::uint64_t errors = 0;
    for (const StageReport& stage : report_.stages) errors += sum(stage.errors);
    const bool all = errors <= report_.samples.size();
    line("\n  " + (all ? counted(errors, "error")
                       : "first " + grouped(report_.samples.size()) + " of " +
                             counted(errors, "error") + "; --errors FILE writes all"));
    for (const ErrorSample& one : report_.samples) {
      line("  " + paint(Tone::warn, one.stage + ": " + one.kind) + ": " + one.message);
      sample(one, "    ");
    }
  }

  void failure() {
    const bool broken = report_.status == RunStatus::failed || report_.status == RunStatus::stuck;
    if (broken) {
      const ErrorSample& why = report_.failure;
      const std::string word = report_.status == RunStatus::stuck ? "stuck" : "failed";
      std::string at = why.stage.empty() ? word : word + " at '" + why.stage + "'";
      const std::string kind = why.kind.empty() ? "" : why.kind + ": ";
      if (!text_.empty()) text_ += "\n";
      line(paint(Tone::bad, at) + ": " + kind + why.message);
      if (errors_of(why.stage) > 0) sample(why, "  ");
    }
    if (report_.status == RunStatus::interrupted) {
      if (!text_.empty()) text_ += "\n";
      line(paint(Tone::warn, "interrupted") + " by " +
           (report_.signal == 15 ? "SIGTERM" : "SIGINT"));
    }
    if (const HeadOfLine& last = report_.held_the_end; !last.stage.empty()) {
      line("  gave up waiting: " + hold_text(last));
    }
    if (report_.hung && text_.find("came back\n") == text_.npos) {
      line("  a call never came back: its thread was left behind");
    }
    if (!report_.leftover.empty()) {
      line("  the unfinished output is " + paint(Tone::strong, report_.leftover));
    }
  }

  std::uint64_t errors_of(const std::string& name) const {
    for (const StageReport& stage : report_.stages) {
      if (stage.name == name) return sum(stage.errors);
    }
    return 0;
  }

  /// Neither a source nor a sink: those that end fail for good.
  bool is_between(const std::string& name) const { return !is_source(name) && !is_sink(name); }

  void advice() {
    const std::string& stage = report_.failure.stage;
    if (report_.status == RunStatus::failed && is_between(stage) && errors_of(stage) > 0) {
      line("  " + grouped(errors_of(stage)) + " of " + grouped(report_.read) + " failed at '" +
           stage + "'; to go on past them, rerun with 'on_error: skip' on that stage");
    }
    if (report_.status == RunStatus::ok && report_.delivered == 0 && report_.read > 0) {
      std::string where;
      std::uint64_t most = 0;
      for (std::size_t i = 0; i < kOutcomes; ++i) {
        for (const auto& [name, count] : report_.reasons[i]) {
          if (count <= most) continue;
          most = count;
          where = ": " + grouped(count) + " ended as " + kOutcomeNames[i] + " at '" + name + "'";
        }
      }
      line(paint(Tone::warn, "warning") + ": nothing was delivered" + where);
    }
  }

  const Report& report_;
  const ReportStyle& style_;
  std::string text_;
};

}  // namespace

std::string report_text(const Report& report, const ReportStyle& style) {
  return ReportPrinter(report, style).whole();
}

std::string failure_text(const Report& report, const ReportStyle& style) {
  return ReportPrinter(report, style).only_failure();
}

}  // namespace weir
