#include "stages/file/utf16_reader.h"

#include <algorithm>
#include <cstring>

#include "weir/detail/utf8.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kRead = std::size_t{64} * 1024;
/// The bytes that one unit, or a pair of them, becomes at most.
constexpr std::size_t kMost = 4;

bool is_high(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

InputStream::Got Utf16Reader::read(InputStream& from, std::span<char> out, const Stop& stop,
                                   bool wait) {
  if (mode_ == Mode::unknown && !decide(from, out, stop, wait)) return {};
  if (mode_ == Mode::plain) {
    if (raw_.empty()) return ended_ ? InputStream::Got{0, true} : from.read(out, stop, wait);
    const std::size_t size = std::min(raw_.size(), out.size());
    std::memcpy(out.data(), raw_.data(), size);
    raw_.erase(0, size);
    return {size, false};
  }
  for (;;) {
    const std::size_t size = convert(out);
    if (size > 0) return {size, false};
    if (ended_) return {0, true};
    if (!fill(from, kRead, stop, wait)) return {};
  }
}

/// Looks at the first two bytes. Returns false if they are not there yet.
bool Utf16Reader::decide(InputStream& from, std::span<char>, const Stop& stop, bool wait) {
  constexpr std::size_t kMark = 2;
  while (raw_.size() < kMark && !ended_) {
    if (!fill(from, kRead, stop, wait)) return false;
  }
  const bool little_mark = raw_.starts_with("\xff\xfe");
  const bool big_mark = raw_.starts_with("\xfe\xff");
  switch (encoding_) {
    case Encoding::utf_16le:
      mode_ = Mode::little;
      taken_ = little_mark ? kMark : 0;
      break;
    case Encoding::utf_16be:
      mode_ = Mode::big;
      taken_ = big_mark ? kMark : 0;
      break;
    default:
      mode_ = big_mark                                       ? Mode::big
              : little_mark || encoding_ == Encoding::utf_16 ? Mode::little
                                                             : Mode::plain;
      taken_ = little_mark || big_mark ? kMark : 0;
      break;
  }
  return true;
}

/// Reads at most `wanted` bytes more. Returns false if there is nothing now.
bool Utf16Reader::fill(InputStream& from, std::size_t wanted, const Stop& stop, bool wait) {
  raw_.erase(0, taken_);
  taken_ = 0;
  const std::size_t kept = raw_.size();
  raw_.resize(kept + wanted);
  InputStream::Got got;
  try {
    got = from.read({raw_.data() + kept, wanted}, stop, wait);
  } catch (...) {
    raw_.resize(kept);
    throw;
  }
  raw_.resize(kept + got.size);
  ended_ = got.end;
  return got.size > 0 || got.end;
}

unsigned Utf16Reader::unit(std::size_t at) const {
  const unsigned first = static_cast<unsigned char>(raw_[at]);
  const unsigned second = static_cast<unsigned char>(raw_[at + 1]);
  return mode_ == Mode::little ? first | second << 8 : first << 8 | second;
}

/// Makes as much UTF-8 as is there and fits. Half of a pair waits for what follows it.
std::size_t Utf16Reader::convert(std::span<char> out) {
  std::size_t made = 0;
  while (out.size() - made >= kMost && taken_ < raw_.size()) {
    const std::size_t left = raw_.size() - taken_;
    if (left == 1) {
      if (!ended_) break;
      out[made++] = '\xff';
      ++taken_;
      break;
    }
    unsigned code = unit(taken_);
    std::size_t size = 2;
    if (is_high(code)) {
      if (left < 4 && !ended_) break;
      if (left >= 4 && is_low(unit(taken_ + 2))) {
        code = 0x10000 + ((code - 0xd800) << 10) + (unit(taken_ + 2) - 0xdc00);
        size = 4;
      }
    }
    char* const end = detail::write_utf8(code, out.data() + made);
    made = static_cast<std::size_t>(end - out.data());
    taken_ += size;
  }
  return made;
}

}  // namespace weir::stages::file
