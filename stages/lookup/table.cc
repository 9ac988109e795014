#include "stages/lookup/table.h"

#include <algorithm>
#include <cstring>

#include "weir/in_quotes.h"
#include "weir/value_text.h"

namespace weir::stages::lookup {

Table::Table(const TableRules& rules, StateBudget& budget)
    : rules_(rules), share_(budget), rows_(share_), keys_(share_), columns_(rules.columns) {
  for (std::size_t i = 0; i < columns_.size(); ++i) number_of_[columns_[i]] = i;
  for (const Comparison& one : rules.by) {
    if (one.kind == Comparison::Kind::equal) {
      ++equals_;
    } else {
      span_ = &one;
      spans_.emplace(one, rules.duplicates, share_, rows_);
    }
    for (const std::string& column : one.columns()) named_.push_back({column});
  }
  for (const std::string& column : rules.columns) named_.push_back({column});
  unseen_ = named_.size();
}

void Table::add(const Record& row) {
  if (unseen_ > 0) look_for_columns(row);
  const std::uint32_t number = rows_.add_row();
  add_values(row);
  key_.clear();
  const auto column = [&row](const Comparison& one) {
    return row.get(std::string_view(one.column));
  };
  if (!append_keys(column, key_)) return;  // Nothing is equal to null.
  if (!spans_) return add_key(row, number);
  const std::optional<std::uint32_t> group = keys_.find(key_);
  spans_->add(row, group ? *group : keys_.add(rows_.keep(key_)), number);
}

/// Appends the keys of all comparisons by equality, as CSV would write them. Returns false if one
/// is null.
template <class Get>
bool Table::append_keys(const Get& get, std::string& key) const {
  for (const Comparison& one : rules_.by) {
    if (one.kind != Comparison::Kind::equal) continue;
    const Value value = get(one);
    if (value.is_null()) return false;
    const std::size_t begin = key.size();
    if (equals_ > 1) key.append(sizeof(std::uint32_t), '\0');
    append_text(key, value);
    if (equals_ == 1) continue;
    const auto size = static_cast<std::uint32_t>(key.size() - begin - sizeof(std::uint32_t));
    std::memcpy(key.data() + begin, &size, sizeof size);
  }
  return true;
}

void Table::add_key(const Record& row, std::uint32_t number) {
  const std::optional<std::uint32_t> known = keys_.find(key_);
  if (!known) {
    keys_.set_row(keys_.add(rows_.keep(key_)), number);
  } else if (rules_.duplicates == Duplicates::error) {
    throw Error("lookup", "duplicate key " + shown_key(row), false);
  } else if (rules_.duplicates == Duplicates::last) {
    keys_.set_row(*known, number);
  }
}

std::string Table::shown_key(const Record& row) const {
  std::string text;
  for (const Comparison& one : rules_.by) {
    if (!text.empty()) text += ", ";
    append_text(text, row.get(std::string_view(one.column)));
  }
  return in_quotes(text);
}

void Table::add_values(const Record& row) {
  for (std::uint32_t i = 0; i < row.field_count(); ++i) {
    const FieldView field = row.field(i);
    if (const auto column = column_at(i, field.name)) rows_.set(*column, field.value);
  }
}

/// Returns the column that the field is at its place in a row; nothing if it is not kept. Most rows
/// have the same names at the same places.
std::optional<std::size_t> Table::column_at(std::uint32_t place, std::string_view name) {
  constexpr std::size_t kMost = 1000;  // Rows with more fields are slower.
  if (place < places_.size() && places_[place].name == name) return places_[place].column;
  const std::optional<std::size_t> column = find_column(name);
  if (place >= kMost) return column;
  if (places_.size() <= place) places_.resize(place + 1);
  places_[place] = {std::string(name), column};
  return column;
}

/// Finds a column that is kept; adds it if the rules leave open which these are.
std::optional<std::size_t> Table::find_column(std::string_view name) {
  if (const auto known = number_of_.find(name); known != number_of_.end()) return known->second;
  if (!rules_.columns.empty()) return std::nullopt;
  for (const Comparison& one : rules_.by) {
    if (std::ranges::count(one.columns(), name) > 0) return std::nullopt;
  }
  constexpr std::uint64_t kNode = 64;
  share_.take(2 * (sizeof(std::string) + name.size()) + kNode);
  columns_.emplace_back(name);
  number_of_.emplace(name, columns_.size() - 1);
  return columns_.size() - 1;
}

/// Makes the key for the fields of `record` at the end of `keys`.
void Table::make_key(const Record& record, Search::One& one, std::string& keys) const {
  one.begin = keys.size();
  const auto field = [&record](const Comparison& by) { return record.get(by.field); };
  one.none = !append_keys(field, keys);
  one.size = keys.size() - one.begin;
  if (!one.none) one.hash = KeyIndex::hash_of(std::string_view(keys).substr(one.begin));
}

void Table::seek(const Record& record, Search& search) const {
  Search::One one;
  one.late = search.keys.size() > Search::kMostKeys;
  if (!one.late) make_key(record, one, search.keys);
  if (!one.late && !one.none) keys_.fetch_slot(one.hash);
  search.all.push_back(one);
}

void Table::fetch(Search& search) const {
  for (Search::One& one : search.all) {
    if (one.none || one.late) continue;
    const std::optional<std::uint32_t> likely = keys_.fetch_key(one.hash);
    one.none = !likely;
    one.likely = likely.value_or(0);
  }
  if (spans_) return;
  for (const Search::One& one : search.all) {
    if (one.none || one.late) continue;
    keys_.fetch_bytes(one.likely);
    rows_.fetch_place(keys_.row(one.likely));
  }
  for (const Search::One& one : search.all) {
    if (!one.none && !one.late) rows_.fetch_cells(keys_.row(one.likely));
  }
}

std::optional<std::uint32_t> Table::find(const Record& record, std::size_t index,
                                         Search& search) const {
  Search::One& one = search.all[index];
  if (one.late) {
    search.keys.clear();
    make_key(record, one, search.keys);
  }
  if (one.none) return std::nullopt;
  const std::optional<std::uint32_t> key =
      keys_.find(std::string_view(search.keys).substr(one.begin, one.size), one.hash);
  if (!key) return std::nullopt;
  return spans_ ? spans_->find(*key, record.get(span_->field), search.scratch) : keys_.row(*key);
}

void Table::look_for_columns(const Record& row) {
  for (Named& one : named_) {
    if (one.seen || !row.has(one.column)) continue;
    one.seen = true;
    --unseen_;
  }
}

void Table::finish() {
  const auto missing = std::ranges::find(named_, false, &Named::seen);
  if (rows() > 0 && missing != named_.end()) {
    throw Error("lookup", "missing column '" + missing->column + "'", false);
  }
  if (spans_) spans_->finish(keys_.size());
}

}  // namespace weir::stages::lookup
