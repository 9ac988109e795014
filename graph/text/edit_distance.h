#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// How many letters must be put in, left out, replaced or swapped with their neighbour to turn `a`
/// into `b`; `limit + 1` if more than `limit`. (Optimal string alignment, Boytsov 2011.)
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidate that someone who wrote `word` most likely meant: at most three edits away, fewer
/// for short words. Null if there is none; the first one of several as near.
const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace weir
