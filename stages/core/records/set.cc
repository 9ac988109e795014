#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "stages/core/core.h"

namespace weir::stages::core {
namespace {

/// Fields and their values, evaluated from top to bottom.
struct Assignments : OptionMap<Expression> {};

/// Passes on the fields that the records must have, except those that an assignment above has set.
class AssignmentBinder final : public Binder {
 public:
  explicit AssignmentBinder(Binder& binder) : binder_(binder) {}
  void sets(const std::string& field) { set_.insert(field); }

  void error(const Node& node, std::string message, std::string hint, std::size_t offset) override {
    binder_.error(node, std::move(message), std::move(hint), offset);
  }
  std::string nearest(std::string_view word,
                      const std::vector<std::string>& candidates) const override {
    return binder_.nearest(word, candidates);
  }
  const detail::ExpressionLanguage& expressions() const override { return binder_.expressions(); }
  bool bind_map(const std::vector<OptionSpec>& keys, void* out, const Node& map) override {
    return binder_.bind_map(keys, out, map);
  }
  const detail::TimeLanguage& times() const override { return binder_.times(); }
  void names_field(const Node& node, std::string_view field) override {
    if (!set_.contains(std::string(field))) binder_.names_field(node, field);
  }
  void names_text(const Node& node) override { binder_.names_text(node); }
  void chance(const Node& node, std::string why) override { binder_.chance(node, std::move(why)); }
  void names_line(const Node& node) override { binder_.names_line(node); }

 private:
  Binder& binder_;
  std::unordered_set<std::string> set_;
};

struct SetOptions {
  Assignments fields;
};

class Set final : public Transform {
 public:
  struct Scratch {
    explicit Scratch(const Set& set) {
      for (const auto& [name, expression] : set.fields_) values.push_back(expression.evaluator());
    }
    std::vector<std::unique_ptr<detail::Evaluator>> values;
  };

  explicit Set(const SetOptions& options) : fields_(options.fields) {
    if (fields_.empty()) throw OptionError("fields", "expected at least one field, got none");
    for (const auto& [name, expression] : fields_) {
      if (name.empty()) throw OptionError("fields", "expected a field, got empty text");
      if (name == "record" || name.starts_with("record.")) {
        throw OptionError("fields", "'record' is reserved: it is the record itself, not a field");
      }
    }
  }

  void process(Record& record, Call& call) const override {
    const auto& values = call.scratch<Scratch>().values;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      record.set(FieldName::lasting(fields_[i].first), values[i]->value(record));
    }
  }

 private:
  OptionMap<Expression> fields_;
};

}  // namespace

void add_set(Registry& registry) {
  registry.add<Set, SetOptions>("set", "Sets fields to the values of expressions")
      .required("fields", &SetOptions::fields,
                "a map of field to expression, from top to bottom: one sees what those above it "
                "set; nil sets null, a new field goes to the end")
      .scratch<Set::Scratch>()
      .kinds({.gives_fields = true, .changes_fields = true})
      .example(R"(stages:
  - uses: generate
    with: { count: 3 }
  - uses: set
    with:
      fields:
        seconds: ms / 1000
        slow: seconds > 0.5
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core

namespace weir {

template <>
struct OptionType<stages::core::Assignments> {
  using Map = OptionType<OptionMap<Expression>>;
  static std::string name() { return Map::name(); }
  static std::string show(const stages::core::Assignments& value) { return Map::show(value); }
  static bool parse(const Node& node, stages::core::Assignments& out, Binder& binder) {
    if (node.shape != Node::Shape::map) return Map::parse(node, out, binder);
    out.clear();
    stages::core::AssignmentBinder inner(binder);
    bool good = true;
    for (const Node::Entry& entry : node.entries) {
      Expression value;
      good = OptionType<Expression>::parse(entry.value, value, inner) && good;
      out.emplace_back(entry.key.text, std::move(value));
      inner.sets(entry.key.text);
    }
    return good;
  }
};

}  // namespace weir
