#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stages/file/json_block.h"

namespace weir::stages::file {

/// Finds where a JSON value ends, as far as braces, brackets, commas, colons and strings say. So it
/// notices a bracket that is missing where the next value begins. All else is left to the parser.
/// The value may arrive in pieces. 64 bytes are looked at at once, as in simdjson's first stage
/// (Langdale and Lemire, "Parsing gigabytes of JSON per second").
class JsonScanner {
 public:
  /// The deepest nesting that is not broken, as in `json.parse`.
  static constexpr unsigned kMaxDepth = 1024;

  enum class Found : std::uint8_t { more, end, broken };

  /// Begins with a value. `line_feeds`: whether a raw line feed in a string is an error.
  void start(bool line_feeds);
  /// Begins behind a value in the innermost of so many objects.
  void start_in_objects(unsigned depth);

  /// Looks at the bytes from `at` on, where the last call ended, or the value begins. With `end`,
  /// moves `at` behind the value; with `broken`, to the byte that does not fit; with `more`, to the
  /// end.
  Found scan(std::string_view bytes, std::size_t& at);

  /// Returns whether the value is a number or a word, which also the end of the input ends.
  bool scalar() const { return kind_ == Kind::scalar; }
  /// Returns what would have fitted, after `broken`.
  std::string_view expected() const;
  /// Returns what ends the innermost string, object or array, after `more`.
  std::string_view missing() const;

 private:
  enum class Kind : std::uint8_t { unknown, nested, string, scalar };
  /// What comes next in the innermost object or array.
  enum class State : std::uint8_t {
    name,           ///< Behind `{`: a name with its colon, or the end.
    next_name,      ///< Behind a comma in an object.
    value,          ///< Behind a colon.
    element,        ///< In an array, behind `[` or a comma.
    after_value,    ///< In an object, behind a value.
    after_element,  ///< In an array, behind an element.
  };

  Found scan_on(std::string_view bytes, std::size_t& at);
  char last_of(std::string_view before) const;
  Found scan_scalar(std::string_view bytes, std::size_t& at) const;
  Found scan_block(std::string_view bytes, std::size_t& at);
  std::uint64_t strings(const JsonBlock& block, std::size_t size);
  bool fits(char c, std::string_view before);
  bool open(bool object);
  bool close(bool object);
  bool in_object() const { return (objects_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0; }

  Kind kind_ = Kind::unknown;
  bool line_feeds_ = false;
  bool in_string_ = false;
  bool escaped_ = false;  ///< True if a backslash before the next byte makes it an ordinary one.
  bool too_deep_ = false;
  State state_ = State::name;
  unsigned depth_ = 0;
  std::size_t from_ = 0;                        ///< Here the bytes begin that this `scan` looks at.
  char last_ = 0;                               ///< The last byte before them that is no blank.
  std::uint64_t objects_[kMaxDepth / 64] = {};  ///< A bit for each level: set for an object.
};

}  // namespace weir::stages::file
