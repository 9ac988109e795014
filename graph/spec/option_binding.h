#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/text/source_text.h"
#include "weir/registry.h"

namespace weir {

/// What a stage reads of its records, as its options and keys say.
struct NamedInputs {
  std::vector<std::string> fields;  ///< Top-level, once each.
  bool text = false;
};

/// Turns what option types complain about into diagnostics, with a hint where one of YAML's traps
/// is the likely cause.
class SpecBinder final : public Binder {
 public:
  SpecBinder(const SourceText& source, const detail::ExpressionLanguage& expressions,
             Diagnostics& diagnostics)
      : source_(source), expressions_(expressions), diagnostics_(diagnostics) {}

  void error(const Node& node, std::string message, std::string hint = {},
             std::size_t offset = static_cast<std::size_t>(-1)) override;
  std::string nearest(std::string_view word,
                      const std::vector<std::string>& candidates) const override {
    return did_you_mean(word, candidates);
  }
  const detail::ExpressionLanguage& expressions() const override { return expressions_; }
  void names_field(const Node& node, std::string_view field) override;
  void names_text(const Node&) override { named_.text = true; }

  /// What is bound next: a value whose option may be a list or a map gets no hint to quote it.
  void expect(const Node& value, std::string_view type);
  /// Since it was made, or since the last call.
  NamedInputs take_named() {
    known_fields_.clear();
    return std::exchange(named_, {});
  }
  Diagnostics& diagnostics() { return diagnostics_; }
  const SourceText& source() const { return source_; }

 private:
  struct Expected {
    const Node* value = nullptr;
    bool list = false;
    bool map = false;
  };

  std::string trap_hint(const Node& node) const;

  const SourceText& source_;
  const detail::ExpressionLanguage& expressions_;
  Diagnostics& diagnostics_;
  Expected expected_;
  NamedInputs named_;
  std::unordered_set<std::string> known_fields_;  ///< Those in named_.
};

/// What bind_options says of names that it does not know.
using UnknownName = std::function<void(const Node& key)>;

/// Binds the entries of `map` to the options of the same names, in `out`. `what` is what an entry
/// is called ("option", "key"); what is required and missing is reported at `mark`. False if
/// anything was wrong.
bool bind_options(const std::vector<OptionSpec>& options, void* out, const Node& map,
                  std::string_view what, const Mark& mark, SpecBinder& binder,
                  const UnknownName& unknown);

/// Reports an unknown key of the framework's own. `keys` must live on.
UnknownName unknown_key(const std::vector<OptionSpec>& keys, SpecBinder& binder);

/// "a space is missing after 'uses:'" where `node` is the text `uses:file.read`; else empty.
std::string missing_space_hint(const Node& node);

/// The names of options, for nearest names.
std::vector<std::string> names_of(const std::vector<OptionSpec>& options);

/// The entry of a map, key and value; null if there is none.
const Node::Entry* entry_of(const Node& map, std::string_view key);

}  // namespace weir
