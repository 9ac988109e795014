#include "stages/file/range_cutter.h"

#include <algorithm>
#include <cstring>

#include "stages/file/split_file.h"

namespace weir::stages::file {
namespace {

/// The bytes past a range's end that are read in the same call: more than the rest of most records.
constexpr std::uint64_t kSlack = 1024;
/// The smallest read. A batch of few records reads little at a time, but never less than this.
constexpr std::uint64_t kSmallStep = 4096;
constexpr std::uint64_t kBytesPerWantedRecord = 1024;
constexpr std::size_t kScanBuffer = std::size_t{32} * 1024;

const char* find_byte(const char* from, const char* end, char wanted) {
  return static_cast<const char*>(std::memchr(from, wanted, static_cast<std::size_t>(end - from)));
}

}  // namespace

RangeCutter::RangeCutter(const SplitFile& file, Split& split, Feed& feed, const Rules& rules)
    : file_(file), split_(split), feed_(feed), rules_(rules), delimiter_(rules.delimiter[0]) {}

void RangeCutter::run() {
  while (!split_.done() && !feed_.full()) {
    read_window();
    if (seek_record()) cut_window();
  }
}

void RangeCutter::read_window() {
  from_ = split_.begin - (split_.begin > file_.first() ? 1 : 0);
  const std::uint64_t wanted = std::min(feed_.want_bytes() - std::min(feed_.want_bytes(), given_),
                                        feed_.want_records() * kBytesPerWantedRecord);
  const std::uint64_t step = std::max(wanted, kSmallStep) + 1 + kSlack;
  const std::uint64_t rest = std::min(split_.end + kSlack, file_.end()) - from_;
  size_ = std::min(step, rest);
  if (capacity_ < size_) {
    capacity_ = 0;
    window_ = feed_.buffer(size_);
    capacity_ = size_;
  }
  file_.read(window_, size_, from_);
}

/// Moves `begin` to the first record that begins in the window, perhaps behind the range. Returns
/// false if none does.
bool RangeCutter::seek_record() {
  if (split_.begin == from_) return true;
  const char* found = find_byte(window_, window_ + size_, delimiter_);
  if (found) {
    split_.begin = from_ + static_cast<std::uint64_t>(found - window_) + 1;
    return true;
  }
  split_.begin = from_ + size_;
  return false;
}

void RangeCutter::cut_window() {
  const char* const end = window_ + size_;
  const char* const stop = window_ + std::min<std::uint64_t>(size_, split_.end - from_);
  const char* at = window_ + (split_.begin - from_);
  while (at < stop && !feed_.full()) {
    const char* found = find_byte(at, end, delimiter_);
    if (!found) {
      cut_unfinished(at);
      return;
    }
    give(split_.begin, at, found, true);
    at = found + 1;
    split_.begin = from_ + static_cast<std::uint64_t>(at - window_);
  }
}

/// Handles the record at `at`, which continues behind the window.
void RangeCutter::cut_unfinished(const char* at) {
  const std::uint64_t begin = split_.begin;
  const std::uint64_t window_end = from_ + size_;
  if (window_end >= file_.end()) {
    give(begin, at, window_ + size_, false);
    split_.begin = file_.end();
  } else if (window_end >= split_.end || at <= window_ + 1) {
    cut_long(begin);
  }
  // Otherwise the next window begins with it.
}

void RangeCutter::cut_long(std::uint64_t begin) {
  bool found = false;
  std::uint64_t size = 0;
  const std::uint64_t end = find_end(begin, found, size);
  if (size > rules_.max_size) {
    char excerpt[kExcerpt];
    const std::size_t shown = std::min<std::uint64_t>(size, kExcerpt);
    file_.read(excerpt, shown, begin);
    append_too_long(feed_, split_.part, begin, {excerpt, shown}, size, rules_);
  } else {
    char* text = feed_.buffer(size);
    file_.read(text, size, begin);
    append_text(feed_, split_.part, begin, {text, size}, rules_.text);
    given_ += size;
  }
  split_.begin = found ? end + 1 : end;
}

/// Returns where the record at `begin` ends, which fills the rest of the window. Sets `size` to the
/// size of its text.
std::uint64_t RangeCutter::find_end(std::uint64_t begin, bool& found, std::uint64_t& size) const {
  char buffer[kScanBuffer];
  char last = window_[size_ - 1];
  std::size_t step = kSmallStep;
  for (std::uint64_t at = from_ + size_; at < file_.end();) {
    const std::size_t n = std::min<std::uint64_t>(step, file_.end() - at);
    file_.read(buffer, n, at);
    if (const char* hit = find_byte(buffer, buffer + n, delimiter_)) {
      if (hit > buffer) last = hit[-1];
      const std::uint64_t end = at + static_cast<std::uint64_t>(hit - buffer);
      found = true;
      size = end - begin;
      if (rules_.cut_cr && size > 0 && last == '\r') --size;
      return end;
    }
    last = buffer[n - 1];
    at += n;
    step = std::min(step * 2, kScanBuffer);
  }
  size = file_.end() - begin;
  return file_.end();
}

void RangeCutter::give(std::uint64_t position, const char* at, const char* end, bool delimited) {
  if (delimited && rules_.cut_cr && end > at && end[-1] == '\r') --end;
  const auto size = static_cast<std::size_t>(end - at);
  if (size > rules_.max_size) {
    append_too_long(feed_, split_.part, position, {at, size}, size, rules_);
    return;
  }
  capacity_ = 0;
  append_text(feed_, split_.part, position, {at, size}, rules_.text);
  given_ += size;
}

}  // namespace weir::stages::file
