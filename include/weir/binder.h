#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "weir/expression.h"
#include "weir/node.h"

namespace weir {

/// Takes the mistakes found while options are bound; the reader of the file implements it.
class Binder {
 public:
  virtual ~Binder() = default;
  /// A mistake at `node`, or `offset` bytes into its scalar.
  virtual void error(const Node& node, std::string message, std::string hint = {},
                     std::size_t offset = static_cast<std::size_t>(-1)) = 0;
  /// 'did you mean X' for the candidate nearest to `word`; empty if none is near.
  virtual std::string nearest(std::string_view word,
                              const std::vector<std::string>& candidates) const = 0;
  virtual const detail::ExpressionLanguage& expressions() const = 0;
  /// The stage reads this field of its records: it needs fields.
  virtual void names_field(const Node& node, std::string_view field) = 0;
  /// The stage reads the text of its records through an expression or template.
  virtual void names_text(const Node& node) = 0;
};

namespace detail {

/// "list", "map", "empty value", "text 'abc'": what `node` is, for "expected X, got Y".
inline std::string shape_of(const Node& node) {
  if (node.shape == Node::Shape::list) return "a list";
  if (node.shape == Node::Shape::map) return "a map";
  if (node.is_null()) return "nothing";
  std::string shown = node.text.substr(0, 40);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return "'" + shown + (node.text.size() > 40 ? "...'" : "'");
}

inline bool expect_scalar(const Node& node, Binder& binder, std::string_view what) {
  if (node.shape == Node::Shape::scalar && !node.is_null()) return true;
  binder.error(node, "expected " + std::string(what) + ", got " + shape_of(node));
  return false;
}

}  // namespace detail

/// Reads, shows and names an option of type T. `parse` reports what is wrong and returns false.
template <class T>
struct OptionType;

}  // namespace weir
