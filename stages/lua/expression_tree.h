#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "weir/field.h"

namespace weir::stages::lua {

/// A value of a record that an expression names: an argument of the function made from it.
struct Input {
  enum class Kind {
    field,      ///< A field of exactly this name, or the value at this path.
    exact,      ///< A field of exactly this name.
    has_field,  ///< Whether there is such a field or path,
    has_exact,  ///< or such a field.
    text,
    position,
    line,
    path,
    origin,
    error,
    error_kind,
    error_message,
    error_stage,
    error_attempts,
  };
  Kind kind = Kind::field;
  Field field;
  std::string shown;  ///< The name that messages use.
  /// True if nested JSON comes as such, for what takes it apart or hands it on; else as its text.
  bool nested = false;
};

/// The kind of a node in an expression.
enum class Op {
  nil,
  yes,
  no,
  number,
  text,   // constants; `text` and `number` as in Node::text
  input,  // Node::input
  either,
  both,  // or, and: two or more kids
  equal,
  unequal,
  less,
  at_most,
  greater,
  at_least,
  concat,  // two or more kids
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
  negate,
  invert,
  length,
  call,      // Node::text: function of Lua's library or of ours; kids: arguments
  constant,  // Node::text: `math.pi`
  method,    // Node::text: name; kids: object, arguments
  index,     // kids: object, key
  table,     // kids: elements
  object,    // kids: keys and elements in turn; a nil key is that of the next element of a list
};

/// An expression as a tree.
struct Node {
  Op op = Op::nil;
  std::size_t offset = 0;  ///< The offset in the source.
  std::string text;
  std::size_t input = 0;  ///< The index in Tree::inputs.
  int depth = 1;
  bool grouped = false;  ///< True if it stands in parentheses.
  std::vector<Node> kids;
};

/// A whole expression and what it needs of a record.
struct Tree {
  Node root;
  std::vector<Input> inputs;
  std::vector<std::string> fields;  ///< The top-level fields, once each.
  bool uses_text = false;
  std::vector<std::string> chances;  ///< Why it depends on when or where the run is, once each.
  bool uses_line = false;
};

}  // namespace weir::stages::lua
