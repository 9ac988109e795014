#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "stages/file/cut.h"
#include "stages/file/rules.h"
#include "stages/file/unit_framer.h"

namespace weir::stages::file {

/// Finds where records end. It remembers how far it has looked, so that a long record that arrives
/// in pieces is scanned once.
class Framer {
 public:
  explicit Framer(const Rules& rules);

  using Cut = file::Cut;
  /// Finds the end of the record with which `bytes` begin. If the last call returned false, that
  /// must be the same record, grown. Returns false if it does not end in them. `all` says that
  /// nothing follows them.
  bool find(std::string_view bytes, Cut& cut, bool all = false);

  /// Returns whether rows are known to end with line feeds.
  bool ends_with_line_feeds() const { return row_end_ == RowEnd::line_feed; }

  /// Makes the next `find` begin with a record, whatever the last one saw.
  void restart();

  /// Returns how many bytes at the front of the record need not be seen again; `dropped` says that
  /// they are gone.
  std::size_t droppable() const {
    if (unit_) return unit_->droppable();
    return looked_at_ > 1 ? looked_at_ - 1 : 0;
  }
  void dropped(std::size_t size) {
    if (unit_) return unit_->dropped(size);
    looked_at_ -= size;
    dropped_ += size;
  }

  /// These are as in `UnitFramer`.
  void taken(const Cut& cut) {
    if (unit_) unit_->taken(cut);
  }
  const std::string& problem() const { return unit_->problem(); }

 private:
  /// csv: the end of a row. With `carriage_return` a CR, an LF or both end it.
  enum class RowEnd : std::uint8_t { unknown, line_feed, carriage_return };

  std::size_t find_delimiter(std::string_view bytes);
  std::size_t find_csv_end(std::string_view bytes, bool all);
  bool begin_row(std::string_view bytes, bool all);
  std::size_t row_end_from(std::string_view bytes, std::size_t at) const;
  bool settle_row_end(std::string_view bytes, std::size_t end, bool all);

  const Rules& rules_;
  std::unique_ptr<UnitFramer> unit_;  ///< Does it all, for units that are not found here.
  RowEnd row_end_ = RowEnd::unknown;  ///< Decided by the first row of a file.
  std::size_t looked_at_ = 0;
  std::size_t dropped_ = 0;  ///< The bytes of the record that came before those that are seen.
  bool plain_ = rules_.quote == '\0';  ///< csv: true if no quote counts in this row.
  bool quoted_ = false;                ///< csv: true if `looked_at_` is inside quotes.
};

}  // namespace weir::stages::file
