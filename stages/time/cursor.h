#pragma once

#include <cstdint>
#include <string_view>

namespace weir::stages::time {

/// A place in a text that is read from left to right. Each function returns false, or -1, if what
/// it wants is not there.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool done() const { return at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  char peek() const { return at_ == end_ ? '\0' : *at_; }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view text) {
    if (left() < text.size() || std::string_view(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }
  /// Passes over blanks; there may be none.
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || (*at_ >= '\t' && *at_ <= '\r'))) ++at_;
  }

  /// Reads a number of `least` to `most` digits.
  int number(int least, int most) {
    int value = 0;
    int digits = 0;
    for (; digits < most && at_ != end_ && is_digit(*at_); ++digits)
      value = value * 10 + *at_++ - '0';
    return digits < least ? -1 : value;
  }
  /// Reads exactly two digits.
  int two() {
    if (left() < 2 || !is_digit(at_[0]) || !is_digit(at_[1])) return -1;
    const int value = (at_[0] - '0') * 10 + at_[1] - '0';
    at_ += 2;
    return value;
  }
  /// Reads `least` to `most` digits behind a point as nanoseconds.
  std::int32_t fraction(int least, int most) {
    std::int32_t value = 0;
    int digits = 0;
    for (; digits < most && at_ != end_ && is_digit(*at_); ++digits)
      value = value * 10 + *at_++ - '0';
    if (digits < least) return -1;
    for (int i = digits; i < 9; ++i) value *= 10;
    return value;
  }
  void skip_digits() {
    while (at_ != end_ && is_digit(*at_)) ++at_;
  }

  /// Reads letters of ASCII, in lower case into `out`, at most `most`. Returns how many.
  int letters(char* out, int most) {
    int count = 0;
    while (count < most && at_ != end_ && is_letter(*at_)) {
      out[count++] = static_cast<char>(*at_++ | 0x20);
    }
    return count;
  }
  /// Goes back by so many bytes.
  void back(int bytes) { at_ -= bytes; }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_letter(char c) {
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'z';
  }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace weir::stages::time
