#include "stages/file/line_framer.h"

#include <algorithm>
#include <utility>

namespace weir::stages::file {

LineFramer::LineFramer(const Rules& rules)
    : rules_(rules),
      before_(rules.pattern->role() != LinePattern::Role::end),
      seen_(before_ ? LinePattern::kUsualLine : std::max(LinePattern::kUsualLine, rules.max_size)),
      matcher_(rules.pattern->take_matcher()) {}

LineFramer::~LineFramer() { rules_.pattern->give_back(std::move(matcher_)); }

void LineFramer::restart() {
  line_ = looked_at_ = 0;
  first_ = true;
  decided_ = false;
}

std::size_t LineFramer::droppable() const {
  // The two bytes before are the end of the line before.
  const std::size_t needed = decided_ ? looked_at_ : line_;
  return needed > 2 ? needed - 2 : 0;
}

void LineFramer::dropped(std::size_t size) {
  line_ -= std::min(line_, size);
  looked_at_ -= size;
}

bool LineFramer::find(std::string_view bytes, Cut& cut, bool all) {
  for (;;) {
    const std::size_t newline = bytes.find('\n', looked_at_);
    const bool whole = newline != std::string_view::npos;
    looked_at_ = whole ? newline : bytes.size();
    // What begins a record may begin with any line.
    if (before_ && first_) {
      decided_ = true;
      marks_ = false;
    }
    if (!decided_) {
      const std::size_t size = looked_at_ - line_;
      if (!whole && size == 0) return all && rest(bytes, cut);
      // Two bytes more, since a CR before the LF is no part of the line.
      if (!whole && !all && size < seen_ + 2) return false;
      marks_ = marks(bytes.substr(line_, size), whole);
      decided_ = true;
      if (marks_ && before_) {
        end_record(bytes, line_ - 1, cut);
        return true;
      }
    }
    if (!whole) return all && rest(bytes, cut);
    if (marks_) {
      end_record(bytes, newline, cut);
      return true;
    }
    line_ = looked_at_ = newline + 1;
    first_ = decided_ = false;
  }
}

/// Returns whether a record ends before or behind this line, `whole` if an LF follows it.
bool LineFramer::marks(std::string_view line, bool whole) {
  if (whole && line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t size = std::min(line.size(), seen_);
  // The pattern sees that a line goes on, but not how.
  const bool found = matcher_->found(line.substr(0, size + 1), size);
  return found == (rules_.pattern->role() != LinePattern::Role::continues);
}

/// Ends the last record. Returns false if there is none.
bool LineFramer::rest(std::string_view bytes, Cut& cut) {
  if (bytes.empty()) return false;
  if (bytes.back() == '\n') {
    end_record(bytes, bytes.size() - 1, cut);
  } else {
    cut = {bytes.size(), bytes.size()};
    restart();
  }
  return true;
}

/// Ends the record with the LF at `end`.
void LineFramer::end_record(std::string_view bytes, std::size_t end, Cut& cut) {
  cut.next = end + 1;
  cut.size = end - (end > 0 && bytes[end - 1] == '\r' ? 1 : 0);
  restart();
}

}  // namespace weir::stages::file
