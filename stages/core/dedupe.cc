#include <cstdint>
#include <string>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/recent_keys.h"
#include "weir/key_code.h"

namespace weir {
namespace {

struct DedupeOptions {
  std::uint64_t last = 100'000;
  std::vector<Field> key;
};

/// Keeps hashes of 128 bits, not the keys. A record is dropped by mistake if its hash is by chance
/// that of one of N others: 1 in 2^128 / N, so for a billion records and N of a million one of
/// 3 * 10^23 runs loses one. It is the same hash in each run: the output depends on the input
/// alone.
class Dedupe final : public SerialTransform {
 public:
  explicit Dedupe(const DedupeOptions& options) : key_(options.key), recent_(options.last) {}

  void open(Context& context) override { duplicates_ = &context.counter("duplicates"); }

  void process(Record& record, Call&) override {
    if (!recent_.seen(siphash(key_of(record), kKey0, kKey1))) return;
    duplicates_->add(1);
    record.drop();
  }

 private:
  static constexpr std::uint64_t kKey0 = 0x243f6a8885a308d3;  // pi's first digits
  static constexpr std::uint64_t kKey1 = 0x13198a2e03707344;

  std::string_view key_of(const Record& record) {
    if (key_.empty()) return record.text();
    code_.clear();
    for (const Field& field : key_) append_key(record.get(field), code_);
    return code_;
  }

  std::vector<Field> key_;
  RecentKeys recent_;
  std::string code_;
  Counter* duplicates_ = nullptr;
};

}  // namespace

void add_dedupe(Registry& registry) {
  registry
      .add<Dedupe, DedupeOptions>("dedupe",
                                  "Drops a record whose text was there before; with key: one whose "
                                  "key was, a missing field being null")
      .optional("last", &DedupeOptions::last,
                "how many distinct keys are remembered, in 40 bytes each: those seen last, so that "
                "a key that keeps coming is never forgotten")
      .min(&DedupeOptions::last, std::uint64_t{1})
      .max(&DedupeOptions::last, std::uint64_t{100'000'000})
      .key(&DedupeOptions::key)
      .kinds([](const DedupeOptions& options) { return Kinds{.needs_text = options.key.empty()}; })
      .example(R"(stages:
  - uses: generate
    with: { count: 1000 }
  - uses: dedupe
    key: [ip, path]
    with: { last: 10000 }
  - uses: text.format
    with:
      template: "{ip} {path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir
