#pragma once

#include <cstddef>
#include <cstdint>

#include "stages/file/range_window.h"
#include "stages/file/rules.h"
#include "weir/feed.h"

namespace weir::stages::file {

class SplitFile;

/// Loads one range: reads it, at once if the batch wants that much, and appends the records that
/// begin in it.
///
/// The read begins one byte early: a record begins at `begin` only if that byte is a delimiter. It
/// goes on a little past the end, where the last record usually ends. A record that does not end
/// there is first scanned and then read.
class RangeCutter {
 public:
  RangeCutter(const SplitFile& file, Split& split, Feed& feed, const Rules& rules);
  void run();

 private:
  bool seek_record();
  void cut_window();
  void cut_unfinished(const char* at);
  void cut_long();
  std::uint64_t find_end(bool& found, std::uint64_t& size) const;
  void give(std::uint64_t position, const char* at, const char* end, bool delimited);
  /// Returns the offset in the file of a byte of the window.
  std::uint64_t offset_of(const char* at) const {
    return window_.from() + static_cast<std::uint64_t>(at - window_.begin());
  }

  const SplitFile& file_;
  Split& split_;
  Feed& feed_;
  const Rules& rules_;
  char delimiter_;
  RangeWindow window_;
};

}  // namespace weir::stages::file
