#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weir/value.h"

namespace weir::stages::json {

/// Writes JSON into memory of a fixed size. What does not fit is not written, and `full` returns
/// true then. Few strings need escapes, so the caller tries with `plain_size` first, and computes
/// `exact_size` only if that was too small.
class JsonWriter {
 public:
  /// What a byte that is not UTF-8 becomes: U+FFFD, or itself.
  enum class Invalid : std::uint8_t { replaced, kept };

  JsonWriter(char* begin, std::size_t size, Invalid invalid = Invalid::replaced)
      : out_(begin), end_(begin + size), kept_(invalid == Invalid::kept) {}

  void put(char c) {
    if (out_ == end_) {
      full_ = true;
    } else {
      *out_++ = c;
    }
  }
  /// Writes a string with its quotes.
  void string(std::string_view text);
  /// Writes a value. Numbers leave as they came; computed ones take the shortest form that reads
  /// back the same. A real never looks like an integer, and a number that JSON cannot express
  /// becomes null. Raw JSON is copied, but in one line.
  void value(const Value& value);

  bool full() const { return full_; }
  char* end() const { return out_; }
  /// Returns how many bytes were not UTF-8.
  std::uint64_t invalid() const { return invalid_; }

  /// Returns the size of a value if nothing must be escaped; `exact_size` returns the size that it
  /// takes at most.
  static std::size_t plain_size(const Value& value);
  static std::size_t exact_size(const Value& value);
  static std::size_t exact_size(std::string_view text);

 private:
  void append(std::string_view bytes);
  void raw(std::string_view json);

  char* out_;
  char* end_;
  bool full_ = false;
  bool kept_;
  std::uint64_t invalid_ = 0;
};

}  // namespace weir::stages::json
