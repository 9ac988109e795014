#include <memory>
#include <vector>

#include "stages/core/core.h"

namespace weir {
namespace {

struct SetOptions {
  OptionMap<Expression> fields;
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
      record.set(std::string_view(fields_[i].first), values[i]->value(record));
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

}  // namespace weir
