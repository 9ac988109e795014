#include "runtime/commands/trial.h"

#include <algorithm>
#include <utility>

#include "graph/text/utf8.h"
#include "runtime/commands/unasked.h"
#include "runtime/explain/plan_names.h"
#include "runtime/report/record_text.h"
#include "runtime/terminal/console.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// The most lines of a cell.
constexpr std::size_t kMostLines = 6;

/// Takes from the front of `text` as much as fits into `width` columns, or stands before a line
/// break.
std::string_view take_line(std::string_view& text, std::size_t width) {
  std::size_t size = 0;
  for (std::size_t columns = 0; size < text.size() && text[size] != '\n';) {
    const text::Glyph glyph = text::glyph_at(text, size);
    columns += static_cast<std::size_t>(glyph.width);
    if (columns > width && size > 0) break;
    size += glyph.size;
  }
  const std::string_view line = text.substr(0, size);
  text.remove_prefix(size);
  if (text.starts_with('\n')) text.remove_prefix(1);
  return line;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::string line(take_line(text, width));
    const bool last = lines.size() + 1 == kMostLines;
    if (last && !text.empty()) line = one_line(line + std::string(width, ' '), width);
    lines.push_back(std::move(line));
    if (last) break;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "\n") + part;
  return text;
}

/// Returns two texts side by side after a label.
std::string side_by_side(const std::string& label, const std::string& left,
                         const std::string& right, std::size_t column) {
  const std::vector<std::string> lefts = wrapped(left, column);
  const std::vector<std::string> rights = wrapped(right, column);
  std::string text;
  for (std::size_t i = 0; i < std::max({lefts.size(), rights.size(), std::size_t{1}}); ++i) {
    std::string line = pad_left(i == 0 ? label : "", 4) + "  ";
    line += pad_right(i < lefts.size() ? lefts[i] : "", column) + " | ";
    if (i < rights.size()) line += rights[i];
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

Trial::Trial(const compile::Plan& plan, std::size_t records)
    : plan_(plan),
      records_(records),
      reads_(plan.stages.size()),
      enters_with_fields_(plan.stages.size()),
      leaves_with_fields_(plan.stages.size()),
      cells_(plan.stages.size()) {
  for (const StageId i : plan.stages.ids()) {
    find_reads(i);
    find_fields(i);
  }
}

void Trial::find_reads(StageId stage) {
  const compile::Region& region = plan_.regions[plan_.stages[stage].region];
  std::vector<Reads>& reads = reads_[written(plan_, stage)];
  if (stage > region.first) {
    reads.push_back({written(plan_, stage - 1), 0, false});
  } else {
    const std::vector<Feeder> all = feeders(plan_, region);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].port) {
        reads.push_back({written(plan_, all[i].stage), *all[i].port, false});
      } else {
        find_letters(stage, plan_.regions[region.inputs[i]]);
      }
    }
  }
  std::ranges::sort(reads);
  reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
}

void Trial::find_letters(StageId to, const compile::Region& above) {
  for (const StageId from : above.stages()) {
    const compile::PlannedStage& stage = plan_.stages[from];
    if (stage.on_error.to == to || stage.call.on_deadline.to == to) {
      reads_[to].push_back({written(plan_, from), 0, true});
    }
  }
}

/// Stages come after those that they read in the plan, so the answers for those are known.
void Trial::find_fields(StageId stage) {
  const StageId at = written(plan_, stage);
  for (const Reads& read : reads_[at]) {
    if (read.letters ? enters_with_fields_[read.from] : leaves_with_fields_[read.from]) {
      enters_with_fields_[at] = true;
    }
  }
  const compile::PlannedStage& planned = plan_.stages[stage];
  bool fields = enters_with_fields_[at];
  if (planned.type->kinds) {
    const Kinds kinds = planned.type->kinds(planned.options.get());
    if (kinds.gives_fields || kinds.changes_fields) fields = true;
    if (kinds.gives_text || kinds.drops_fields) fields = false;
  }
  leaves_with_fields_[at] = fields;
}

Trial::Key Trial::key_of(const Record& record) {
  const bool made = record.data().root == detail::kNoRoot;
  return {made, made ? Origin() : record.origin()};
}

