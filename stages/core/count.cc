#include <cstdint>
#include <string>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/field_list.h"
#include "stages/core/key_table.h"

namespace weir {
namespace {

struct CountOptions {
  std::string into = "count";
  std::vector<Field> key;
};

/// Without a key all records have the same, empty one, which is there from the start: the count of
/// nothing is 0.
class Count final : public SerialTransform {
 public:
  explicit Count(const CountOptions& options) : into_(options.into), key_(options.key) {
    if (into_.empty()) throw OptionError("into", "expected a field, got empty text");
    for (const Field& field : key_) {
      if (field.name() == into_) throw OptionError("into", "duplicate field '" + into_ + "'");
    }
    if (key_.empty()) counts_.push_back(0);
  }

  void process(Record& record, Call& call) override {
    const std::uint32_t number = key_.empty() ? 0 : keys_.number(record, key_);
    if (number == counts_.size()) counts_.push_back(0);
    ++counts_[number];
    call.aggregate(record);
  }

  bool finish(Call& call) override {
    while (next_ < counts_.size() && !call.full()) {
      Record record = call.emit();
      if (!key_.empty()) {
        keys_.values(next_,
                     [&](std::size_t index, Value value) { record.set(key_[index], value); });
      }
      record.set(std::string_view(into_), Value(static_cast<std::int64_t>(counts_[next_])));
      ++next_;
    }
    return next_ < counts_.size();
  }

 private:
  std::string into_;
  std::vector<Field> key_;
  KeyTable keys_;
  std::vector<std::uint64_t> counts_;
  std::uint32_t next_ = 0;  ///< The key that `finish` emits next.
};

}  // namespace

void add_count(Registry& registry) {
  registry
      .add<Count, CountOptions>(
          "count", "Counts the records; with key: those of each key, in order of first appearance")
      .optional("into", &CountOptions::into, "the field that gets the count")
      .key(&CountOptions::key)
      .kinds({.gives_fields = true, .changes_fields = true})
      .example(R"(stages:
  - uses: generate
    with: { count: 1000 }
  - uses: count
    key: status
  - uses: text.format
    with:
      template: "{status}: {count}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir
