#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace weir::detail {

/// The characters between columns that are usual, the likelier ones first.
inline constexpr std::string_view kUsualDelimiters = ",;\t|";

/// Returns the usual delimiter that is most frequent outside quotes in a table's first row; a comma
/// if the row has none. `quote` is NUL where nothing is quoted.
inline char csv_delimiter_of(std::string_view row, char quote) {
  std::array<std::size_t, kUsualDelimiters.size()> counts{};
  bool quoted = false;
  bool begins = true;  // True at the first byte of a field, where alone a quote opens.
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool is_quote = quote != '\0' && row[i] == quote;
    if (quoted) {
      if (!is_quote) continue;
      quoted = row.substr(i + 1, 1) == std::string_view(&quote, 1);
      i += quoted ? 1 : 0;
      continue;
    }
    const std::size_t which = kUsualDelimiters.find(row[i]);
    if (which != std::string_view::npos) ++counts[which];
    quoted = is_quote && begins;
    begins = which != std::string_view::npos;
  }
  std::size_t most = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] > counts[most]) most = i;
  }
  return kUsualDelimiters[most];
}

}  // namespace weir::detail
