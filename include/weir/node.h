#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A place in a YAML file: 1-based line and column, and how many bytes it spans on that line.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  friend auto operator<=>(const Mark&, const Mark&) = default;
};

/// A piece of a pipeline file as it was written, every part with its position.
struct Node {
  enum class Shape : std::uint8_t { scalar, list, map };
  struct Entry;

  Shape shape = Shape::scalar;
  bool quoted = false;  ///< A scalar in quotes or a block: never taken for null or a YAML trap.
  std::string text;     ///< A scalar's value, interpolated.
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< In the order of the file.
  Mark mark;

  const Node* find(std::string_view key) const;
  bool is_null() const {
    return shape == Shape::scalar && !quoted && (text.empty() || text == "~" || text == "null");
  }
};

struct Node::Entry {
  Node key;
  Node value;
};

inline const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace weir
