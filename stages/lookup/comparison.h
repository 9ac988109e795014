#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/options.h"

namespace weir::stages::lookup {

/// How a field of a record is compared with the rows of a table.
struct Comparison {
  enum class Kind : std::uint8_t {
    equal,   ///< The field is the same text as `column`.
    range,   ///< It is from `from` to `to`, both included; an empty one is open.
    network  ///< It is an address in the network that `column` names.
  };

  Field field;
  Kind kind = Kind::equal;
  std::string column;
  std::string from;
  std::string to;

  /// Returns the columns of the table that it reads.
  std::vector<std::string> columns() const;
};

/// The option `by`: a field, a list of fields, or a map of fields to columns.
struct Comparisons {
  std::vector<Comparison> all;
};

}  // namespace weir::stages::lookup

namespace weir {

template <>
struct OptionType<stages::lookup::Comparisons> {
  static std::string name() { return "list of field | map of columns"; }
  static bool parse(const Node& node, stages::lookup::Comparisons& out, Binder& binder);
  static std::string show(const stages::lookup::Comparisons&) { return ""; }
};

}  // namespace weir
