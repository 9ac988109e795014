#include "stages/lookup/span_index.h"

#include <catch2/catch.hpp>
#include <deque>
#include <optional>
#include <random>
#include <string>

#include "stages/lookup/key_index.h"

namespace weir::stages::lookup::test {
namespace {

constexpr std::uint64_t kPlenty = 64 << 20;

struct Range {
  char from;
  char to;
  std::uint32_t group;
};

/// Ranges of points that are one letter each; the first of several has the lowest rank.
class Spans {
 public:
  explicit Spans(const std::vector<Range>& ranges, std::uint32_t groups) {
    for (const Range& range : ranges) {
      const auto row = static_cast<std::uint32_t>(texts_.size() / 2);
      const std::string_view low = texts_.emplace_back(std::string{range.from, SpanIndex::kBelow});
      const std::string_view high = texts_.emplace_back(std::string{range.to, SpanIndex::kAbove});
      index_.add({low, high, range.group, row, row});
    }
    overlaps_ = index_.overlap().has_value();
    index_.build(groups);
  }
  bool overlaps() const { return overlaps_; }
  std::optional<std::uint32_t> find(std::uint32_t group, char point) const {
    return index_.find(group, std::string{point, SpanIndex::kAt});
  }

 private:
  StateBudget budget_{kPlenty};
  StateShare share_{budget_};
  SpanIndex index_{share_};
  std::deque<std::string> texts_;
  bool overlaps_ = false;
};

TEST_CASE("a point is found in the range that holds it, with both ends") {
  const Spans spans({{'c', 'f', 0}, {'h', 'h', 0}, {'g', 'g', 0}}, 1);
  CHECK_FALSE(spans.overlaps());
  std::string found;
  for (char c = 'a'; c < 'k'; ++c) {
    const auto row = spans.find(0, c);
    found += row ? static_cast<char>('0' + *row) : '.';
  }
  CHECK(found == "..000021..");
}

TEST_CASE(
    "of ranges that overlap, that with the lowest rank holds a point, as in a search of all") {
  std::mt19937 random(3);
  const auto draw = [&random](int most) {
    return static_cast<int>(random() % static_cast<unsigned>(most));
  };
  for (int round = 0; round < 2000; ++round) {
    constexpr std::uint32_t kGroups = 3;
    std::vector<Range> ranges(static_cast<std::size_t>(draw(8)));
    for (Range& range : ranges) {
      range.from = static_cast<char>('a' + draw(12));
      range.to = static_cast<char>(range.from + draw(6));
      range.group = static_cast<std::uint32_t>(draw(kGroups));
    }
    const Spans spans(ranges, kGroups);
    bool overlap = false;
    for (std::uint32_t group = 0; group < kGroups; ++group) {
      for (char point = 'a'; point < 's'; ++point) {
        std::optional<std::uint32_t> wanted;
        for (std::uint32_t i = 0; i < ranges.size(); ++i) {
          const Range& range = ranges[i];
          if (range.group != group || point < range.from || range.to < point) continue;
          if (wanted) overlap = true;
          if (!wanted) wanted = i;
        }
        REQUIRE(spans.find(group, point) == wanted);
      }
    }
    REQUIRE(spans.overlaps() == overlap);
  }
}

TEST_CASE("keys are numbered in the order in which they come, and found again") {
  StateBudget budget(kPlenty);
  std::deque<std::string> texts;
  {
    StateShare share(budget);
    KeyIndex keys(share);
    CHECK_FALSE(keys.find(""));
    for (std::uint32_t i = 0; i < 10'000; ++i) {
      const std::string& text =
          texts.emplace_back(std::to_string(i * i % 10'007) + "/" + std::to_string(i));
      REQUIRE_FALSE(keys.find(text));
      REQUIRE(keys.add(text) == i);
    }
    for (std::uint32_t i = 0; i < 10'000; ++i) REQUIRE(keys.find(texts[i]) == i);
    CHECK(budget.used() > 10'000 * sizeof(std::string_view));
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("a table that finds no room says so, and gives back what it took") {
  StateBudget budget(10'000);
  std::deque<std::string> texts;
  {
    StateShare share(budget);
    KeyIndex keys(share);
    const auto fill = [&] {
      for (int i = 0; i < 10'000; ++i) keys.add(texts.emplace_back(std::to_string(i)));
    };
    CHECK_THROWS_WITH(fill(), "the table does not fit in limits.state (10000)");
  }
  CHECK(budget.used() == 0);
}

}  // namespace
}  // namespace weir::stages::lookup::test
