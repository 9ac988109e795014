#include "stages/file/json_scanner.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weir::stages::file {
namespace {

constexpr std::string_view kScalarEnds = " \t\r\n{}[]:,\"";
constexpr std::string_view kBlanks = " \t\r\n";

}  // namespace

void JsonScanner::start(bool line_feeds) {
  kind_ = Kind::unknown;
  line_feeds_ = line_feeds;
  in_string_ = escaped_ = too_deep_ = false;
  depth_ = 0;
  last_ = 0;
}

void JsonScanner::start_in_objects(unsigned depth) {
  start(false);
  kind_ = Kind::nested;
  state_ = State::after_value;
  for (; depth_ < depth; ++depth_) objects_[depth_ / 64] |= std::uint64_t{1} << (depth_ % 64);
}

/// Returns the last byte that is no blank.
char JsonScanner::last_of(std::string_view before) const {
  const std::size_t last = before.substr(from_).find_last_not_of(kBlanks);
  return last == std::string_view::npos ? last_ : before[from_ + last];
}

JsonScanner::Found JsonScanner::scan(std::string_view bytes, std::size_t& at) {
  from_ = at;
  const Found found = scan_on(bytes, at);
  if (found == Found::more) last_ = last_of(bytes);
  return found;
}

JsonScanner::Found JsonScanner::scan_on(std::string_view bytes, std::size_t& at) {
  if (at == bytes.size()) return Found::more;
  if (kind_ == Kind::unknown) {
    const char first = bytes[at];
    if (first == '{' || first == '[') {
      kind_ = Kind::nested;
      open(first == '{');
      ++at;
    } else if (first == '"') {
      kind_ = Kind::string;
    } else if (kScalarEnds.find(first) != std::string_view::npos) {
      return Found::broken;
    } else {
      kind_ = Kind::scalar;
    }
  }
  if (kind_ == Kind::scalar) return scan_scalar(bytes, at);
  while (at < bytes.size()) {
    const Found found = scan_block(bytes, at);
    if (found != Found::more) return found;
  }
  return Found::more;
}

JsonScanner::Found JsonScanner::scan_scalar(std::string_view bytes, std::size_t& at) const {
  at = std::min(bytes.find_first_of(kScalarEnds, at), bytes.size());
  return at < bytes.size() ? Found::end : Found::more;
}

/// Returns a mask of the bytes in strings, each with its opening quote, of the first `size` bytes.
std::uint64_t JsonScanner::strings(const JsonBlock& block, std::size_t size) {
  std::uint64_t escaped = escaped_ ? 1 : 0;
  escaped_ = false;
  for (std::uint64_t left = block.backslashes & ~escaped; left != 0;) {
    const std::uint64_t next = (left & -left) << 1;
    escaped_ = next == 0 || (size < JsonBlock::kSize && next >> size != 0);
    escaped |= next;
    left &= left - 1;
    left &= ~next;
  }
  std::uint64_t inside = running_parity(block.quotes & ~escaped);
  if (in_string_) inside = ~inside;
  in_string_ = (inside >> (size - 1) & 1) != 0;
  return inside;
}

/// Looks at 64 bytes, or those that are there.
JsonScanner::Found JsonScanner::scan_block(std::string_view bytes, std::size_t& at) {
  const std::size_t size = std::min(bytes.size() - at, JsonBlock::kSize);
  char padded[JsonBlock::kSize];
  const char* begin = bytes.data() + at;
  if (size < JsonBlock::kSize) {
    std::memset(padded, ' ', sizeof padded);
    std::memcpy(padded, begin, size);
    begin = padded;
  }
  const JsonBlock block(begin);
  const std::uint64_t inside = strings(block, size);
  // A backslash outside of strings escapes nothing, and is no JSON.
  std::uint64_t stops = (block.structurals | block.backslashes) & ~inside;
  if (line_feeds_) stops |= block.line_feeds & inside;
  // The quote that ends a string value is its first byte that is not inside.
  if (kind_ == Kind::string) stops |= ~inside;
  if (size < JsonBlock::kSize) stops &= (std::uint64_t{1} << size) - 1;
  for (; stops != 0; stops &= stops - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(stops));
    const bool in_string = (inside >> i & 1) != 0;
    if (in_string || (depth_ > 0 && !fits(begin[i], bytes.substr(0, at + i)))) {
      in_string_ = in_string;
      at += i;
      return Found::broken;
    }
    if (depth_ == 0) {
      at += i + 1;
      return Found::end;
    }
  }
  at += size;
  return Found::more;
}

/// Takes a brace, bracket, comma or colon. Returns false if it does not fit.
bool JsonScanner::fits(char c, std::string_view before) {
  switch (c) {
    case ',':
      if (state_ == State::element || state_ == State::after_element) {
        state_ = State::element;
        return true;
      }
      if (state_ != State::value && state_ != State::after_value) return false;
      state_ = State::next_name;
      return true;
    case ':':
      if (state_ != State::name && state_ != State::next_name) return false;
      state_ = State::value;
      return true;
    case '}':
    case ']':
      return close(c == '}');
    case '\\':
      return false;
    default:
      break;
  }
  if (state_ != State::value && state_ != State::element) return false;
  // The colon, comma or bracket behind which a value is due must be the last byte that is no blank.
  const std::string_view due = ":,[";
  return due.find(last_of(before)) != std::string_view::npos && open(c == '{');
}

bool JsonScanner::open(bool object) {
  too_deep_ = depth_ == kMaxDepth;
  if (too_deep_) return false;
  std::uint64_t& level = objects_[depth_ / 64];
  const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
  level = object ? level | bit : level & ~bit;
  ++depth_;
  state_ = object ? State::name : State::element;
  return true;
}

bool JsonScanner::close(bool object) {
  if (in_object() != object) return false;
  if (--depth_ > 0) state_ = in_object() ? State::after_value : State::after_element;
  return true;
}

std::string_view JsonScanner::expected() const {
  if (too_deep_) return "at most 1024 levels";
  if (kind_ == Kind::unknown) return "a value";
  if (in_string_) return "'\"'";
  switch (state_) {
    case State::name:
      return "':' or '}'";
    case State::next_name:
      return "':'";
    case State::value:
    case State::after_value:
      return "',' or '}'";
    case State::element:
    case State::after_element:
      break;
  }
  return "',' or ']'";
}

std::string_view JsonScanner::missing() const {
  if (in_string_) return "'\"'";
  return in_object() ? "'}'" : "']'";
}

}  // namespace weir::stages::file
