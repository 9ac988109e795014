#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::text {

/// Returns the number of letters that must be inserted, deleted, replaced or swapped with their
/// neighbour to turn `a` into `b`; `limit + 1` if it is more than `limit`. (Optimal string
/// alignment, Boytsov 2011.)
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// Returns the candidate that `word` was most likely meant to be: at most three edits away, fewer
/// for short words. Of several equally near ones it is the first; null if there is none.
const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace weir::text
