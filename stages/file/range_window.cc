#include "stages/file/range_window.h"

#include <algorithm>

#include "stages/file/split_file.h"

namespace weir::stages::file {
namespace {

/// The smallest read. A batch of few records reads little at a time, but never less than this.
constexpr std::uint64_t kSmallStep = 4096;
constexpr std::uint64_t kBytesPerWantedRecord = 1024;

}  // namespace

void RangeWindow::read(std::uint64_t from, std::uint64_t slack) {
  from_ = from;
  const std::uint64_t wanted = std::min(feed_.want_bytes() - std::min(feed_.want_bytes(), given_),
                                        feed_.want_records() * kBytesPerWantedRecord);
  const std::uint64_t step = split_.begin - from + std::max(wanted, kSmallStep) + slack;
  size_ = std::min(step, std::min(split_.end + slack, file_.end()) - from);
  if (capacity_ < size_) {
    capacity_ = 0;
    bytes_ = feed_.buffer(size_);
    capacity_ = size_;
  }
  file_.read(bytes_, size_, from);
}

void RangeWindow::give_alone(std::uint64_t position, std::uint64_t size) {
  if (size > rules_.max_size) {
    char excerpt[kExcerpt];
    const std::size_t shown = std::min<std::uint64_t>(size, kExcerpt);
    file_.read(excerpt, shown, position);
    append_too_long(feed_, split_.part, position, {excerpt, shown}, size, rules_);
  } else {
    char* text = feed_.buffer(size);
    file_.read(text, size, position);
    append_text(feed_, split_.part, position, {text, size}, rules_.text);
    given_ += size;
  }
}

}  // namespace weir::stages::file
