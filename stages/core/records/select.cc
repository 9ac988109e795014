#include <vector>

#include "stages/core/core.h"
#include "stages/core/records/field_list.h"
#include "weir/detail/field_finder.h"

namespace weir::stages::core {
namespace {

struct SelectOptions {
  std::vector<Field> fields;
};

class Select final : public Transform {
 public:
  explicit Select(const SelectOptions& options) : fields_(options.fields) {
    if (fields_.empty()) throw OptionError("fields", "expected at least one field, got none");
    require_distinct("fields", fields_);
  }

  void process(Record& record, Call&) const override {
    detail::RecordData before = record.data();
    const Record old(before, record.arena(), record.host());
    record.clear_fields();
    record.reserve_fields(static_cast<std::uint32_t>(fields_.size()));
    detail::FieldFinder fields(old);
    for (const Field& field : fields_) {
      const Value value = fields.get(field);
      if (!value.is_null() || fields.has(field.name())) {
        record.append(FieldName::lasting(field), value);
      }
    }
  }

 private:
  std::vector<Field> fields_;
};

}  // namespace

void add_select(Registry& registry) {
  registry.add<Select, SelectOptions>("select", "Keeps the named fields, in the order of the list")
      .required("fields", &SelectOptions::fields,
                "the fields to keep; a path such as user.name becomes a field of that name, what a "
                "record does not have is left out")
      .kinds({.needs_fields = true, .changes_fields = true})
      .example(R"(stages:
  - uses: generate
    with: { count: 3 }
  - uses: select
    with:
      fields: [status, path]
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
