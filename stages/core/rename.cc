#include <string>

#include "stages/core/core.h"

namespace weir {
namespace {

struct RenameOptions {
  OptionMap<std::string> fields;
};

class Rename final : public Transform {
 public:
  explicit Rename(const RenameOptions& options) : names_(options.fields) {
    if (names_.empty()) throw OptionError("fields", "expected at least one field, got none");
    for (const auto& [from, to] : names_) {
      if (from.empty() || to.empty()) {
        throw OptionError("fields", "expected a field, got empty text");
      }
      if (new_name(to)->first != from) {
        throw OptionError("fields", "duplicate field '" + to + "'");
      }
    }
  }

  /// All at once, so that `{a: b, b: a}` swaps.
  void process(Record& record, Call&) const override {
    if (!concerns(record)) return;
    detail::RecordData before = record.data();
    const Record old(before, record.arena(), record.host());
    record.clear_fields();
    record.reserve_fields(old.field_count());
    for (std::uint32_t i = 0; i < old.field_count(); ++i) {
      const auto [name, value] = old.field(i);
      if (const Pair* renamed = old_name(name)) {
        record.append(renamed->second, value);
      } else if (const Pair* taken = new_name(name); !taken || !old.has(taken->first)) {
        record.append(name, value);
      }
    }
  }

 private:
  using Pair = std::pair<std::string, std::string>;

  bool concerns(const Record& record) const {
    for (const Pair& pair : names_) {
      if (record.has(pair.first)) return true;
    }
    return false;
  }
  const Pair* old_name(std::string_view name) const {
    for (const Pair& pair : names_) {
      if (pair.first == name) return &pair;
    }
    return nullptr;
  }
  const Pair* new_name(std::string_view name) const {
    for (const Pair& pair : names_) {
      if (pair.second == name) return &pair;
    }
    return nullptr;
  }

  OptionMap<std::string> names_;
};

}  // namespace

void add_rename(Registry& registry) {
  registry.add<Rename, RenameOptions>("rename", "Renames fields, each in its place")
      .required("fields", &RenameOptions::fields,
                "a map of old name to new name, applied all at once; a field that had a new name "
                "before goes")
      .kinds({.needs_fields = true, .changes_fields = true})
      .example(R"(stages:
  - uses: generate
    with: { count: 3 }
  - uses: rename
    with:
      fields:
        ip: client
        ms: duration
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir
