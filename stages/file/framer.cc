#include "stages/file/framer.h"

#include <algorithm>

namespace weir::file {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// What may stand before a field where nobody says what does.
constexpr std::string_view kUsualSeparators = ",;\t|";

/// A quote opens a quoted field only at the field's start; elsewhere it is a byte like others.
bool opens_field(std::string_view bytes, std::size_t quote, char separator) {
  if (quote == 0) return true;
  const char before = bytes[quote - 1];
  return separator != 0 ? before == separator : kUsualSeparators.find(before) != kNowhere;
}

}  // namespace

void Framer::restart() {
  looked_at_ = 0;
  quoted_ = false;
}

bool Framer::find(std::string_view bytes, Cut& cut) {
  if (rules_.unit == Rules::Unit::file) {
    looked_at_ = bytes.size();
    return false;
  }
  const bool csv = rules_.unit == Rules::Unit::csv;
  const std::size_t end = csv ? find_csv_end(bytes) : find_delimiter(bytes);
  if (end == kNowhere) return false;
  cut.size = end;
  if (rules_.cut_cr && end > 0 && bytes[end - 1] == '\r') --cut.size;
  cut.next = end + (csv ? 1 : rules_.delimiter.size());
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

std::size_t Framer::find_csv_end(std::string_view bytes) {
  std::size_t at = looked_at_;
  std::size_t newline = 0;  // the first one from `at` on, once it was looked for
  bool known = false;
  while (at < bytes.size()) {
    if (quoted_) {
      const std::size_t quote = bytes.find('"', at);
      if (quote == kNowhere || quote + 1 == bytes.size()) {
        // The last byte may be half of a doubled quote: it is looked at again.
        at = std::min(quote, bytes.size());
        break;
      }
      quoted_ = bytes[quote + 1] == '"';
      at = quote + (quoted_ ? 2 : 1);
      continue;
    }
    if (!known || newline < at) newline = std::min(bytes.find('\n', at), bytes.size());
    known = true;
    const std::size_t quote = bytes.substr(0, newline).find('"', at);
    if (quote == kNowhere) {
      if (newline < bytes.size()) return newline;
      at = bytes.size();
    } else {
      quoted_ = opens_field(bytes, quote, rules_.separator);
      at = quote + 1;
    }
  }
  looked_at_ = at;
  return kNowhere;
}

}  // namespace weir::file
