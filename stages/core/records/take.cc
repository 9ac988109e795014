#include <cstdint>

#include "stages/core/core.h"

namespace weir::stages::core {
namespace {

struct TakeOptions {
  std::uint64_t count = 0;
};

class Take final : public SerialTransform {
 public:
  explicit Take(const TakeOptions& options) : left_(options.count) {}

  void process(Record& record, Call& call) override {
    if (left_ == 0) {
      record.drop();
    } else {
      --left_;
    }
    if (left_ == 0) call.end_input();
  }

 private:
  std::uint64_t left_;
};

}  // namespace

void add_take(Registry& registry) {
  registry.add<Take, TakeOptions>("take", "Keeps the first records and ends the input behind them")
      .required("count", &TakeOptions::count, "how many records to keep")
      .example(R"(stages:
  - uses: generate
    with: { format: text }
  - uses: take
    with: { count: 5 }
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
