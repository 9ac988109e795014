#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/filled.h"

namespace weir::stages::exec {

/// A text for `sh -c`, as a language of `fill`. No value becomes code: the shell gets each value as
/// an argument, and a quoted variable stands in its place. The quotes around it decide how the
/// variable is written. If they are misjudged, in a construct that nobody would fill in, the
/// variable is at worst read as text or split into words, and never run as code.
class ShellLanguage {
 public:
  void code(std::string_view piece);
  bool value(const Insert& insert, std::string_view value, std::string& out);

  /// Returns the program and arguments that execute the filled `text`.
  std::vector<std::string> words(std::string text) const;

  std::string problem;
  std::string hint;

 private:
  enum class Place : std::uint8_t {
    plain,         ///< At the top level, or inside `$(...)`.
    single_quote,  ///< '...'
    double_quote,  ///< "..."
    arithmetic,    ///< $((...))
    braces,        ///< The shell's own ${...}
    backticks,
    comment
  };
  /// A construct of the shell that is still open.
  struct Frame {
    Place place = Place::plain;
    int depth = 0;  ///< The number of brackets that are open inside it.
  };

  void step(char c);
  void open(char c);
  void step_quoted(char c);
  void step_plain(char c);
  void step_braces(char c);
  bool refuse(std::string message, std::string advice);
  std::string name(std::string_view value);

  std::vector<Frame> frames_{Frame{}};
  bool escape_ = false;   ///< True after a backslash.
  bool dollar_ = false;   ///< True after a `$`.
  int brackets_ = 0;      ///< The number of `(` directly after the last `$`.
  bool heredoc_ = false;  ///< True once a `<<` was seen.
  char before_ = '\n';    ///< The previous character.
  std::vector<std::string> values_;
};

}  // namespace weir::stages::exec
