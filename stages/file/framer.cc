#include "stages/file/framer.h"

#include <algorithm>

#include "stages/file/json_array_framer.h"
#include "stages/file/json_framer.h"
#include "stages/file/line_framer.h"
#include "weir/detail/csv_delimiter.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
/// The number of bytes in which an LF is looked for if CRs are met first.
constexpr std::size_t kLookAhead = std::size_t{64} * 1024;

/// Returns whether a quote opens a quoted field, which it does only at the start of a field;
/// elsewhere it is an ordinary byte.
bool opens_field(std::string_view bytes, std::size_t quote, char separator) {
  if (quote == 0) return true;
  const char before = bytes[quote - 1];
  return separator != 0 ? before == separator : detail::kUsualDelimiters.find(before) != kNowhere;
}

/// Returns whether an LF outside quotes follows. A row ends at `at`.
bool has_line_feed(std::string_view bytes, std::size_t at, const Rules& rules) {
  bool quoted = false;
  bool plain = true;  // True in a row in which no quote counts.
  for (; at < bytes.size(); ++at) {
    const char c = bytes[at];
    const char before = at == 0 ? '\n' : bytes[at - 1];
    const bool begins = before == '\r' || before == '\n';
    if (begins && !quoted) plain = rules.quote == '\0' || rules.is_comment(bytes.substr(at));
    if (c == rules.quote && !plain) {
      const bool starts = begins || before == rules.quote;
      quoted = !quoted && (starts || opens_field(bytes, at, rules.separator));
    }
    if (c == '\n' && !quoted) return true;
  }
  return false;
}

std::unique_ptr<UnitFramer> unit_framer(const Rules& rules) {
  switch (rules.unit) {
    case Rules::Unit::multiline:
      return std::make_unique<LineFramer>(rules);
    case Rules::Unit::json:
      return std::make_unique<JsonFramer>();
    case Rules::Unit::json_array:
      return std::make_unique<JsonArrayFramer>(rules);
    default:
      return nullptr;
  }
}

}  // namespace

Framer::Framer(const Rules& rules) : rules_(rules), unit_(unit_framer(rules)) {}

void Framer::restart() {
  if (unit_) unit_->restart();
  looked_at_ = 0;
  dropped_ = 0;
  quoted_ = false;
}

bool Framer::find(std::string_view bytes, Cut& cut, bool all) {
  if (unit_) return unit_->find(bytes, cut, all);
  if (rules_.unit == Rules::Unit::file) {
    looked_at_ = bytes.size();
    return false;
  }
  const bool csv = rules_.unit == Rules::Unit::csv;
  const std::size_t end = csv ? find_csv_end(bytes, all) : find_delimiter(bytes);
  if (end == kNowhere) return false;
  cut.size = end;
  cut.next = end + (csv ? 1 : rules_.delimiter.size());
  if (csv && row_end_ == RowEnd::carriage_return) {
    if (bytes.substr(end, 2) == "\r\n") ++cut.next;
  } else if (rules_.cut_cr && end > 0 && bytes[end - 1] == '\r') {
    --cut.size;
  }
  restart();
  return true;
}

std::size_t Framer::find_delimiter(std::string_view bytes) {
  const std::string& delimiter = rules_.delimiter;
  const std::size_t end = delimiter.size() == 1 ? bytes.find(delimiter[0], looked_at_)
                                                : bytes.find(delimiter, looked_at_);
  if (end == kNowhere && bytes.size() >= delimiter.size()) {
    looked_at_ = std::max(looked_at_, bytes.size() - (delimiter.size() - 1));
  }
  return end;
}

/// Returns where the row might end; the size of `bytes` if nowhere.
std::size_t Framer::row_end_from(std::string_view bytes, std::size_t at) const {
  const std::size_t end =
      row_end_ == RowEnd::line_feed ? bytes.find('\n', at) : bytes.find_first_of("\r\n", at);
  return std::min(end, bytes.size());
}

/// Returns whether the row ends at `end`, which is outside quotes. If not, either this cannot be
/// told yet, or only LFs end rows and this is none; `row_end_` says which.
bool Framer::settle_row_end(std::string_view bytes, std::size_t end, bool all) {
  if (row_end_ == RowEnd::unknown) {
    // No more bytes count than are wanted, from the beginning of the record on: neither how much
    // has arrived at once nor what was dropped may matter.
    const std::size_t most = std::min(kLookAhead, std::max(rules_.max_size, kExcerpt));
    const std::size_t wanted = std::max(most, dropped_ + end + 2) - dropped_;
    if (has_line_feed(bytes.substr(0, wanted), end, rules_)) {
      row_end_ = RowEnd::line_feed;
    } else if (all || bytes.size() >= wanted) {
      row_end_ = RowEnd::carriage_return;
    }
  }
  if (row_end_ == RowEnd::line_feed) return bytes[end] == '\n';
  // An LF may follow the CR.
  return row_end_ == RowEnd::carriage_return &&
         (bytes[end] == '\n' || all || end + 1 < bytes.size());
}

/// Decides whether quotes count in the row with which `bytes` begin. Returns false if that cannot
/// be told yet.
bool Framer::begin_row(std::string_view bytes, bool all) {
  if (looked_at_ > 0 || dropped_ > 0) return true;
  const bool unknown = bytes.size() < rules_.comment.size() && rules_.comment.starts_with(bytes);
  if (unknown && !all) return false;
  plain_ = rules_.quote == '\0' || rules_.is_comment(bytes);
  return true;
}

std::size_t Framer::find_csv_end(std::string_view bytes, bool all) {
  if (!rules_.comment.empty() && !begin_row(bytes, all)) return kNowhere;
  std::size_t at = looked_at_;
  // The first line end from `at` on; valid once `known`.
  std::size_t newline = 0;
  bool known = false;
  while (at < bytes.size()) {
    if (quoted_) {
      const std::size_t quote = bytes.find(rules_.quote, at);
      if (quote == kNowhere || quote + 1 == bytes.size()) {
        // The last byte may be half of a doubled quote, so it is looked at again.
        at = std::min(quote, bytes.size());
        break;
      }
      quoted_ = bytes[quote + 1] == rules_.quote;
      at = quote + (quoted_ ? 2 : 1);
      continue;
    }
    if (!known || newline < at) newline = row_end_from(bytes, at);
    known = true;
    const std::size_t quote = plain_ ? kNowhere : bytes.substr(0, newline).find(rules_.quote, at);
    if (quote == kNowhere) {
      at = newline;
      if (at == bytes.size()) break;
      if (settle_row_end(bytes, at, all)) return at;
      if (row_end_ != RowEnd::line_feed) break;
      known = false;
    } else {
      quoted_ = opens_field(bytes, quote, rules_.separator);
      at = quote + 1;
    }
  }
  looked_at_ = at;
  return kNowhere;
}

}  // namespace weir::stages::file
