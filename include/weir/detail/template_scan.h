#pragma once

#include <cstdint>

namespace weir::detail {

/// Follows a template character by character: which of them stand in braces, and there in quotes,
/// where braces and filters mean nothing. Quotes open only behind a bracket: `fields["odd}name"]`.
class TemplateScan {
 public:
  enum class Place : std::uint8_t { text, opened, name, bracket, quoted, escaped, filter };

  Place place() const { return place_; }
  bool in_text() const { return place_ == Place::text; }
  /// Returns whether the character at this place could end the braces.
  bool open() const { return place_ != Place::quoted && place_ != Place::escaped; }

  void take(char c) {
    switch (place_) {
      case Place::text:
        if (c == '{') place_ = Place::opened;
        return;
      case Place::opened:
        place_ = c == '{' ? Place::text : Place::name;
        if (place_ == Place::name) take(c);
        return;
      case Place::escaped:
        place_ = Place::quoted;
        return;
      case Place::quoted:
        place_ = c == '\\' ? Place::escaped : c == quote_ ? Place::name : Place::quoted;
        return;
      case Place::bracket:
        place_ = Place::name;
        if (c == '"' || c == '\'') return quote(c);
        return take(c);
      case Place::name:
        if (c == '[') place_ = Place::bracket;
        if (c == '|') place_ = Place::filter;
        if (c == '}') place_ = Place::text;
        return;
      case Place::filter:
        if (c == '}') place_ = Place::text;
        return;
    }
  }

 private:
  void quote(char c) {
    quote_ = c;
    place_ = Place::quoted;
  }

  Place place_ = Place::text;
  char quote_ = '"';
};

}  // namespace weir::detail
