#include "bench/weir_types.h"

#include <cstring>

#include "bench/burn.h"

namespace bench {
namespace {

std::uint64_t number_in(const weir::Record& record) {
  std::uint64_t number = 0;
  if (record.text().size() != sizeof number) throw weir::Error("bench", "expected 8 bytes");
  std::memcpy(&number, record.text().data(), sizeof number);
  return number;
}

std::string_view bytes_of(const std::uint64_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

/// The options of bench.ints.
struct IntsOptions {
  std::uint64_t items = 0;
};

/// Makes the numbers from 0 on, as texts of 8 bytes, in one thread.
class Ints final : public weir::Source {
 public:
  explicit Ints(const IntsOptions& options) : end_(options.items) {}

  bool read(weir::Feed& feed, weir::Stop) override {
    for (; next_ < end_ && !feed.full(); ++next_) {
      char* const text = feed.buffer(sizeof next_);
      std::memcpy(text, &next_, sizeof next_);
      feed.adopt(next_, {text, sizeof next_});
    }
    return next_ < end_;
  }

 private:
  std::uint64_t end_;
  std::uint64_t next_ = 0;
};

/// The options of bench.burn.
struct BurnOptions {
  std::uint64_t spin = 0;
  bool skew = false;
};

/// Burns for each number, and puts out the result.
class Burn final : public weir::Transform {
 public:
  explicit Burn(const BurnOptions& options) : options_(options) {}

  void process(weir::Record& record, weir::Call&) const override {
    const std::uint64_t result = work(number_in(record), options_.spin, options_.skew);
    record.set_text(bytes_of(result));
  }

 private:
  BurnOptions options_;
};

}  // namespace

void Check::write(weir::Batch& batch) {
  batch.each([this](weir::Record& record) { sum_ = add_in_order(sum_, number_in(record)); });
}

void add_bench_stages(weir::Registry& registry) {
  registry.add<Ints, IntsOptions>("bench.ints", "Makes numbers, as texts of 8 bytes")
      .required("items", &IntsOptions::items, "how many")
      .kinds({.gives_text = true});
  registry.add<Burn, BurnOptions>("bench.burn", "Spins for each number")
      .required("spin", &BurnOptions::spin, "iterations an item")
      .optional("skew", &BurnOptions::skew, "one item in a hundred takes a hundred times as many")
      .kinds({.needs_text = true, .gives_text = true});
  registry.add<Check>("bench.check", "Sums the results in order").kinds({.needs_text = true});
}

}  // namespace bench
