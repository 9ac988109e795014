#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/codec.h"
#include "stages/file/fd.h"
#include "weir/feed.h"

namespace weir::stages::file {

/// The content of a file that is decoded elsewhere.
class DecodedBytes {
 public:
  /// The result of a read.
  struct Got {
    std::size_t size = 0;  ///< The bytes read; 0 without `end` means that there are none now.
    bool end = false;
  };
  virtual ~DecodedBytes() = default;
  /// Reads some bytes, and waits for them, as InputStream does.
  virtual Got read(std::span<char> out, const Stop& stop) = 0;
};

/// The content of a file, pipe or device from its beginning to its end. It is decompressed if its
/// first bytes say that it is compressed. Where memory for that is short, an exception
/// (detail::OutOfMemory) passes through, and the next `read` goes on.
class InputStream {
 public:
  struct Options {
    bool waits = false;  ///< True if it is no regular file, so that a read may have to wait.
    /// True if data in a compression that weir does not have may pass as it is.
    bool any_bytes = false;
    bool plain = false;  ///< True if nothing is decompressed.
    DecoderMemory::Bound memory;
    int threads = 1;  ///< How many a decoder may use.
    /// True if more may come behind what is the file's end now. `end_here` is then the end.
    bool grows = false;
    /// What it is compressed with, if that is known.
    std::optional<Codec> codec;
    /// For a part of a file that is compressed: where it begins and ends. `fd` stands at `begin`.
    std::uint64_t begin = 0;
    std::uint64_t end = ~std::uint64_t{0};
  };
  InputStream(Fd fd, std::string path, const Options& options);
  /// What was decoded elsewhere.
  InputStream(std::unique_ptr<DecodedBytes> decoded, std::string path);

  using Got = DecodedBytes::Got;
  /// Reads what is there, at most `out.size()` bytes. With `wait` it waits for some, until `stop`.
  /// Throws Error "io" for what cannot be read or decompressed, after it has returned all that
  /// could be.
  Got read(std::span<char> out, const Stop& stop, bool wait);

  // For a file that grows, which is not compressed.

  /// Says that nothing follows what was read.
  void end_here() { ended_ = true; }
  /// Takes that back.
  void go_on() { ended_ = false; }
  /// Goes on at `offset` of the file.
  void jump(std::uint64_t offset);
  /// The descriptor, which may be taken out for a while; it holds the place of the next read.
  Fd& descriptor() { return fd_; }

 private:
  enum class Fill : std::uint8_t { some, nothing, end };

  bool ready(const Stop& stop, bool wait) const;
  Fill fill(const Stop& stop, bool wait);
  bool detect(const Stop& stop, bool wait);
  void begin_decoding(Codec codec);
  Got read_plain(std::span<char> out, const Stop& stop, bool wait);
  Got read_decoded(std::span<char> out, const Stop& stop, bool wait);
  ssize_t read_some(char* to, std::size_t size);
  [[noreturn]] void fail(const std::string& what) const;

  Fd fd_;
  std::string path_;
  Options options_;
  std::unique_ptr<DecodedBytes> elsewhere_;  ///< If it is set, all comes from there.
  bool ended_ = false;
  bool detected_ = false;
  Codec codec_ = Codec::none;
  std::unique_ptr<Decoder> decoder_;
  std::vector<char> raw_;      ///< The bytes read from the descriptor last.
  std::string_view raw_left_;  ///< The part of `raw_` that is not passed on yet.
  std::uint64_t raw_read_ = 0;
  std::uint64_t decoded_ = 0;
};

}  // namespace weir::stages::file
