#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "weir/expression.h"
#include "weir/in_quotes.h"
#include "weir/node.h"
#include "weir/time_format.h"

namespace weir {

struct OptionSpec;

/// Receives the mistakes found while options are bound; the reader of the pipeline file implements
/// it.
class Binder {
 public:
  virtual ~Binder() = default;
  /// Reports a mistake at `node`, or `offset` bytes into its scalar.
  virtual void error(const Node& node, std::string message, std::string hint = {},
                     std::size_t offset = static_cast<std::size_t>(-1)) = 0;
  /// Returns 'did you mean X' for the candidate nearest to `word`; empty if none is near.
  virtual std::string nearest(std::string_view word,
                              const std::vector<std::string>& candidates) const = 0;
  virtual const detail::ExpressionLanguage& expressions() const = 0;
  /// Binds a map to the keys that are declared for it, in `out`. Reports what is wrong and then
  /// returns false.
  virtual bool bind_map(const std::vector<OptionSpec>& keys, void* out, const Node& map) = 0;
  virtual const detail::TimeLanguage& times() const = 0;
  /// Notes that the stage reads this field, so that its records must have fields.
  virtual void names_field(const Node& node, std::string_view field) = 0;
  /// Notes that the stage reads the text of its records through an expression or template.
  virtual void names_text(const Node& node) = 0;
  /// Notes that the stage reads the lines of its records, so that sources must count them.
  virtual void names_line(const Node&) {}
  /// Reports something at `node` that is most likely unintended.
  virtual void warning(const Node&, std::string /*message*/, std::string /*hint*/) {}
  /// Notes why the value makes the output depend on when or where the run is; `weir explain` says
  /// so.
  virtual void chance(const Node&, std::string /*why*/) {}
  /// Marks the content of `node` as secret: no diagnostic, excerpt or report shows it.
  virtual void hide(const Node&) {}
};

namespace detail {

/// Returns what `node` is, for "expected X, got Y": "a list", "a map", "nothing" or the scalar in
/// quotes.
inline std::string shape_of(const Node& node) {
  if (node.shape == Node::Shape::list) return "a list";
  if (node.shape == Node::Shape::map) return "a map";
  if (node.is_null()) return "nothing";
  return in_quotes(node.shown());
}

inline bool expect_scalar(const Node& node, Binder& binder, std::string_view what) {
  if (node.shape == Node::Shape::scalar && !node.is_null()) return true;
  binder.error(node, "expected " + std::string(what) + ", got " + shape_of(node));
  return false;
}

}  // namespace detail

/// Reads, shows and names an option of type T; specialised for each type that an option may have.
/// `parse` reports mistakes to the binder and then returns false.
template <class T>
struct OptionType;

}  // namespace weir
