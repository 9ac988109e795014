#include "stages/csv/columns.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "weir/detail/text_hash.h"

namespace weir::stages::csv {

bool has_duplicate(const std::vector<std::string>& names, std::string& duplicate) {
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  const auto found = std::adjacent_find(sorted.begin(), sorted.end());
  if (found == sorted.end()) return false;
  duplicate = std::string(*found);
  return true;
}

void rename_duplicates(std::vector<std::string>& names) {
  // A name that the table itself has is given to no other column.
  std::unordered_set<std::string, detail::TextHash> taken(names.begin(), names.end());
  std::unordered_map<std::string, std::size_t, detail::TextHash> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string& name = names[i];
    const bool nameless = name.empty();
    if (nameless) name = "column_" + std::to_string(i + 1);
    if (nameless && taken.insert(name).second) continue;
    std::size_t own = 1;
    std::size_t& number = nameless ? own : seen[name];
    if (++number == 1) continue;
    std::string made;
    do {
      made = name + "_" + std::to_string(number);
    } while (!taken.insert(made).second && ++number > 0);
    name = std::move(made);
  }
}

std::string unknown_column(const std::vector<std::string>& names,
                           const OptionMap<FieldType>& types) {
  for (const auto& [name, type] : types) {
    if (std::find(names.begin(), names.end(), name) == names.end()) return name;
  }
  return {};
}

Columns make_columns(std::vector<std::string> names, std::string_view prefix,
                     const OptionMap<FieldType>& types) {
  Columns columns{std::move(names), {}, {}};
  for (const std::string& name : columns.names) {
    columns.fields.push_back(std::string(prefix) + name);
    FieldType& type = columns.types.emplace_back(FieldType::text);
    for (const auto& [typed, wanted] : types) {
      if (typed == name) type = wanted;
    }
  }
  return columns;
}

}  // namespace weir::stages::csv
