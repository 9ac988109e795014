#pragma once

#include <string>
#include <string_view>

#include "weir/options.h"

namespace weir::stages::regex {

/// A pattern for texts that may be in any encoding.
struct SearchPattern {
  std::string text;
};

/// Returns the first class in a pattern that names a character beyond ASCII: "[a-zäöü]"; empty if
/// none does. In a text that is not UTF-8, it stands for the single bytes of that character.
std::string_view class_beyond_ascii(std::string_view pattern);

}  // namespace weir::stages::regex

template <>
struct weir::OptionType<weir::stages::regex::SearchPattern> {
  using SearchPattern = weir::stages::regex::SearchPattern;

  static std::string name() { return OptionType<Pattern>::name(); }
  static bool parse(const Node& node, SearchPattern& out, Binder& binder);
  static std::string show(const SearchPattern& value) { return value.text; }
};
