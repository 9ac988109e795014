#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/codec.h"
#include "stages/file/fd.h"
#include "weir/feed.h"

namespace weir::file {

/// The content of a file, pipe or device from its beginning to its end, decompressed if it is
/// compressed, which its first bytes say.
class InputStream {
 public:
  /// `waits`: it is no regular file, a read may have to wait.
  InputStream(Fd fd, std::string path, bool waits);

  struct Got {
    std::size_t size = 0;  ///< Bytes read; 0 and not `end`: there are none now.
    bool end = false;
  };
  /// Reads what is there, at most `out.size()` bytes; with `wait` it waits for some, until `stop`.
  /// Throws Error "io" for what cannot be read or decompressed, behind all that could be.
  Got read(std::span<char> out, const Stop& stop, bool wait);

 private:
  enum class Fill : std::uint8_t { some, nothing, end };

  bool ready(const Stop& stop, bool wait) const;
  Fill fill(const Stop& stop, bool wait);
  bool detect(const Stop& stop, bool wait);
  Got read_plain(std::span<char> out, const Stop& stop, bool wait);
  Got read_decoded(std::span<char> out, const Stop& stop, bool wait);
  ssize_t read_some(char* to, std::size_t size);
  [[noreturn]] void fail(const std::string& what) const;

  Fd fd_;
  std::string path_;
  bool waits_;
  bool ended_ = false;
  bool detected_ = false;
  Codec codec_ = Codec::none;
  std::unique_ptr<Decoder> decoder_;
  std::vector<char> raw_;      ///< Bytes read from the descriptor and not yet passed on:
  std::string_view raw_left_;  ///< these of them.
  std::uint64_t raw_read_ = 0;
};

}  // namespace weir::file
