#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/field_type.h"

namespace weir::stages::csv {

/// What becomes of columns that have one name.
enum class Duplicates : std::uint8_t { error, rename };

/// The columns of a table: as the table names them and as fields are called.
struct Columns {
  std::vector<std::string> names;
  std::vector<std::string> fields;  ///< The names with a prefix.
  std::vector<FieldType> types;

  std::size_t size() const { return names.size(); }
};

/// Returns a name that occurs twice, in `duplicate`, if there is one.
bool has_duplicate(const std::vector<std::string>& names, std::string& duplicate);

/// Gives each name but the first of several equal ones a number of its own (`a`, `a_2`), and one
/// that is empty that of its column (`column_3`).
void rename_duplicates(std::vector<std::string>& names);

/// Returns the first name among `types` that is no column; empty if all are.
std::string unknown_column(const std::vector<std::string>& names,
                           const OptionMap<FieldType>& types);

/// Makes the columns of these names; `types` names only some of them.
Columns make_columns(std::vector<std::string> names, std::string_view prefix,
                     const OptionMap<FieldType>& types);

}  // namespace weir::stages::csv

namespace weir {

template <>
struct EnumNames<stages::csv::Duplicates> {
  static constexpr std::string_view names[] = {"error", "rename"};
};

}  // namespace weir
