#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/detail/template_scan.h"
#include "weir/node.h"

namespace weir {

/// The text of a scalar that is code of some language, in which the value of each `${...}` is
/// written so that it stays data, whatever it holds.
struct Filled {
  /// A piece of the text that was copied from the scalar, or inserted.
  struct Piece {
    std::size_t at = 0;    ///< Begin in Filled::text.
    std::size_t from = 0;  ///< The same place in Node::text.
    bool insert = false;
  };
  std::string text;
  std::vector<Piece> pieces;
  /// The reason why a value cannot stand at its place; empty if all can.
  std::string problem;
  std::string hint;
  std::size_t problem_at = 0;  ///< The place in Node::text.

  /// Returns the byte of Node::text that byte `at` of the text came from.
  std::size_t offset(std::size_t at) const {
    const Piece* found = nullptr;
    for (const Piece& piece : pieces) {
      if (piece.at <= at) found = &piece;
    }
    return !found ? at : found->insert ? found->from : found->from + (at - found->at);
  }
};

/// Fills in a scalar. A Language is given the code that the file contains, piece by piece, and
/// writes each value so that it stays one where it stands:
///   void code(std::string_view piece);
///   /// Appends the value to `out`; if it cannot, sets `problem` and `hint` and returns false.
///   bool value(const Insert& insert, std::string_view value, std::string& out);
///   std::string problem, hint;
template <class Language>
Filled fill(const Node& node, Language& language) {
  Filled filled;
  const std::string_view text = node.text;
  std::size_t at = 0;
  const auto take_code = [&](std::size_t end) {
    filled.pieces.push_back({filled.text.size(), at, false});
    filled.text += text.substr(at, end - at);
    language.code(text.substr(at, end - at));
  };
  for (const Insert& insert : node.inserts) {
    take_code(insert.begin);
    filled.pieces.push_back({filled.text.size(), insert.begin, true});
    if (!language.value(insert, text.substr(insert.begin, insert.size), filled.text)) {
      filled.problem = language.problem;
      filled.hint = language.hint;
      filled.problem_at = insert.begin;
      return filled;
    }
    at = insert.begin + insert.size;
  }
  take_code(text.size());
  return filled;
}

/// The Language of templates: outside braces a value is literal text, inside braces a field's name.
class TemplateLanguage {
 public:
  static constexpr const char* kName = "template";

  void code(std::string_view piece) {
    for (const char c : piece) scan_.take(c);
  }
  bool value(const Insert& insert, std::string_view value, std::string& out) {
    if (scan_.in_text()) {
      for (const char c : value) out.append(c == '{' || c == '}' ? 2 : 1, c);
      return true;
    }
    // A name goes on: a brace that opened the field cannot become a literal one.
    if (scan_.place() == detail::TemplateScan::Place::opened) scan_.take(' ');
    using Place = detail::TemplateScan::Place;
    const bool quoted = scan_.place() == Place::quoted || scan_.place() == Place::escaped;
    const bool filter = scan_.place() == Place::filter;
    const std::string_view special = quoted ? "\"'\\" : filter ? "{}|" : "{}|:\"[]";
    for (const char c : value) {
      const bool control = static_cast<unsigned char>(c) < 0x20;
      if (!control && special.find(c) == std::string_view::npos) continue;
      problem = filter ? "expected one text of a filter for '" + insert.shown() + "'"
                       : "expected a field's name for '" + insert.shown() + "'";
      hint = quoted   ? "quotes and backslashes mean something there"
             : filter ? "braces and | mean something there"
                      : "braces and the characters | : \" [ ] mean something there";
      return false;
    }
    out += value;
    return true;
  }
  std::string problem;
  std::string hint;

 private:
  detail::TemplateScan scan_;
};

/// An option whose value is code of a language that only its stage can read.
template <class Language>
struct Code {
  Filled filled;

  Code() = default;
  explicit Code(std::string text) { filled.text = std::move(text); }
  const std::string& text() const { return filled.text; }
};

}  // namespace weir
