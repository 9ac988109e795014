#include "graph/text/edit_distance.h"

#include <algorithm>
#include <utility>

namespace weir::text {
namespace {

/// The number of edits that still count as a slip: one in three letters, since otherwise every
/// short word would be near to every other.
std::size_t tolerance(std::string_view a, std::string_view b) {
  return std::min<std::size_t>(3, (std::max(a.size(), b.size()) + 1) / 3);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  std::vector<std::size_t> older(b.size() + 1), old(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(older, old);
    std::swap(old, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({old[j] + 1, row[j - 1] + 1, old[j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], older[j - 2] + 1);
    }
    if (*std::min_element(row.begin(), row.end()) > limit) return limit + 1;
  }
  return std::min(row[b.size()], limit + 1);
}

const std::string* nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = 4;
  for (const std::string& candidate : candidates) {
    const std::size_t allowed = std::min(tolerance(word, candidate), best_distance - 1);
    const std::size_t distance = edit_distance(word, candidate, allowed);
    if (distance > allowed) continue;
    best = &candidate;
    best_distance = distance;
    if (distance == 0) break;
  }
  return best;
}

}  // namespace weir::text
