#include <cstdint>
#include <optional>
#include <string>

#include "stages/core/core.h"
#include "stages/core/state/key_table.h"

namespace weir::stages::core {
namespace {

struct CountOptions {
  std::string into = "count";
  KeyPolicy key;
};

/// Without a key, all records share one count. It exists from the start, so the count of no records
/// is 0.
class Count final : public SerialTransform {
 public:
  explicit Count(const CountOptions& options) : into_(options.into), key_(options.key) {
    if (into_.empty()) throw OptionError("into", "expected a field, got empty text");
    for (const Field& field : key_.fields) {
      if (field.name() == into_) throw OptionError("into", "duplicate field '" + into_ + "'");
    }
  }

  void open(Context& context) override {
    if (!key_.fields.empty()) keys_.emplace(key_, context);
  }
  void close() override { keys_.reset(); }

  void process(Record& record, Call& call) override {
    if (keys_) {
      ++keys_->value(record, [&](std::uint32_t index) { emit_key(index, call); });
    } else {
      ++all_;
    }
    call.aggregate(record);
  }

  bool finish(Call& call) override {
    if (!keys_) {
      Record record = call.emit();
      set_count(record, all_);
      return false;
    }
    for (std::uint32_t at = keys_->first(); at != kNoIndex; at = keys_->first()) {
      if (call.full()) return true;
      emit_key(at, call);
      keys_->forget(at);
    }
    return false;
  }

 private:
  void emit_key(std::uint32_t index, Call& call) {
    Record record = call.emit();
    keys_->key_at(index, [&](std::size_t field, Value value) {
      record.set(FieldName::lasting(key_.fields[field]), value);
    });
    set_count(record, keys_->value_at(index));
  }
  void set_count(Record& record, std::uint64_t count) {
    record.set(FieldName::lasting(into_), Value(static_cast<std::int64_t>(count)));
  }

  std::string into_;
  KeyPolicy key_;
  std::optional<KeyTable> keys_;
  std::uint64_t all_ = 0;
};

}  // namespace

void add_count(Registry& registry) {
  registry
      .add<Count, CountOptions>(
          "count",
          "Counts the records; with key: those of each key, in order of first appearance. A key "
          "that is evicted (when_full: evict) gives its count then; if it comes again, it counts "
          "from 0")
      .optional("into", &CountOptions::into, "the field that gets the count")
      .key(&CountOptions::key)
      .stateful()
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

}  // namespace weir::stages::core
