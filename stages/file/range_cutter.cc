#include "stages/file/range_cutter.h"

#include <algorithm>
#include <cstring>

#include "stages/file/split_file.h"

namespace weir::stages::file {
namespace {

/// The bytes past a range's end that are read in the same call: more than the rest of most records.
constexpr std::uint64_t kSlack = 1024;
constexpr std::size_t kSmallStep = 4096;
constexpr std::size_t kScanBuffer = std::size_t{32} * 1024;

const char* find_byte(const char* from, const char* end, char wanted) {
  return static_cast<const char*>(std::memchr(from, wanted, static_cast<std::size_t>(end - from)));
}

}  // namespace

RangeCutter::RangeCutter(const SplitFile& file, Split& split, Feed& feed, const Rules& rules)
    : file_(file),
      split_(split),
      feed_(feed),
      rules_(rules),
      delimiter_(rules.delimiter[0]),
      window_(file, split, feed, rules) {}

void RangeCutter::run() {
  while (!split_.done() && !feed_.full()) {
    window_.read(split_.begin - (split_.begin > file_.first() ? 1 : 0), kSlack);
    if (seek_record()) cut_window();
  }
}

/// Moves `begin` to the first record that begins in the window, perhaps behind the range. Returns
/// false if none does.
bool RangeCutter::seek_record() {
  if (split_.begin == window_.from()) return true;
  const char* found = find_byte(window_.begin(), window_.end(), delimiter_);
  if (found) {
    split_.begin = offset_of(found + 1);
    return true;
  }
  split_.begin = offset_of(window_.end());
  return false;
}

void RangeCutter::cut_window() {
  const char* const end = window_.end();
  const char* const stop =
      window_.begin() + std::min<std::uint64_t>(window_.size(), split_.end - window_.from());
  const char* at = window_.begin() + (split_.begin - window_.from());
  while (at < stop && !feed_.full()) {
    const char* found = find_byte(at, end, delimiter_);
    if (!found) {
      cut_unfinished(at);
      return;
    }
    give(split_.begin, at, found, true);
    at = found + 1;
    split_.begin = offset_of(at);
  }
}

/// Handles the record at `at`, which continues behind the window.
void RangeCutter::cut_unfinished(const char* at) {
  const std::uint64_t window_end = offset_of(window_.end());
  if (window_end >= file_.end()) {
    give(split_.begin, at, window_.end(), false);
    split_.begin = file_.end();
  } else if (window_end >= split_.end || at <= window_.begin() + 1) {
    cut_long();
  }
  // Otherwise the next window begins with it.
}

void RangeCutter::cut_long() {
  bool found = false;
  std::uint64_t size = 0;
  const std::uint64_t end = find_end(found, size);
  window_.give_alone(split_.begin, size);
  split_.begin = found ? end + 1 : end;
}

/// Returns where the record ends that fills the rest of the window. Sets `size` to the size of its
/// text.
std::uint64_t RangeCutter::find_end(bool& found, std::uint64_t& size) const {
  char buffer[kScanBuffer];
  char last = window_.end()[-1];
  std::size_t step = kSmallStep;
  for (std::uint64_t at = offset_of(window_.end()); at < file_.end();) {
    const std::size_t n = std::min<std::uint64_t>(step, file_.end() - at);
    file_.read(buffer, n, at);
    if (const char* hit = find_byte(buffer, buffer + n, delimiter_)) {
      if (hit > buffer) last = hit[-1];
      const std::uint64_t end = at + static_cast<std::uint64_t>(hit - buffer);
      found = true;
      size = end - split_.begin;
      if (rules_.cut_cr && size > 0 && last == '\r') --size;
      return end;
    }
    last = buffer[n - 1];
    at += n;
    step = std::min(step * 2, kScanBuffer);
  }
  size = file_.end() - split_.begin;
  return file_.end();
}

void RangeCutter::give(std::uint64_t position, const char* at, const char* end, bool delimited) {
  if (delimited && rules_.cut_cr && end > at && end[-1] == '\r') --end;
  window_.give(position, {at, static_cast<std::size_t>(end - at)});
}

}  // namespace weir::stages::file
