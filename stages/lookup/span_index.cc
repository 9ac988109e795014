#include "stages/lookup/span_index.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace weir::stages::lookup {

std::vector<SpanIndex::Border> SpanIndex::borders() const {
  std::vector<Border> all;
  all.reserve(2 * ranges_.size());
  for (std::uint32_t i = 0; i < size(); ++i) {
    all.push_back({ranges_[i].low, i, true});
    all.push_back({ranges_[i].high, i, false});
  }
  std::sort(all.begin(), all.end(), [this](const Border& one, const Border& other) {
    return std::tuple(ranges_[one.range].group, one.at, one.begins, one.range) <
           std::tuple(ranges_[other.range].group, other.at, other.begins, other.range);
  });
  return all;
}

std::optional<SpanIndex::Overlap> SpanIndex::overlap() const {
  std::optional<std::uint32_t> open;
  for (const Border& border : borders()) {
    if (!border.begins) {
      open.reset();
    } else if (open) {
      return Overlap{std::min(*open, border.range), std::max(*open, border.range)};
    } else {
      open = border.range;
    }
  }
  return std::nullopt;
}

/// Notes where the spans of all groups before `end` end that were not ended yet.
void SpanIndex::close_groups(std::uint32_t end) {
  while (groups_.size() < end) share_.push(groups_, std::uint64_t{spans_.size()});
}

/// Goes through the borders from left to right, after the sweep line of Shamos and Hoey (1976), and
/// keeps the ranges that are open by rank.
void SpanIndex::build(std::uint32_t groups) {
  // The borders, and a node of the set for each range at worst.
  const std::uint64_t beside = ranges_.size() * (2 * sizeof(Border) + 64);
  share_.take(beside);
  std::set<std::pair<std::uint64_t, std::uint32_t>> open;
  for (const Border& border : borders()) {
    const Range& range = ranges_[border.range];
    close_groups(range.group);
    const std::pair<std::uint64_t, std::uint32_t> entry(range.rank, border.range);
    if (border.begins) {
      open.insert(entry);
    } else {
      open.erase(entry);
    }
    const std::uint32_t row = open.empty() ? 0 : ranges_[open.begin()->second].row + 1;
    const bool first = spans_.size() == (groups_.empty() ? 0 : groups_.back());
    if (!first && spans_.back().from == border.at) {
      spans_.back().row = row;
    } else if (first || spans_.back().row != row) {
      share_.push(spans_, Span{border.at, row});
    }
  }
  close_groups(groups);
  share_.give(beside + ranges_.capacity() * sizeof(Range));
  ranges_ = {};
}

std::optional<std::uint32_t> SpanIndex::find(std::uint32_t group, std::string_view at) const {
  const auto begin =
      spans_.begin() + static_cast<std::ptrdiff_t>(group == 0 ? 0 : groups_[group - 1]);
  const auto end = spans_.begin() + static_cast<std::ptrdiff_t>(groups_[group]);
  const auto next = std::upper_bound(
      begin, end, at, [](std::string_view point, const Span& span) { return point < span.from; });
  if (next == begin || (next - 1)->row == 0) return std::nullopt;
  return (next - 1)->row - 1;
}

}  // namespace weir::stages::lookup
