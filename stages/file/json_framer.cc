#include "stages/file/json_framer.h"

#include <algorithm>
#include <string>

#include "weir/in_quotes.h"

namespace weir::stages::file {

std::size_t blanks_of(std::string_view bytes) {
  return std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size());
}

std::string got(std::string_view bytes, std::size_t at) {
  if (at >= bytes.size()) return "the end";
  const auto byte = static_cast<unsigned char>(bytes[at]);
  if (byte == '\n') return "a line break";
  if (byte > 0x20 && byte < 0x7f) return in_quotes(bytes.substr(at, 1));
  constexpr char kDigits[] = "0123456789abcdef";
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

void JsonFramer::restart() {
  phase_ = front_;
  looked_at_ = 0;
}

void JsonFramer::taken(const Cut& cut) {
  front_ = cut.kind == Cut::Kind::record ? Phase::between : phase_;
}

bool JsonFramer::find(std::string_view bytes, Cut& cut, bool all) {
  if (phase_ == Phase::inside || phase_ == Phase::line) {
    if (find_line(bytes, cut)) return true;
    if (phase_ != Phase::between) return false;
  }
  if (phase_ == Phase::between) {
    const std::size_t blanks = blanks_of(bytes);
    if (blanks > 0) {
      cut = {0, blanks, Cut::Kind::nothing};
      return true;
    }
    if (bytes.empty()) return false;
    scanner_.start(true);
    phase_ = Phase::value;
    looked_at_ = 0;
  }
  return find_value(bytes, cut, all);
}

bool JsonFramer::find_value(std::string_view bytes, Cut& cut, bool all) {
  switch (scanner_.scan(bytes, looked_at_)) {
    case JsonScanner::Found::more:
      if (!all) return false;
      if (!scanner_.scalar()) {
        broken(bytes, scanner_.missing(), cut);
        return true;
      }
      break;
    case JsonScanner::Found::broken:
      broken(bytes, scanner_.expected(), cut);
      return true;
    case JsonScanner::Found::end:
      break;
  }
  cut = {looked_at_, looked_at_ + blanks_of(bytes.substr(looked_at_)), Cut::Kind::record};
  phase_ = Phase::between;
  looked_at_ = 0;
  return true;
}

/// Ends a value that is broken at `looked_at_`.
void JsonFramer::broken(std::string_view bytes, std::string_view expected, Cut& cut) {
  problem_ = "expected " + std::string(expected) + ", got " + got(bytes, looked_at_);
  // A byte that begins no value is passed.
  const std::size_t size = std::max<std::size_t>(looked_at_, 1);
  phase_ = bytes[size - 1] == '\n' ? Phase::line : Phase::inside;
  cut = {size, size, Cut::Kind::error};
  looked_at_ = 0;
}

/// Passes what stands before the next line that begins with an object or an array.
bool JsonFramer::find_line(std::string_view bytes, Cut& cut) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (phase_ == Phase::line && (bytes[at] == '{' || bytes[at] == '[')) {
      phase_ = Phase::between;
      break;
    }
    const std::size_t line_feed = bytes.find('\n', at);
    phase_ = line_feed < bytes.size() ? Phase::line : Phase::inside;
    at = std::min(line_feed, bytes.size() - 1) + 1;
  }
  cut = {0, at, Cut::Kind::nothing};
  return at > 0;
}

}  // namespace weir::stages::file
