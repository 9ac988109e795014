#include "stages/lookup/lookup.h"

#include <algorithm>
#include <utility>

#include "weir/in_quotes.h"
#include "weir/value_text.h"

namespace weir::stages::lookup {
namespace {

/// The bytes for what is under way while a table is read, as a part of `limits.state`.
std::uint64_t working_memory(std::uint64_t state) {
  constexpr std::uint64_t kLeast = std::uint64_t{8} << 20;
  constexpr std::uint64_t kMost = std::uint64_t{32} << 20;
  return std::clamp(state / 4, kLeast, kMost);
}

/// Holds working memory while a table is read.
class Working {
 public:
  explicit Working(StateBudget& budget) : share_(budget), bytes_(working_memory(budget.limit())) {
    share_.take(bytes_);
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  StateShare share_;
  std::uint64_t bytes_;
};

}  // namespace

Lookup::Lookup(const LookupOptions& options)
    : place_(options),
      single_(options.into && options.columns.size() == 1),
      on_missing_(options.on_missing),
      file_(options),
      rules_{options.by.all, options.columns, options.duplicates},
      reload_(options.reload) {
  auto names = options.columns;
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) {
    throw OptionError("columns", "duplicate column " + in_quotes(*twice));
  }
}

void Lookup::open(Context& context) {
  if (reload_) watch_.note(file_.path());
  loaded_ = load(context, {});
  if (!reload_) return;
  watch_.start(*reload_, [this, &context](std::stop_token stop) { reload(context, stop); });
}

void Lookup::close() {
  watch_.stop();
  loaded_.reset();
}

std::shared_ptr<const Lookup::Loaded> Lookup::load(Context& context, std::stop_token stop) {
  const Working working(context.state());
  auto table = std::make_unique<Table>(rules_, context.state());
  file_.read(context, working.bytes(), [&](const Record& row) {
    if (stop.stop_requested()) throw Error("lookup", "the run ends", false);
    table->add(row);
  });
  try {
    table->finish();
  } catch (const Error& error) {
    throw Error(error.kind(), file_.path() + ": " + error.what(), false);
  }
  auto loaded = std::make_shared<Loaded>();
  for (const std::string& column : table->columns()) {
    loaded->names.push_back(lasting(place_.whole() ? column : place_.name(column)));
  }
  loaded->table = std::move(table);
  return loaded;
}

/// Puts the table as the file is now in the place of the old one, which stays if that fails.
void Lookup::reload(Context& context, std::stop_token stop) {
  try {
    std::shared_ptr<const Loaded> loaded = load(context, stop);
    const std::uint32_t rows = loaded->table->rows();
    {
      const std::lock_guard lock(mutex_);
      loaded_.swap(loaded);
    }
    context.log(LogLevel::info, "read " + file_.path() + " again: " + std::to_string(rows) +
                                    (rows == 1 ? " row" : " rows"));
  } catch (const std::exception& error) {
    if (stop.stop_requested()) return;
    context.log(LogLevel::warning, "the table stays as it was: " + std::string(error.what()));
  }
}

/// Returns the name as one that lives as long as the stage.
std::string_view Lookup::lasting(std::string name) {
  const auto known = names_.find(name);
  if (known != names_.end()) return known->second;
  const std::string_view kept = kept_names_.emplace_back(name);
  names_.emplace(std::move(name), kept);
  return kept;
}

void Lookup::process(Batch& batch, Call& call) const {
  std::shared_ptr<const Loaded> loaded;
  {
    const std::lock_guard lock(mutex_);
    loaded = loaded_;
  }
  Search& search = call.scratch<Scratch>().search;
  ResultWriter& result = call.scratch<Scratch>().result;
  search.clear();
  batch.each([&](Record& record) { loaded->table->seek(record, search); });
  loaded->table->fetch(search);
  std::size_t index = 0;
  batch.each([&](Record& record) {
    if (const auto row = loaded->table->find(record, index++, search)) {
      put(record, *loaded, *row, result);
    } else {
      miss(record, *loaded, result);
    }
  });
}

void Lookup::put(Record& record, const Loaded& loaded, std::uint32_t row,
                 ResultWriter& result) const {
  const auto value_of = [&](std::size_t column) {
    const Value value = loaded.table->value(row, column);
    return value.has_bytes() ? value.with_bytes(record.copy(value.as_text())) : value;
  };
  if (single_) return record.adopt(place_.into(), value_of(0));
  result.begin(place_, record);
  for (std::size_t i = 0; i < loaded.names.size(); ++i) result.put(loaded.names[i], value_of(i));
  result.end();
}

void Lookup::miss(Record& record, const Loaded& loaded, ResultWriter& result) const {
  if (on_missing_ == OnMissing::drop) return record.drop();
  if (on_missing_ == OnMissing::error) {
    std::string shown;
    for (const Comparison& one : rules_.by) {
      if (!shown.empty()) shown += ", ";
      shown += one.field.name() + " = ";
      std::string value;
      append_text(value, record.get(one.field));
      shown += in_quotes(value);
    }
    return record.fail("lookup", "no row in " + file_.path() + " for " + shown, false);
  }
  if (place_.whole()) return record.adopt(place_.into(), Value());
  result.begin(place_, record);
  for (const std::string_view name : loaded.names) result.put(name, Value());
  result.end();
}

}  // namespace weir::stages::lookup
