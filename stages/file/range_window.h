#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stages/file/rules.h"
#include "weir/feed.h"

namespace weir::stages::file {

class SplitFile;

/// The bytes of a file that the load of a range looks at, and what it appends of them: records of
/// these bytes as slices, others from buffers of just their size, so that 100 MB cost 100 MB.
class RangeWindow {
 public:
  RangeWindow(const SplitFile& file, const Split& split, Feed& feed, const Rules& rules)
      : file_(file), split_(split), feed_(feed), rules_(rules) {}

  /// Reads from the offset `from` on: as much as the batch wants, and `slack` more, in which the
  /// last record usually ends.
  void read(std::uint64_t from, std::uint64_t slack);
  char* begin() const { return bytes_; }
  char* end() const { return bytes_ + size_; }
  std::uint64_t from() const { return from_; }
  std::size_t size() const { return size_; }

  /// Appends the record at `position`; `text` is a slice of the bytes.
  void give(std::uint64_t position, std::string_view text) {
    if (text.size() > rules_.max_size) {
      append_too_long(feed_, split_.part, position, text, text.size(), rules_);
      return;
    }
    capacity_ = 0;
    append_text(feed_, split_.part, position, text, rules_.text);
    given_ += text.size();
  }
  /// Appends the record of `size` bytes at `position`, which is not in the bytes as a whole.
  void give_alone(std::uint64_t position, std::uint64_t size);

 private:
  const SplitFile& file_;
  const Split& split_;
  Feed& feed_;
  const Rules& rules_;
  std::uint64_t given_ = 0;  ///< The bytes of text appended so far.
  char* bytes_ = nullptr;    ///< The bytes [from_, from_ + size_) of the file.
  std::uint64_t from_ = 0;
  std::size_t size_ = 0;
  /// The size of a buffer to which no record refers yet; 0 if there is none to reuse.
  std::size_t capacity_ = 0;
};

}  // namespace weir::stages::file
