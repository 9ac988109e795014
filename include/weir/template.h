#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/field.h"

namespace weir {

namespace detail {
class TimeRules;
}

/// A text with fields in braces: `{time} {path|stem}`. `{{` and `}}` are literal braces. A field is
/// named as in expressions: `a.b`, `fields["odd|name"]`, `record.text`. Filters behind it change
/// what is written. Parsed once; `template_text.h` makes the texts.
class Template {
 public:
  /// What a piece reads of a record.
  enum class Input : std::uint8_t {
    none,
    field,  ///< A field, or a path into one.
    exact,  ///< A field whose name holds a point.
    text,
    path,
    line,
    position,
    origin,
    error_kind,
    error_message,
    error_stage,
    error_attempts
  };

  /// One step from the value to what is written.
  struct Filter {
    enum class Kind : std::uint8_t { or_text, json, url, raw, name, stem, time };
    Kind kind = Kind::raw;
    /// or_text: what stands for a missing, null or empty value; time: how the time is written.
    std::string text;
    std::size_t at = 0;                              ///< Where the filter begins in the template.
    std::shared_ptr<const detail::TimeRules> rules;  ///< time: set once the option is bound.
  };

  /// A literal, followed by what `input` names, if that is not `none`.
  struct Piece {
    std::string literal;
    Input input = Input::none;
    Field field;
    std::vector<Filter> filters;
    std::string source;  ///< What stands in the braces, for messages.

    bool reads() const { return input != Input::none; }
    bool has(Filter::Kind kind) const {
      return std::any_of(filters.begin(), filters.end(),
                         [kind](const Filter& filter) { return filter.kind == kind; });
    }
  };

  Template() = default;

  /// The place and reason why a text is no template; the message is empty if it is one.
  struct Problem {
    std::size_t offset = 0;
    std::string message;
    std::string hint;
    std::string word;  ///< A name that was not found among `candidates`.
    std::vector<std::string> candidates;
  };
  static Problem parse(std::string_view text, Template& out);

  const std::string& source() const { return source_; }
  /// Returns the template itself, as types that are made of one give it back.
  const Template& pattern() const { return *this; }
  Template& pattern() { return *this; }
  const std::vector<Piece>& pieces() const { return pieces_; }
  /// For who binds the option: times are compiled in their filters.
  std::vector<Piece>& pieces() { return pieces_; }

 private:
  std::string source_;
  std::vector<Piece> pieces_;
};

}  // namespace weir

#include "weir/detail/template_parser.h"
