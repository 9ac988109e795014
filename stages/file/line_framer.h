#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "stages/file/line_pattern.h"
#include "stages/file/rules.h"
#include "stages/file/unit_framer.h"

namespace weir::stages::file {

/// Finds where records of several lines end. Every line but the first of a record is looked at, and
/// decides by itself: `begin` and `continues` whether a record ends before it, `end` whether one
/// ends behind it (there the first line counts, too).
///
/// Of a line, a pattern sees a bounded number of bytes. For `begin` and `continues` that is
/// `kUsualLine`, so that a record and the line behind it can be held. What `end` looks at is in the
/// record.
class LineFramer final : public UnitFramer {
 public:
  explicit LineFramer(const Rules& rules);
  ~LineFramer() override;

  bool find(std::string_view bytes, Cut& cut, bool all) override;
  void restart() override;
  std::size_t droppable() const override;
  void dropped(std::size_t size) override;

  /// Returns how far from the front of the bytes the next record begins, at least. Valid after a
  /// `find` that found nothing.
  std::size_t least_next() const { return before_ && !decided_ ? line_ : looked_at_ + 1; }

 private:
  bool marks(std::string_view line, bool whole);
  bool rest(std::string_view bytes, Cut& cut);
  void end_record(std::string_view bytes, std::size_t end, Cut& cut);

  const Rules& rules_;
  bool before_;       ///< True if records end before lines that mark an end.
  std::size_t seen_;  ///< The largest number of bytes of a line that the pattern sees.
  std::unique_ptr<LineMatcher> matcher_;
  std::size_t line_ = 0;       ///< The line that is looked at begins here, unless it is decided.
  std::size_t looked_at_ = 0;  ///< Up to here that line does not end.
  bool first_ = true;          ///< True if it is the record's first.
  bool decided_ = false;
  bool marks_ = false;  ///< If decided: whether that line marks an end.
};

}  // namespace weir::stages::file
