#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// How the text of `-e` falls into pieces: what stands in quotes or brackets holds together.

namespace weir {

/// A quote or bracket that nothing closes, or that closes nothing.
struct ScanProblem {
  std::size_t offset = 0;
  std::string message;  ///< Empty: none.
};

/// Whether all quotes and brackets of `text` are closed.
ScanProblem check_pairs(std::string_view text);

/// The pieces of `text` between separators outside quotes and brackets, trimmed, views into it.
/// `||` never separates.
std::vector<std::string_view> split_outside(std::string_view text, char separator);

/// The words of `text`, where white space outside quotes and brackets separates.
std::vector<std::string_view> words_outside(std::string_view text);

std::string_view trimmed(std::string_view text);

/// Whether `text` is one quoted text; what is inside the quotes goes to `inside`.
bool is_quoted(std::string_view text, std::string_view& inside);

}  // namespace weir
