#include "stages/file/whole_records.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "stages/file/bom.h"
#include "weir/detail/csv_delimiter.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kChunk = std::size_t{256} * 1024;
constexpr std::size_t kNowhere = std::string_view::npos;

/// Returns the bytes at `offset`, as many as fit and are there.
std::string_view read_at(const Fd& fd, std::vector<char>& buffer, std::uint64_t offset,
                         std::uint64_t size, const std::string& path) {
  const ssize_t n =
      pread_all(fd.get(), buffer.data(), std::min<std::uint64_t>(buffer.size(), size), offset);
  if (n < 0) throw io_error("read", path, errno);
  return {buffer.data(), static_cast<std::size_t>(n)};
}

/// Returns the offset behind the last delimiter, which is looked for from the end.
std::uint64_t whole_lines(const Fd& fd, std::uint64_t size, const Ending& ending,
                          const std::string& path) {
  const std::string& delimiter = ending.delimiter;
  std::vector<char> buffer(kChunk + delimiter.size());
  std::uint64_t end = size;
  while (end > 0) {
    // Pieces overlap, so that no delimiter is cut.
    const std::uint64_t begin = end - std::min<std::uint64_t>(end, kChunk);
    const std::uint64_t wanted = std::min<std::uint64_t>(end + delimiter.size() - 1, size) - begin;
    const std::size_t found = read_at(fd, buffer, begin, wanted, path).rfind(delimiter);
    if (found != std::string_view::npos) return begin + found + delimiter.size();
    if (size - begin > ending.longest + delimiter.size()) break;
    end = begin;
  }
  return 0;
}

/// Returns the same for a delimiter of several bytes. It may overlap itself, so it is looked for
/// from the front, as it is read.
std::uint64_t whole_pieces(const Fd& fd, std::uint64_t size, const Ending& ending,
                           const std::string& path) {
  const std::string& delimiter = ending.delimiter;
  std::vector<char> buffer(kChunk + delimiter.size());
  std::uint64_t whole = 0;
  std::uint64_t at = 0;
  while (at < size) {
    const std::string_view bytes = read_at(fd, buffer, at, size - at, path);
    if (bytes.size() < delimiter.size()) break;
    const std::size_t found = bytes.find(delimiter);
    if (found == std::string_view::npos) {
      at += bytes.size() - (delimiter.size() - 1);
      continue;
    }
    std::size_t end = 0;
    for (std::size_t next = found; next != std::string_view::npos;
         next = bytes.find(delimiter, end)) {
      end = next + delimiter.size();
    }
    at = whole = at + end;
  }
  return whole;
}

/// Finds line breaks outside quotes. A quote opens a field only at its start.
class Rows {
 public:
  explicit Rows(const Ending& ending) : separator_(ending.separator), quote_(ending.quote) {}

  /// Returns whether `c`, the next byte, ends a row.
  bool ends(char c) {
    const bool quote = c == quote_;
    if (quoted_) {
      quoted_ = !quote;
    } else if (quote) {
      quoted_ = before_ == quote_ || before_ == '\n' || is_separator(before_);
    }
    const bool opened = quote && quoted_ && before_ != quote_;
    before_ = opened ? kOpen : c;
    return c == '\n' && !quoted_;
  }

 private:
  /// The next quote closes what this one has opened.
  static constexpr char kOpen = '\0';

  bool is_separator(char c) const {
    return separator_ != '\0' ? c == separator_ : detail::kUsualDelimiters.find(c) != kNowhere;
  }

  char separator_;
  char quote_;
  bool quoted_ = false;
  char before_ = '\n';
};

std::uint64_t whole_rows(const Fd& fd, std::uint64_t size, const Ending& ending,
                         const std::string& path) {
  std::vector<char> buffer(kChunk);
  std::uint64_t whole = 0;
  Rows rows(ending);
  for (std::uint64_t at = 0; at < size;) {
    const std::string_view bytes = read_at(fd, buffer, at, size - at, path);
    if (bytes.empty()) break;
    const std::size_t bom = at == 0 && bytes.starts_with(kBom) ? kBom.size() : 0;
    for (std::size_t i = bom; i < bytes.size(); ++i) {
      if (rows.ends(bytes[i])) whole = at + i + 1;
    }
    at += bytes.size();
  }
  return whole;
}

/// Returns the offset behind the last member that can be read to its end.
std::uint64_t whole_members(const Fd& fd, std::uint64_t size, const Ending& ending,
                            const std::string& path) {
  std::vector<char> buffer(kChunk);
  std::vector<char> made(kChunk);
  const std::unique_ptr<Decoder> decoder = make_decoder(ending.codec, {ending.window, nullptr});
  std::uint64_t whole = 0;
  for (std::uint64_t at = 0; at < size;) {
    std::string_view bytes = read_at(fd, buffer, at, size - at, path);
    if (bytes.empty()) break;
    const std::string_view all = bytes;
    Detected start;
    if (at == 0) detect_codec(bytes.substr(0, kMagicSize), true, start);
    if (at == 0 && start.codec != ending.codec) {
      throw Error(
          "io",
          "cannot append to '" + path + "': it is not compressed as " + codec_name(ending.codec),
          false);
    }
    while (true) {
      const std::size_t got = decoder->decode(bytes, made, false);
      if (!decoder->failure().empty()) return whole;
      if (decoder->complete()) whole = at + (all.size() - bytes.size());
      if (got == 0 && bytes.empty()) break;
    }
    at += all.size();
  }
  return whole;
}

}  // namespace

std::uint64_t whole_size(const Fd& fd, std::uint64_t size, const Ending& ending,
                         const std::string& path) {
  if (size == 0 || (ending.delimiter.empty() && ending.codec == Codec::none)) return size;
  if (ending.codec != Codec::none) return whole_members(fd, size, ending, path);
  const bool rows = ending.csv && (ending.delimiter == "\n" || ending.delimiter == "\r\n");
  const bool lines = ending.delimiter.size() == 1;
  const std::uint64_t whole = rows    ? whole_rows(fd, size, ending, path)
                              : lines ? whole_lines(fd, size, ending, path)
                                      : whole_pieces(fd, size, ending, path);
  if (size - whole <= ending.longest + ending.delimiter.size()) return whole;
  throw Error("io",
              "cannot append to '" + path + "': its last " + std::to_string(size - whole) +
                  " bytes are no whole record and more than one can have",
              false);
}

}  // namespace weir::stages::file
