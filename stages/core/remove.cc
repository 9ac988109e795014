#include <vector>

#include "stages/core/core.h"
#include "stages/core/field_list.h"

namespace weir {
namespace {

struct RemoveOptions {
  std::vector<Field> fields;
};

class Remove final : public Transform {
 public:
  explicit Remove(const RemoveOptions& options) : fields_(options.fields) {
    if (fields_.empty()) throw OptionError("fields", "expected at least one field, got none");
    require_distinct("fields", fields_);
  }

  void process(Record& record, Call&) const override {
    for (const Field& field : fields_) record.remove(field.name());
  }

 private:
  std::vector<Field> fields_;
};

}  // namespace

void add_remove(Registry& registry) {
  registry.add<Remove, RemoveOptions>("remove", "Removes the named fields and keeps the others")
      .required("fields", &RemoveOptions::fields,
                "the fields to remove, whole ones by their exact names; what a record does not "
                "have is passed over")
      .kinds({.needs_fields = true, .changes_fields = true})
      .example(R"(stages:
  - uses: generate
    with: { count: 3 }
  - uses: remove
    with:
      fields: [agent, ms, bytes]
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir
