#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "stages/lookup/state_share.h"

namespace weir::stages::lookup {

/// Finds the row whose range holds a point. Points are codes: bytes that sort as what they stand
/// for, of which none is the beginning of another. Ranges may overlap; the one with the lowest rank
/// holds a point. Borrows all codes.
///
/// Ranges are added, then `build` cuts them into spans that do not overlap, which `find` searches.
class SpanIndex {
 public:
  struct Range {
    std::string_view low;   ///< `below` of the first point; empty: from the beginning.
    std::string_view high;  ///< `above` of the last point; `kEnd`: to the end.
    std::uint32_t group = 0;
    std::uint32_t row = 0;
    std::uint64_t rank = 0;  ///< Not the same for two ranges.
  };
  /// Two ranges that overlap, by their numbers in the order of `add`.
  struct Overlap {
    std::uint32_t one = 0;
    std::uint32_t other = 0;
  };
  static constexpr std::string_view kEnd = "\xff";
  /// The bytes behind a code that make it the place just before, at and just behind its point.
  static constexpr char kBelow = '\0';
  static constexpr char kAt = '\1';
  static constexpr char kAbove = '\2';

  explicit SpanIndex(StateShare& share) : share_(share) {}

  void add(const Range& range) { share_.push(ranges_, range); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(ranges_.size()); }
  Range& range(std::uint32_t number) { return ranges_[number]; }
  const Range& range(std::uint32_t number) const { return ranges_[number]; }

  /// Returns two ranges of one group that overlap; nothing if there are none.
  std::optional<Overlap> overlap() const;
  /// Makes the spans. `groups`: one more than the largest group.
  void build(std::uint32_t groups);
  /// Returns the row whose range in `group` holds the point. `at`: its code and `kAt`.
  std::optional<std::uint32_t> find(std::uint32_t group, std::string_view at) const;

 private:
  /// From here to the next span: a row + 1, or 0 for none.
  struct Span {
    std::string_view from;
    std::uint32_t row = 0;
  };
  /// A place where a range begins or ends.
  struct Border {
    std::string_view at;
    std::uint32_t range = 0;
    bool begins = false;
  };

  /// Returns the borders of all ranges, by group and place.
  std::vector<Border> borders() const;
  void close_groups(std::uint32_t end);

  StateShare& share_;
  std::vector<Range> ranges_;
  std::vector<Span> spans_;            ///< By group, then by place.
  std::vector<std::uint64_t> groups_;  ///< Where the spans of a group end.
};

}  // namespace weir::stages::lookup
