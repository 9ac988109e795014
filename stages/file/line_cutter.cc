#include "stages/file/line_cutter.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string_view>

#include "stages/file/split_file.h"

namespace weir::stages::file {
namespace {

/// The bytes past a range's end that are read in the same call: more than the rest of most records
/// and the line behind it.
constexpr std::uint64_t kSlack = 4096;
constexpr std::uint64_t kSmallStep = 4096;
constexpr std::uint64_t kLargeStep = std::uint64_t{64} * 1024;

}  // namespace

LineCutter::LineCutter(const SplitFile& file, Split& split, Feed& feed, const Rules& rules)
    : file_(file),
      split_(split),
      feed_(feed),
      rules_(rules),
      framer_(rules),
      window_(file, split, feed, rules) {}

void LineCutter::run() {
  if (!seek_record()) return;
  while (!split_.done() && !feed_.full()) {
    window_.read(split_.begin, kSlack);
    cut_window();
  }
}

/// Moves `begin` to the first record that begins in the range, or to the range's end and returns
/// false if none does.
bool LineCutter::seek_record() {
  if (split_.begin == file_.first()) return true;
  std::uint64_t from = split_.begin - 1;
  if (rules_.pattern->role() == LinePattern::Role::end) {
    // The whole line before a record decides.
    if (!line_begins()) {
      split_.begin = split_.end;
      return false;
    }
    from = begin_of_line();
  }
  // What is cut off here ends with the line in which the byte before the range lies, or further on.
  End found;
  const bool begins = find_end(from, split_.end, found) && found.next < split_.end;
  split_.begin = begins ? found.next : split_.end;
  return begins;
}

/// Returns whether a line begins in the range.
bool LineCutter::line_begins() const {
  char buffer[kSmallStep];
  for (std::uint64_t at = split_.begin - 1; at + 1 < split_.end;) {
    const std::size_t n = std::min<std::uint64_t>(sizeof buffer, split_.end - 1 - at);
    file_.read(buffer, n, at);
    if (std::memchr(buffer, '\n', n)) return true;
    at += n;
  }
  return false;
}

/// Returns where the line begins in which the byte before the range lies.
std::uint64_t LineCutter::begin_of_line() const {
  char buffer[kSmallStep];
  std::uint64_t end = split_.begin - 1;
  while (end > file_.first()) {
    const std::size_t n = std::min<std::uint64_t>(sizeof buffer, end - file_.first());
    file_.read(buffer, n, end - n);
    const std::size_t newline = std::string_view(buffer, n).rfind('\n');
    if (newline != std::string_view::npos) return end - n + newline + 1;
    end -= n;
  }
  return file_.first();
}

/// Finds the end of the record at `begin`, holding no more of it than the framer must see. Returns
/// false if the next one does not begin before `stop`.
bool LineCutter::find_end(std::uint64_t begin, std::uint64_t stop, End& found) {
  std::vector<char> held;
  std::unique_lock<std::mutex> long_line(rules_.pattern->long_line(), std::defer_lock);
  std::uint64_t at = begin;  // where `held` begins
  std::uint64_t step = kSmallStep;
  framer_.restart();
  for (;;) {
    const std::size_t kept = held.size();
    const std::uint64_t n = std::min(step, file_.end() - (at + kept));
    if (kept > 2 * LinePattern::kUsualLine && !long_line) long_line.lock();
    held.resize(kept + n);
    file_.read(held.data() + kept, n, at + kept);
    const bool all = at + held.size() >= file_.end();
    Cut cut;
    if (framer_.find({held.data(), held.size()}, cut, all)) {
      found = {at + cut.size, at + cut.next};
      return true;
    }
    if (at + framer_.least_next() >= stop) return false;
    const std::size_t seen = framer_.droppable();
    framer_.dropped(seen);
    held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(seen));
    at += seen;
    step = std::min(std::max<std::uint64_t>(step * 2, held.size()), kLargeStep);
  }
}

void LineCutter::cut_window() {
  const std::uint64_t from = window_.from();
  const std::uint64_t end = from + window_.size();
  const bool all = end >= file_.end();
  std::string_view bytes(window_.begin(), window_.size());
  framer_.restart();
  for (Cut cut; framer_.find(bytes, cut, all); bytes.remove_prefix(cut.next)) {
    window_.give(split_.begin, bytes.substr(0, cut.size));
    split_.begin += cut.next;
    if (split_.done() || feed_.full()) return;
  }
  // A record that goes on behind the window is read alone, or with the next window.
  if (!all && (end >= split_.end || split_.begin == from)) cut_long();
}

/// Appends the record that goes on behind the window.
void LineCutter::cut_long() {
  End end;
  find_end(split_.begin, UINT64_MAX, end);
  window_.give_alone(split_.begin, end.text - split_.begin);
  split_.begin = end.next;
}

}  // namespace weir::stages::file
