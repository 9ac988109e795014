#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/text/source_text.h"
#include "weir/registry.h"

namespace weir::compile {

/// The parts of its records that a stage reads, as its options and keys name them.
struct NamedInputs {
  std::vector<std::string> fields;  ///< Top-level fields, once each.
  bool text = false;
  std::vector<std::string> chances;  ///< Why they depend on when or where the run is, once each.
  bool line = false;
};

/// Turns the complaints of option types into diagnostics, and adds a hint where one of YAML's traps
/// is the likely cause.
class SpecBinder final : public Binder {
 public:
  SpecBinder(const text::SourceText& source, const detail::ExpressionLanguage& expressions,
             const detail::TimeLanguage& times, Diagnostics& diagnostics)
      : source_(source), expressions_(expressions), times_(times), diagnostics_(diagnostics) {}

  void error(const Node& node, std::string message, std::string hint = {},
             std::size_t offset = static_cast<std::size_t>(-1)) override;
  std::string nearest(std::string_view word,
                      const std::vector<std::string>& candidates) const override {
    return did_you_mean(word, candidates);
  }
  const detail::ExpressionLanguage& expressions() const override { return expressions_; }
  bool bind_map(const std::vector<OptionSpec>& keys, void* out, const Node& map) override;
  const detail::TimeLanguage& times() const override { return times_; }
  void names_field(const Node& node, std::string_view field) override;
  void names_text(const Node&) override { named_.text = true; }
  void names_line(const Node&) override { named_.line = true; }
  void warning(const Node& node, std::string message, std::string hint) override {
    diagnostics_.warning(node.mark, std::move(message), std::move(hint));
  }
  void chance(const Node&, std::string why) override;
  void hide(const Node& node) override;

  /// Announces the value that is bound next. A value whose option may be a list or a map gets no
  /// hint to quote it.
  void expect(const Node& value, std::string_view type);
  /// Returns what was named since the construction or the last call.
  NamedInputs take_named() {
    known_fields_.clear();
    return std::exchange(named_, {});
  }
  Diagnostics& diagnostics() { return diagnostics_; }
  const text::SourceText& source() const { return source_; }

 private:
  /// The value that is bound next, and the shapes that its option takes.
  struct Expected {
    const Node* value = nullptr;
    bool list = false;
    bool map = false;
  };

  std::string trap_hint(const Node& node) const;

  const text::SourceText& source_;
  const detail::ExpressionLanguage& expressions_;
  const detail::TimeLanguage& times_;
  Diagnostics& diagnostics_;
  Expected expected_;
  NamedInputs named_;
  std::unordered_set<std::string> known_fields_;  ///< The fields in named_.
};

/// Reports a name that bind_options does not know.
using UnknownName = std::function<void(const Node& key)>;

/// Binds the entries of `map` to the options of the same names, in `out`. `what` is the word for an
/// entry ("option", "key"). Missing required entries are reported at `mark`. Returns false if
/// anything was wrong.
bool bind_options(const std::vector<OptionSpec>& options, void* out, const Node& map,
                  std::string_view what, const Mark& mark, SpecBinder& binder,
                  const UnknownName& unknown);

/// Returns a function that reports unknown keys of the framework. `keys` must outlive it.
UnknownName unknown_key(const std::vector<OptionSpec>& keys, SpecBinder& binder);

/// Returns "a space is missing after 'uses:'" if `node` is the text `uses:file.read`, else nothing.
std::string missing_space_hint(const Node& node);

/// Returns the names of the options, to find near ones.
std::vector<std::string> names_of(const std::vector<OptionSpec>& options);

/// Returns the entry of a map, key and value; null if there is none.
const Node::Entry* entry_of(const Node& map, std::string_view key);

}  // namespace weir::compile
