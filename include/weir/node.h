#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A place in a YAML file: 1-based line and column, and the number of bytes that it spans on that
/// line.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  friend auto operator<=>(const Mark&, const Mark&) = default;
};

/// The value that a `${...}` put into a scalar. If the scalar is code of some language (an
/// expression, a template, a command), the value is data in it: see weir/filled.h.
struct Insert {
  enum class Kind : std::uint8_t { text, number, boolean, expression };
  std::size_t begin = 0;  ///< The place of the value in Node::text.
  std::size_t size = 0;
  std::size_t written_begin = 0;  ///< The place of the `${...}` in Node::written.
  std::size_t written_size = 0;
  std::string source;       ///< "params.x", "env.X", "file.PATH".
  Kind kind = Kind::text;   ///< Its type in an expression.
  std::string constant;     ///< A number as an expression writes it.
  bool undeclared = false;  ///< A text only because nothing declares its type.
  bool secret = false;      ///< From the environment or a file, and never shown.

  std::string shown() const { return "${" + source + "}"; }
};

/// A piece of a pipeline file as it was written; every part has its position.
struct Node {
  enum class Shape : std::uint8_t { scalar, list, map };
  struct Entry;

  Shape shape = Shape::scalar;
  bool quoted = false;  ///< In quotes or a block: never null or a YAML trap.
  std::string text;     ///< A scalar's value, after interpolation.
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< In the order of the file.
  Mark mark;
  std::string written;          ///< The scalar before interpolation; empty if it is `text`.
  std::vector<Insert> inserts;  ///< The values put into the text, from left to right.

  /// Returns the text without secrets.
  std::string shown() const;
  /// Returns whether the scalar is one `${...}` and nothing else.
  bool is_insert() const {
    return inserts.size() == 1 && inserts.front().written_size == written.size();
  }
  const Node* find(std::string_view key) const;
  bool is_null() const {
    return shape == Shape::scalar && !quoted && (text.empty() || text == "~" || text == "null");
  }
};

struct Node::Entry {
  Node key;
  Node value;
};

inline std::string Node::shown() const {
  std::string out;
  std::size_t at = 0;
  for (const Insert& insert : inserts) {
    if (!insert.secret) continue;
    out.append(text, at, insert.begin - at).append(insert.shown());
    at = insert.begin + insert.size;
  }
  return out.append(text, at);
}

inline const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace weir