bool Trial::watched(StageId stage, const Key& key) const {
  if (key.first) return true;
  const StageId source = plan_.sources[compile::SourceId(key.second.source)];
  if (cells_[source].contains(key)) return true;
  if (stage != source) return false;
  const auto same = [&](const auto& cell) { return !cell.first.first; };
  return static_cast<std::size_t>(std::ranges::count_if(cells_[source], same)) < records_;
}

void Trial::after(StageId stage, Record& record) {
  const Key key = key_of(record);
  if (!watched(stage, key)) return;
  const StageId shown = written(plan_, stage);
  Cell& cell = cells_[shown][key];
  const std::size_t port = plan_.stages[stage].ports.size() > 1 ? record.data().port : 0;
  cell.records.push_back({port, plan_.mask(record_text(record, leaves_with_fields_[shown]))});
}

/// Returns the stage that takes the dead letter.
std::optional<StageId> Trial::letter_target(StageId stage, const Record& record) const {
  const compile::PlannedStage& planned = plan_.stages[stage];
  const detail::Extra* extra = record.data().extra;
  const bool late = extra && extra->error.kind == "deadline";
  return late ? planned.call.on_deadline.to : planned.on_error.to;
}

void Trial::ended(StageId stage, const Record& record, std::string_view how) {
  const Key key = key_of(record);
  if (!watched(stage, key)) return;
  const StageId shown = written(plan_, stage);
  Cell& cell = cells_[shown][key];
  cell.ending = "(" + std::string(how);
  if (const detail::Extra* extra = record.data().extra;
      extra && record.data().state == detail::RecordState::failed) {
    const detail::ErrorSlot& error = extra->error;
    const std::string message = shown_text(plan_.mask(error.message));
    if (error.kind == kUnasked) {
      cell.ending = "(would ask: " + message;
    } else {
      cell.ending += ": " + shown_text(plan_.mask(error.kind)) + ": " + message;
    }
  }
  cell.ending += ")";
  if (how == flow::kOutcomeNames[static_cast<std::size_t>(flow::Outcome::dead_lettered)]) {
    cell.letters.push_back({letter_target(stage, record),
                            plan_.mask(record_text(record, enters_with_fields_[shown]))});
  }
}

/// Returns the records of `key` as they came to the stage.
std::vector<std::string> Trial::came(StageId stage, const Key& key) const {
  std::vector<std::string> texts;
  for (const Reads& read : reads_[stage]) {
    const Cells& cells = cells_[read.from];
    const auto cell = cells.find(key);
    if (cell == cells.end()) continue;
    if (read.letters) {
      for (const Letter& letter : cell->second.letters) {
        if (letter.to == stage) texts.push_back(letter.text);
      }
      continue;
    }
    for (const Left& left : cell->second.records) {
      if (left.port == read.port) texts.push_back(left.text);
    }
  }
  return texts;
}

std::string Trial::block(StageId stage, std::size_t width, bool colours) const {
  const compile::PlannedStage& planned = plan_.stages[stage];
  const std::size_t column = (std::max<std::size_t>(width, 40) - 9) / 2;
  std::string text = painted(colours, Tone::strong, planned.name);
  if (planned.name != planned.type->name) text += " (" + planned.type->name + ")";
  text += "\n";
  // The rows include records that this stage made, before which there is nothing.
  Cells rows = cells_[stage];
  for (const Reads& read : reads_[stage]) {
    for (const auto& [key, cell] : cells_[read.from]) {
      if (!came(stage, key).empty()) rows.try_emplace(key);
    }
  }
  std::size_t number = 0;
  for (const auto& [key, cell] : rows) {
    const std::string label = key.first ? "made" : std::to_string(++number);
    std::vector<std::string> left;
    for (const Left& record : cell.records) left.push_back(record.text);
    std::string right = joined(left);
    if (left.empty()) right = plan_.is_sink(stage) ? "(not written)" : cell.ending;
    text += side_by_side(label, joined(came(stage, key)), right, column);
  }
  if (rows.empty()) text += "      no record came here\n";
  return text;
}

std::string Trial::text(std::size_t width, bool colours) const {
  std::string text;
  for (const StageId stage : stages_in_file_order(plan_)) {
    if (plan_.stages[stage].type->role == Role::source) continue;
    text += (text.empty() ? "" : "\n") + block(stage, width, colours);
  }
  return text;
}

}  // namespace weir::cli
