#include <cstdint>
#include <optional>

#include "stages/core/core.h"
#include "stages/core/state/key_table.h"

namespace weir::stages::core {
namespace {

struct SkipFirstOptions {
  std::uint64_t count = 0;
  KeyPolicy key;
};

/// Without a key, all records share one counter.
class SkipFirst final : public SerialTransform {
 public:
  explicit SkipFirst(const SkipFirstOptions& options) : count_(options.count), key_(options.key) {}

  void open(Context& context) override {
    if (!key_.fields.empty()) keys_.emplace(key_, context);
  }
  void close() override { keys_.reset(); }

  void process(Record& record, Call&) override {
    if (count_ == 0) return;
    std::uint64_t& skipped = keys_ ? keys_->value(record, [](std::uint32_t) {}) : skipped_;
    if (skipped == count_) return;
    ++skipped;
    record.drop();
  }

 private:
  std::uint64_t count_;
  KeyPolicy key_;
  std::optional<KeyTable> keys_;
  std::uint64_t skipped_ = 0;
};

}  // namespace

void add_skip_first(Registry& registry) {
  registry
      .add<SkipFirst, SkipFirstOptions>(
          "skip_first",
          "Drops the first records; with key: the first ones of each key. A key that was evicted "
          "(when_full: evict) and comes again is a new one")
      .required("count", &SkipFirstOptions::count, "how many records to drop")
      .key(&SkipFirstOptions::key)
      .stateful()
      .example(R"(stages:
  - uses: generate
    with: { count: 10, format: text }
  - uses: skip_first
    with: { count: 5 }
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
