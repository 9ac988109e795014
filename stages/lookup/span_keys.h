#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/lookup/comparison.h"
#include "stages/lookup/duplicates.h"
#include "stages/lookup/key_index.h"
#include "stages/lookup/row_store.h"
#include "stages/lookup/span_index.h"
#include "weir/record.h"

namespace weir::stages::lookup {

/// The ranges or networks of a table: turns what columns and fields say into codes that sort, for a
/// SpanIndex. Bounds are compared as numbers if all of the table's are numbers, else by their
/// bytes. Of two networks, the one with the longer prefix counts.
class SpanKeys {
 public:
  /// Borrows all of them. `by` is a range or a network.
  SpanKeys(const Comparison& by, Duplicates duplicates, StateShare& share, RowStore& bytes);

  /// Adds the range of a row in a group. Throws Error `lookup` if it is none, or one that is there.
  void add(const Record& row, std::uint32_t group, std::uint32_t number);
  /// Call it after the last row. `groups`: one more than the largest group.
  void finish(std::uint32_t groups);
  /// Returns the row whose range in `group` holds the value. Code is made in `scratch`.
  std::optional<std::uint32_t> find(std::uint32_t group, const Value& value,
                                    std::string& scratch) const;

 private:
  /// The bounds of a row as they were written, and what they belong to.
  struct Bounds {
    std::string_view from;
    std::string_view to;
    std::uint32_t group = 0;
    std::uint32_t row = 0;
  };

  void add_network(const Value& value, std::uint32_t group, std::uint32_t row);
  void add_range(const Value& from, const Value& to, std::uint32_t group, std::uint32_t row);
  void make_ranges();
  void check_overlaps() const;
  bool append_code(const Value& value, std::string& out) const;
  std::string_view kept_code(std::string_view bound, char side);
  std::uint64_t rank_of(std::uint32_t row, int prefix = 0) const;

  const Comparison& by_;
  Duplicates duplicates_;
  StateShare& share_;
  RowStore& bytes_;
  SpanIndex spans_;
  KeyIndex networks_;           ///< Those that were added, by group and prefix.
  std::vector<Bounds> bounds_;  ///< Of ranges, until `finish`.
  bool numbers_ = true;         ///< True if no bound is anything else than a number.
  std::string code_;
};

}  // namespace weir::stages::lookup
