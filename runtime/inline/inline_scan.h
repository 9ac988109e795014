#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Splits the text of `-e`; text in quotes or brackets stays together.

namespace weir::cli {

/// A quote or bracket without its counterpart.
struct ScanProblem {
  std::size_t offset = 0;
  std::string message;  ///< Empty if there is none.
};

/// Returns the first quote or bracket of `text` that is not paired.
ScanProblem check_pairs(std::string_view text);

/// Returns the pieces of `text` between separators outside quotes and brackets: trimmed views into
/// it. `||` never separates.
std::vector<std::string_view> split_outside(std::string_view text, char separator);

/// Returns the words of `text`, separated by white space outside quotes and brackets.
std::vector<std::string_view> words_outside(std::string_view text);

std::string_view trimmed(std::string_view text);

/// Returns whether `text` is one quoted text, and then sets `inside` to what is in the quotes.
bool is_quoted(std::string_view text, std::string_view& inside);

}  // namespace weir::cli
