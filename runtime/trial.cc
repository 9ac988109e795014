#include "runtime/trial.h"

#include <algorithm>
#include <utility>

#include "graph/text/utf8.h"
#include "runtime/console.h"
#include "runtime/figures.h"
#include "runtime/record_text.h"

namespace weir {
namespace {

/// What one cell may take of the screen.
constexpr std::size_t kMostLines = 6;

/// Takes off `text` what fits into `width` columns, or stands before a line break.
std::string_view take_line(std::string_view& text, std::size_t width) {
  std::size_t size = 0;
  for (std::size_t columns = 0; size < text.size() && text[size] != '\n';) {
    const Glyph glyph = glyph_at(text, size);
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

/// Two texts beside each other behind a label.
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

Trial::Trial(const Plan& plan, std::size_t records)
    : plan_(plan), records_(records), cells_(plan.stages.size()) {
  bool fields = false;
  for (const PlannedStage& stage : plan.stages) {
    if (stage.type->kinds) {
      const Kinds kinds = stage.type->kinds(stage.options.get());
      if (kinds.gives_fields || kinds.changes_fields) fields = true;
      if (kinds.gives_text || kinds.drops_fields) fields = false;
    }
    shows_fields_.push_back(fields);
  }
}

Trial::Key Trial::key_of(const Record& record) {
  const bool made = record.data().root == detail::kNoRoot;
  return {made, made ? Origin() : record.origin()};
}

bool Trial::watched(std::size_t stage, const Key& key) const {
  if (key.first || cells_.front().contains(key)) return true;
  return stage == 0 && cells_.front().size() < records_;
}

void Trial::after(std::size_t stage, Record& record) {
  const Key key = key_of(record);
  if (!watched(stage, key)) return;
  Cell& cell = cells_[stage][key];
  cell.records.push_back(record_text(record, shows_fields_[stage]));
}

void Trial::ended(std::size_t stage, const Record& record, std::string_view how) {
  const Key key = key_of(record);
  if (!watched(stage, key)) return;
  Cell& cell = cells_[stage][key];
  cell.ending = "(" + std::string(how);
  if (const detail::Extra* extra = record.data().extra;
      extra && record.data().state == detail::RecordState::failed) {
    cell.ending += ": " + std::string(extra->error.kind) + ": " + std::string(extra->error.message);
  }
  cell.ending += ")";
}

std::string Trial::block(std::size_t stage, std::size_t width, bool colours) const {
  const PlannedStage& planned = plan_.stages[stage];
  const bool sink = plan_.is_sink(static_cast<int>(stage));
  const std::size_t column = (std::max<std::size_t>(width, 40) - 9) / 2;
  std::string text = painted(colours, Tone::strong, planned.name);
  if (planned.name != planned.type->name) text += " (" + planned.type->name + ")";
  text += "\n";
  const Cells& before = cells_[stage - 1];
  Cells rows = cells_[stage];  // Also of records that this stage made: nothing stands before.
  for (const auto& [key, cell] : before) {
    if (!cell.records.empty()) rows.try_emplace(key);
  }
  std::size_t number = 0;
  for (const auto& [key, cell] : rows) {
    const std::string label = key.first ? "made" : std::to_string(++number);
    const auto came = before.find(key);
    const std::string left = came == before.end() ? "" : joined(came->second.records);
    std::string right = joined(cell.records);
    if (cell.records.empty()) right = sink ? "(not written)" : cell.ending;
    text += side_by_side(label, left, right, column);
  }
  if (rows.empty()) text += "      no record came here\n";
  return text;
}

std::string Trial::text(std::size_t width, bool colours) const {
  std::string text;
  for (std::size_t stage = 1; stage < plan_.stages.size(); ++stage) {
    text += (text.empty() ? "" : "\n") + block(stage, width, colours);
  }
  return text;
}

}  // namespace weir
