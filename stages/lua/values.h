#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/filled.h"

namespace weir::stages::lua {

/// Lua source as a language of `fill`. Outside quotes a value becomes a constant, inside quotes it
/// is part of that text, and in a comment it is left out. It knows just enough of Lua to tell these
/// apart: quotes, long brackets, comments.
class Values {
 public:
  void code(std::string_view piece);
  bool value(const Insert& insert, std::string_view value, std::string& out);

  /// A constant that stands for a text, and its offset in the filled source.
  struct Text {
    std::size_t at = 0;
    const Insert* insert = nullptr;
  };
  const std::vector<Text>& texts() const { return texts_; }

  std::string problem;
  std::string hint;

 private:
  enum class Place : std::uint8_t {
    code,
    /// After a `-` of code.
    dash,
    /// After `[` and some `=` of code.
    bracket,
    /// Inside quotes of `quote_`.
    quoted,
    /// After a backslash inside quotes.
    escape,
    /// After `\z` inside quotes, which skips the white space that follows.
    gap,
    /// After a carriage return inside quotes: it is unknown where the text ends.
    lost,
    /// Inside a long bracket of `level_`.
    long_text,
    /// Up to the end of the line.
    comment,
    /// After `--[` and some `=`.
    comment_bracket,
    long_comment
  };

  void step(char c);
  void step_long(char c);
  bool refuse(std::string message, std::string advice = {});
  bool constant(const Insert& insert, std::string_view value, std::string& out);

  Place place_ = Place::code;
  bool comment_begins_ = false;  ///< True directly after the `--` of a comment.
  char quote_ = 0;
  std::size_t level_ = 0;    ///< The level of the long bracket.
  std::size_t closing_ = 0;  ///< The number of bytes of its end that were seen.
  std::vector<Text> texts_;
};

}  // namespace weir::stages::lua
