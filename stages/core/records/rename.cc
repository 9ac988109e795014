#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "stages/core/core.h"
#include "weir/detail/field_finder.h"
#include "weir/detail/text_hash.h"

namespace weir::stages::core {
namespace {

struct RenameOptions {
  OptionMap<std::string> fields;
};

class Rename final : public Transform {
 public:
  explicit Rename(const RenameOptions& options) : names_(options.fields) {
    if (names_.empty()) throw OptionError("fields", "expected at least one field, got none");
    for (const Pair& pair : names_) {
      by_old_.emplace(pair.first, &pair);
      by_new_.emplace(pair.second, &pair);
    }
    for (const auto& [from, to] : names_) {
      if (from.empty() || to.empty()) {
        throw OptionError("fields", "expected a field, got empty text");
      }
      if (new_name(to)->first != from) {
        throw OptionError("fields", "duplicate field '" + to + "'");
      }
    }
  }

  /// Renames all fields at once, so that `{a: b, b: a}` swaps them.
  void process(Record& record, Call&) const override {
    if (!concerns(record)) return;
    detail::RecordData before = record.data();
    const Record old(before, record.arena(), record.host());
    record.clear_fields();
    record.reserve_fields(old.field_count());
    detail::FieldFinder fields(old);
    for (std::uint32_t i = 0; i < old.field_count(); ++i) {
      const auto [name, value] = old.field(i);
      if (const Pair* renamed = old_name(name)) {
        record.append(FieldName::lasting(renamed->second), value);
      } else if (const Pair* taken = new_name(name); !taken || !fields.has(taken->first)) {
        record.append(FieldName::lasting(name), value);
      }
    }
  }

 private:
  using Pair = std::pair<std::string, std::string>;
  using Pairs = std::unordered_map<std::string_view, const Pair*, detail::TextHash>;

  bool concerns(const Record& record) const {
    for (std::uint32_t i = 0; i < record.field_count(); ++i) {
      if (old_name(record.field(i).name)) return true;
    }
    return false;
  }
  const Pair* old_name(std::string_view name) const { return find(by_old_, &Pair::first, name); }
  const Pair* new_name(std::string_view name) const { return find(by_new_, &Pair::second, name); }
  /// Compares each name while there are few, which is faster than hashing.
  const Pair* find(const Pairs& pairs, std::string Pair::*part, std::string_view name) const {
    constexpr std::size_t kFew = 8;
    if (names_.size() > kFew) {
      const auto found = pairs.find(name);
      return found == pairs.end() ? nullptr : found->second;
    }
    for (const Pair& pair : names_) {
      if (pair.*part == name) return &pair;
    }
    return nullptr;
  }

  OptionMap<std::string> names_;
  Pairs by_old_;
  Pairs by_new_;
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

}  // namespace weir::stages::core
