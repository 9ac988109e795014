#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stages/lookup/comparison.h"
#include "stages/lookup/duplicates.h"
#include "stages/lookup/key_index.h"
#include "stages/lookup/row_store.h"
#include "stages/lookup/span_keys.h"
#include "weir/detail/text_hash.h"
#include "weir/record.h"

namespace weir::stages::lookup {

/// How a table is made of rows.
struct TableRules {
  std::vector<Comparison> by;
  std::vector<std::string> columns;  ///< Those to keep; empty: all but those of `by`.
  Duplicates duplicates = Duplicates::error;
};

/// What is looked for in a table for several records.
struct Search {
  struct One {
    std::size_t begin = 0;  ///< Where its key is in `keys`.
    std::size_t size = 0;
    std::uint64_t hash = 0;
    std::uint32_t likely = 0;  ///< The number of the key that it most likely is.
    bool none = false;         ///< True if there is nothing to look for, or it is not there.
    bool late = false;  ///< True if `keys` was full, so that its key is made when it is sought.
  };
  static constexpr std::size_t kMostKeys = std::size_t{256} << 10;

  void clear() {
    if (keys.capacity() > 2 * kMostKeys) std::string().swap(keys);
    keys.clear();
    all.clear();
  }

  std::string keys;  ///< One after the other: `kMostKeys` bytes and one key at most.
  std::vector<One> all;
  std::string scratch;
};

/// A table, which finds the row for a record. Rows are added, then `finish` is called; from then on
/// it does not change, and all threads may read it. What is wrong with the rows is thrown as an
/// Error of kind `lookup`; if they find no room, that is one of kind `state_full`.
class Table {
 public:
  /// Borrows the rules.
  Table(const TableRules& rules, StateBudget& budget);

  void add(const Record& row);
  void finish();

  /// Adds to `search` what to look for, for the fields of `record`.
  void seek(const Record& record, Search& search) const;
  /// Has the memory that all of `search` needs come. Each row of a large table is somewhere else,
  /// and to wait for one after the other takes most of a search.
  void fetch(Search& search) const;
  /// Returns the row of what was sought as the `index`th, for `record`; nothing if there is none.
  std::optional<std::uint32_t> find(const Record& record, std::size_t index, Search& search) const;
  /// The columns that are kept: those of the rules, or those that the rows had, in their order.
  const std::vector<std::string>& columns() const { return columns_; }
  std::uint32_t rows() const { return rows_.rows(); }
  Value value(std::uint32_t row, std::size_t column) const { return rows_.get(row, column); }

 private:
  /// A column of the file that the rules name, and whether any row had it.
  struct Named {
    std::string column;
    bool seen = false;
  };

  /// The name that rows had at a place among their fields, and the column that it is, if any.
  struct Placed {
    std::string name;
    std::optional<std::size_t> column;
  };

  template <class Get>
  bool append_keys(const Get& get, std::string& key) const;
  void make_key(const Record& record, Search::One& one, std::string& keys) const;
  void add_values(const Record& row);
  std::optional<std::size_t> column_at(std::uint32_t place, std::string_view name);
  std::optional<std::size_t> find_column(std::string_view name);
  void add_key(const Record& row, std::uint32_t number);
  void look_for_columns(const Record& row);
  std::string shown_key(const Record& row) const;

  const TableRules& rules_;
  StateShare share_;
  RowStore rows_;
  KeyIndex keys_;
  const Comparison* span_ = nullptr;  ///< The range or network among `by`.
  std::optional<SpanKeys> spans_;     ///< Rows with the same other keys are a group.
  std::size_t equals_ = 0;            ///< How many of `by` are neither range nor network.
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t, detail::TextHash, std::equal_to<>> number_of_;
  std::vector<Placed> places_;
  std::vector<Named> named_;
  std::size_t unseen_ = 0;  ///< How many of `named_` no row had yet.
  std::string key_;
};

}  // namespace weir::stages::lookup
