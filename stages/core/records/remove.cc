#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/records/field_list.h"
#include "weir/detail/text_hash.h"

namespace weir::stages::core {
namespace {

struct RemoveOptions {
  std::vector<Field> fields;
};

class Remove final : public Transform {
 public:
  explicit Remove(const RemoveOptions& options) : fields_(options.fields) {
    if (fields_.empty()) throw OptionError("fields", "expected at least one field, got none");
    require_distinct("fields", fields_);
    for (const Field& field : fields_) names_.insert(field.name());
  }

  /// Removes a few fields one by one, and many in one pass over the record's fields.
  void process(Record& record, Call&) const override {
    if (fields_.size() < kMany) {
      for (const Field& field : fields_) record.remove(field.name());
      return;
    }
    detail::RecordData before = record.data();
    const Record old(before, record.arena(), record.host());
    record.clear_fields();
    record.reserve_fields(old.field_count());
    for (std::uint32_t i = 0; i < old.field_count(); ++i) {
      const auto [name, value] = old.field(i);
      if (!names_.contains(name)) record.append(FieldName::lasting(name), value);
    }
  }

 private:
  static constexpr std::size_t kMany = 16;

  std::vector<Field> fields_;
  std::unordered_set<std::string_view, detail::TextHash> names_;
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

}  // namespace weir::stages::core
