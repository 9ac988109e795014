#pragma once

#include <cstddef>
#include <cstdint>

#include "stages/file/rules.h"
#include "weir/feed.h"

namespace weir::stages::file {

class SplitFile;

/// Loads one range: reads it, at once if the batch wants that much, and appends the records that
/// begin in it.
///
/// The read begins one byte early: a record begins at `begin` only if that byte is a delimiter. It
/// goes on a little past the end, where the last record usually ends. A record that does not end
/// there is first scanned and then read, into a buffer of exactly its size, so that 100 MB cost 100
/// MB.
class RangeCutter {
 public:
  RangeCutter(const SplitFile& file, Split& split, Feed& feed, const Rules& rules);
  void run();

 private:
  void read_window();
  bool seek_record();
  void cut_window();
  void cut_unfinished(const char* at);
  void cut_long(std::uint64_t begin);
  std::uint64_t find_end(std::uint64_t begin, bool& found, std::uint64_t& size) const;
  void give(std::uint64_t position, const char* at, const char* end, bool delimited);

  const SplitFile& file_;
  Split& split_;
  Feed& feed_;
  const Rules& rules_;
  char delimiter_;
  std::uint64_t given_ = 0;  ///< The bytes of text appended so far.
  char* window_ = nullptr;   ///< The bytes [from_, from_ + size_) of the file.
  std::uint64_t from_ = 0;
  std::size_t size_ = 0;
  /// The size of a window to which no record refers yet; 0 if there is none to reuse.
  std::size_t capacity_ = 0;
};

}  // namespace weir::stages::file
