#pragma once

// W5 without an engine: what a C++ peer does with one range of the log. NDJSON comes in; time, ip
// and path of the lines with status >= 400 go out as CSV.

#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr std::string_view kCsvHeader = "time,ip,path\n";

inline constexpr std::size_t kRange = 256 * 1024;
/// The bytes that are first read beyond a range, for its last line.
inline constexpr std::size_t kTail = 4 * 1024;
/// The bytes after the last line that `Quotes` may read.
inline constexpr std::size_t kPadding = 64;

/// The fields of a line that W5 needs.
struct Fields {
  std::string_view time, ip, path, status;
};

inline const char* find(const char* at, const char* end, char wanted) {
  const void* found = std::memchr(at, wanted, static_cast<std::size_t>(end - at));
  return found ? static_cast<const char*>(found) : end;
}

/// Finds the quotes of a line, one after the other, 64 bytes at a time. It reads up to 63 bytes
/// past the end of the line.
class Quotes {
 public:
  Quotes(const char* begin, const char* end) : block_(begin), end_(end), mask_(mask_of(begin)) {}

  /// Returns the next quote, or the line's end.
  const char* next() {
    while (mask_ == 0) {
      block_ += 64;
      if (block_ >= end_) return end_;
      mask_ = mask_of(block_);
    }
    const char* quote = block_ + std::countr_zero(mask_);
    mask_ &= mask_ - 1;
    return quote < end_ ? quote : end_;
  }
  /// Returns the quote that ends the string whose first byte is `text`: the first one without an
  /// odd number of backslashes before it.
  const char* end_of(const char* text) {
    for (;;) {
      const char* quote = next();
      const char* before = quote;
      while (before > text && before[-1] == '\\') --before;
      if (quote == end_ || (quote - before) % 2 == 0) return quote;
    }
  }

 private:
  static std::uint64_t mask_of(const char* block) {
    std::uint64_t mask = 0;
#ifdef __SSE2__
    for (int i = 0; i < 4; ++i) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * i));
      const int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
      mask |= static_cast<std::uint64_t>(static_cast<unsigned>(equal)) << (16 * i);
    }
#else
    for (int i = 0; i < 64; ++i) mask |= std::uint64_t{block[i] == '"'} << i;
#endif
    return mask;
  }

  const char* block_;
  const char* end_;
  std::uint64_t mask_;
};

/// Walks a flat object, key by key, until it has all four fields. Returns false if one is missing.
inline bool read_fields(const char* begin, const char* end, Fields& fields) {
  Quotes quotes(begin, end);
  for (int missing = 4; missing > 0;) {
    const char* const key = quotes.next() + 1;
    if (key >= end) return false;
    const char* const key_end = quotes.end_of(key);
    const char* value = key_end + 2;
    if (value >= end) return false;
    const char* value_end = value;
    if (*value == '"') {
      quotes.next();
      value_end = quotes.end_of(++value);
    } else {
      while (value_end < end && *value_end != ',' && *value_end != '}') ++value_end;
    }
    const std::string_view name(key, static_cast<std::size_t>(key_end - key));
    std::string_view* const wanted = name == "time"     ? &fields.time
                                     : name == "ip"     ? &fields.ip
                                     : name == "path"   ? &fields.path
                                     : name == "status" ? &fields.status
                                                        : nullptr;
    if (!wanted) continue;
    *wanted = {value, static_cast<std::size_t>(value_end - value)};
    --missing;
  }
  return true;
}

inline void put_csv(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\n\r") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

inline void add_line(const char* at, const char* end, std::string& out) {
  Fields fields;
  if (!read_fields(at, end, fields)) return;
  int status = 0;
  for (const char c : fields.status) status = 10 * status + (c - '0');
  if (status < 400) return;
  put_csv(fields.time, out);
  out += ',';
  put_csv(fields.ip, out);
  out += ',';
  put_csv(fields.path, out);
  out += '\n';
}

/// A range of the log and what became of it.
struct Range {
  std::uint64_t begin = 0, end = 0;
  std::vector<char> bytes;
  std::string out;
  std::uint64_t lines = 0;
};

/// Reads up to `wanted` bytes at offset `from` and returns their number, which is smaller at the
/// file's end.
inline std::size_t read_at(int file, char* to, std::size_t wanted, std::uint64_t from) {
  std::size_t got = 0;
  while (got < wanted) {
    const ssize_t n = ::pread(file, to + got, wanted - got, static_cast<off_t>(from + got));
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  return got;
}

/// Converts the lines that begin in the range. The byte before the range tells whether the first
/// line does.
inline void convert(int file, Range& range) {
  range.out.clear();
  range.lines = 0;
  const std::uint64_t from = range.begin == 0 ? 0 : range.begin - 1;
  const std::size_t own = range.end - from;
  std::size_t room = own + kTail;
  if (range.bytes.size() < room + kPadding) range.bytes.resize(room + kPadding);
  std::size_t size = read_at(file, range.bytes.data(), room, from);
  std::size_t at = 0;
  if (range.begin > 0) {
    const char* data = range.bytes.data();
    at = static_cast<std::size_t>(find(data, data + size, '\n') - data) + 1;
  }
  while (at < own && at < size) {
    const char* data = range.bytes.data();
    const char* end = find(data + at, data + size, '\n');
    if (end == data + size && size == room) {
      room *= 2;
      range.bytes.resize(room + kPadding);
      size += read_at(file, range.bytes.data() + size, room - size, from + size);
      continue;
    }
    add_line(data + at, end, range.out);
    ++range.lines;
    at = static_cast<std::size_t>(end - data) + 1;
  }
}

}  // namespace bench
