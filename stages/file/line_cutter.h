#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stages/file/line_framer.h"
#include "stages/file/range_window.h"
#include "stages/file/rules.h"
#include "weir/feed.h"

namespace weir::stages::file {

class SplitFile;

/// Loads one range of a file whose records have several lines, as RangeCutter does for lines.
///
/// Where a record begins is decided by a single line: by the first of the record, or with `end` by
/// the line before it. So a range finds its first record by looking from the line on in which it
/// begins, and one without such a line has none.
class LineCutter {
 public:
  LineCutter(const SplitFile& file, Split& split, Feed& feed, const Rules& rules);
  void run();

 private:
  /// The end of a record, by offsets in the file.
  struct End {
    std::uint64_t text = 0;  ///< The end of its text.
    std::uint64_t next = 0;  ///< The beginning of the next record; the file's end if none follows.
  };

  bool seek_record();
  bool line_begins() const;
  std::uint64_t begin_of_line() const;
  bool find_end(std::uint64_t begin, std::uint64_t stop, End& found);
  void cut_window();
  void cut_long();

  const SplitFile& file_;
  Split& split_;
  Feed& feed_;
  const Rules& rules_;
  LineFramer framer_;
  RangeWindow window_;  ///< From `split_.begin` on.
};

}  // namespace weir::stages::file
