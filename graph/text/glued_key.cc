#include "graph/text/glued_key.h"

#include <algorithm>

namespace weir::text {

std::size_t length_of_glued_key(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos || colon == 0 || colon + 1 == text.size()) return 0;
  const bool word = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
                                [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  const std::string_view value = text.substr(colon + 1);
  // `http://host` and `std::string` are plain text.
  const bool glued = value.front() != ' ' && value.front() != ':' && !value.starts_with("//");
  return word && glued ? colon + 1 : 0;
}

}  // namespace weir::text
