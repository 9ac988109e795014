#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/options.h"
#include "weir/record.h"

namespace weir::stages::http {

/// A URL with fields in braces. `{x}` is percent-encoded, so that any value stays one piece of a
/// path or query; `{x:raw}` is not. `{{` and `}}` are braces, and `{record.text}` is the record's
/// text.
class UrlTemplate {
 public:
  /// Literal text and the field that follows it, if any.
  struct Piece {
    std::string literal;
    Field field;
    bool text = false;
    bool raw = false;

    bool empty() const { return !text && field.empty(); }
  };

  /// The place and the reason if a text is no URL template; an empty message if it is one.
  struct Problem {
    std::size_t offset = 0;
    std::string message;
    std::string hint;
  };
  static Problem parse(std::string_view text, UrlTemplate& out);

  /// Returns the URL of a record. Throws Error of kind `http` if it holds a blank or control
  /// character.
  std::string url(const Record& record) const;

  const std::string& source() const { return source_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  static Problem read_field(std::string_view name, std::size_t offset, Piece& piece);
  Problem check_start() const;

  std::string source_;
  std::vector<Piece> pieces_;
};

}  // namespace weir::stages::http

namespace weir {

template <>
struct OptionType<stages::http::UrlTemplate> {
  static std::string name() { return "url template"; }
  static bool parse(const Node& node, stages::http::UrlTemplate& out, Binder& binder);
  static std::string show(const stages::http::UrlTemplate& value) { return value.source(); }
};

}  // namespace weir
