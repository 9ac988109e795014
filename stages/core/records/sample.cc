#include <cstdint>

#include "stages/core/core.h"
#include "weir/detail/mix64.h"
#include "weir/frequency.h"

namespace weir::stages::core {

using detail::mix64;

namespace {

struct SampleOptions {
  Proportion share;
  std::uint64_t seed = 0;
};

/// Chooses records by the seed and their origins alone: not by their neighbours, by the number of
/// threads, or by what was kept before.
class Sample final : public Transform {
 public:
  explicit Sample(const SampleOptions& options)
      : part_(options.share.part), seed_(mix64(options.seed)) {}

  void process(Record& record, Call&) const override {
    if (place(record.origin()) >= part_) record.drop();
  }

 private:
  /// Returns a hash of the origin, from 0 to just below 1.
  double place(const Origin& origin) const {
    const std::uint64_t file = std::uint64_t{origin.source} << 32 | origin.part;
    return static_cast<double>(mix64(mix64(seed_ ^ file) ^ origin.position) >> 11) * 0x1p-53;
  }

  double part_;
  std::uint64_t seed_;
};

}  // namespace

void add_sample(Registry& registry) {
  registry
      .add<Sample, SampleOptions>(
          "sample", "Keeps a share of the records, the same ones for the same input and seed")
      .required(
          "share", &SampleOptions::share,
          "how many to keep, from 0 to 1 or in %: each record by itself, so that it is nearly "
          "this share; what was made of one record is kept or dropped together, and the "
          "records of a smaller share are among those of a larger one")
      .optional("seed", &SampleOptions::seed,
                "another number chooses other records; two samples of the same seed choose the "
                "same ones")
      .positional("share")
      .example(R"(stages:
  - uses: generate
    with: { count: 1000 }
  - uses: sample
    with: { share: 10% }
  - uses: text.format
    with:
      template: "{time} {status} {path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
