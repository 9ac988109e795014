#include "stages/file/frame_cut.h"

#include <algorithm>
#include <string_view>

#include "stages/file/frame_header.h"

namespace weir::stages::file {
namespace {

/// A frame that is larger is not looked for: that would read all over a large file that is one.
constexpr std::uint64_t kLargestFrame = std::uint64_t{16} << 20;
/// The bytes that are read at a time: the largest header.
constexpr std::size_t kRead = FrameHeader::kMost;

class Bytes {
 public:
  explicit Bytes(const Fd& fd) : fd_(fd) {}
  /// Returns the bytes at `offset`, as many as are there, kRead at most.
  std::string_view at(std::uint64_t offset) {
    const ssize_t n = pread_all(fd_.get(), buffer_, sizeof buffer_, offset);
    return {buffer_, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  }

 private:
  const Fd& fd_;
  char buffer_[kRead];
};

/// Returns the size of the block of bgzf that begins at `at`; 0 if there is none.
std::uint64_t bgzf_block(Bytes& bytes, std::uint64_t at) {
  constexpr std::string_view kStart = "\x1f\x8b\x08";
  constexpr std::size_t kExtraAt = 10;
  constexpr std::size_t kFlagsAt = 3;
  const std::string_view start = bytes.at(at);
  if (start.size() < kRead || !start.starts_with(kStart) || start[kFlagsAt] != 4) return 0;
  const std::string_view extra = start.substr(kExtraAt);
  if (number_in(extra.substr(0, 2)) < 6 || extra.substr(2, 4) != std::string_view("BC\2\0", 4)) {
    return 0;
  }
  return number_in(extra.substr(6, 2)) + 1;
}

/// Returns the size of the frame of zstd that begins at `at`; 0 if there is none, or it is large.
std::uint64_t zstd_frame(Bytes& bytes, std::uint64_t at) {
  constexpr std::size_t kBlockHeader = 3;
  std::string_view start = bytes.at(at);
  if (start.size() < FrameHeader::kSkippable) return 0;
  const std::uint64_t magic = number_in(start.substr(0, FrameHeader::kMagicSize));
  if (FrameHeader::is_skippable(magic)) {
    return FrameHeader::kSkippable + number_in(start.substr(FrameHeader::kMagicSize, 4));
  }
  if (magic != FrameHeader::kMagic) return 0;
  const FrameHeader header(start);
  std::uint64_t size = header.size();
  for (bool last = false; !last;) {
    start = bytes.at(at + size);
    if (start.size() < kBlockHeader || size > kLargestFrame) return 0;
    const std::uint64_t block = number_in(start.substr(0, kBlockHeader));
    last = (block & 1) != 0;
    const bool repeats = (block >> 1 & 3) == 1;  // One byte stands for all of the block.
    size += kBlockHeader + (repeats ? 1 : block >> 3);
  }
  return size + (header.has_checksum() ? 4 : 0);
}

}  // namespace

std::uint64_t part_end(const Fd& fd, Codec codec, std::uint64_t begin, std::uint64_t end) {
  if (codec != Codec::gzip && codec != Codec::zstd) return end;
  Bytes bytes(fd);
  std::uint64_t at = begin;
  while (at < end && at - begin < kPartSize) {
    const std::uint64_t size = codec == Codec::gzip ? bgzf_block(bytes, at) : zstd_frame(bytes, at);
    if (size == 0) return at == begin ? end : at;
    at += size;
  }
  return std::min(at, end);
}

}  // namespace weir::stages::file
