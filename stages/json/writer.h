#pragma once

#include <cstddef>
#include <string_view>

#include "weir/value.h"

namespace weir {

/// Writes JSON into memory of a fixed size; what does not fit is not written, and `full` says so.
/// Few strings have anything to escape: who makes JSON tries with `plain_size` first and only if
/// that was too little finds out what it takes.
class JsonWriter {
 public:
  JsonWriter(char* begin, std::size_t size) : out_(begin), end_(begin + size) {}

  void put(char c) {
    if (out_ == end_) {
      full_ = true;
    } else {
      *out_++ = c;
    }
  }
  /// A string with its quotes. Bytes that are no UTF-8 become U+FFFD, each.
  void string(std::string_view text);
  /// A value: doubles as short as they read back the same and never as integers, those that JSON
  /// does not have as null, raw JSON as it is.
  void value(const Value& value);

  bool full() const { return full_; }
  char* end() const { return out_; }

  /// What the value takes if nothing must be escaped, and what it takes, at most.
  static std::size_t plain_size(const Value& value);
  static std::size_t exact_size(const Value& value);
  static std::size_t exact_size(std::string_view text);

 private:
  void append(std::string_view bytes);
  void real(double value);

  char* out_;
  char* end_;
  bool full_ = false;
};

}  // namespace weir
