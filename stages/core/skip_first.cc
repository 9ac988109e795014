#include <cstdint>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/key_table.h"

namespace weir {
namespace {

struct SkipFirstOptions {
  std::uint64_t count = 0;
  std::vector<Field> key;
};

/// Without a key all records have the same one.
class SkipFirst final : public SerialTransform {
 public:
  explicit SkipFirst(const SkipFirstOptions& options) : count_(options.count), key_(options.key) {
    if (key_.empty()) skipped_.push_back(0);
  }

  void process(Record& record, Call&) override {
    if (count_ == 0) return;
    const std::uint32_t number = key_.empty() ? 0 : keys_.number(record, key_);
    if (number == skipped_.size()) skipped_.push_back(0);
    if (skipped_[number] == count_) return;
    ++skipped_[number];
    record.drop();
  }

 private:
  std::uint64_t count_;
  std::vector<Field> key_;
  KeyTable keys_;
  std::vector<std::uint64_t> skipped_;
};

}  // namespace

void add_skip_first(Registry& registry) {
  registry
      .add<SkipFirst, SkipFirstOptions>(
          "skip_first", "Drops the first records; with key: the first ones of each key")
      .required("count", &SkipFirstOptions::count, "how many records to drop")
      .key(&SkipFirstOptions::key)
      .example(R"(stages:
  - uses: generate
    with: { count: 10, format: text }
  - uses: skip_first
    with: { count: 5 }
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir
