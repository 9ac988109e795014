#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/field_type.h"
#include "weir/options.h"

namespace weir::stages::regex {

/// A pattern of grok, such as `%{IP:client} %{NUMBER:bytes:int}`, as a regular expression of RE2.
struct GrokPattern {
  /// A group of the expression that becomes a field.
  struct Group {
    std::string name;   ///< The field's.
    std::string group;  ///< The group's name in the expression.
    FieldType type = FieldType::text;
  };

  std::string regex;
  std::vector<Group> groups;  ///< From left to right.
};

/// Expands a pattern: `%{NAME}` stands for the pattern of that name, `%{NAME:field}` makes a field
/// of it, `%{NAME:field:int}` and `:float` one of that type. `own` has further names, which win
/// over those of weir. Throws OptionError with the place of a mistake in it.
GrokPattern expand_grok(const std::string& pattern, const OptionMap<std::string>& own);

/// Returns the pattern that weir has by that name; empty if it has none.
std::string_view grok_library(std::string_view name);
std::vector<std::string> grok_names();

}  // namespace weir::stages::regex
