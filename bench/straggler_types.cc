#include "bench/straggler_types.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "bench/burn.h"
#include "bench/program.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

/// The text of a record, which stays unchanged from source to sink.
struct Stamped {
  std::uint64_t number;
  std::uint64_t key;
  std::int64_t born;  ///< When its reading was due, on the steady clock, in nanoseconds.
};

Stamped stamped(const weir::Record& record) {
  Stamped stamped;
  if (record.text().size() != sizeof stamped) throw weir::Error("bench", "expected a stamped text");
  std::memcpy(&stamped, record.text().data(), sizeof stamped);
  return stamped;
}

std::int64_t since_boot(Clock::time_point time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

/// The options of bench.records.
struct RecordsOptions {
  std::uint64_t items = 0;
  std::uint64_t rate = 0;
  std::uint64_t keys = 1000;
  double wait = 0;
};

/// Makes numbers, each with a key and a wait, as fast as the pipeline takes them or at a fixed
/// rate. A record that is read late was born when it was due, so the time for which the source is
/// held up counts as time in the pipeline.
class Records final : public weir::Source {
 public:
  explicit Records(const RecordsOptions& options) : options_(options) {}

  bool blocking() const override { return options_.rate > 0; }

  bool read(weir::Feed& feed, weir::Stop stop) override {
    if (next_ == 0) start_ = Clock::now();
    for (; next_ < options_.items && !feed.full() && !stop.requested(); ++next_) {
      Clock::time_point born = Clock::now();
      if (options_.rate > 0) {
        const Clock::time_point due = due_at(next_);
        if (due > born && feed.appended() > 0) return true;
        std::this_thread::sleep_until(due);
        born = due;
      }
      append(feed, born);
    }
    return next_ < options_.items && !stop.requested();
  }

 private:
  Clock::time_point due_at(std::uint64_t number) const {
    const double seconds = static_cast<double>(number) / static_cast<double>(options_.rate);
    return start_ + std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  }
  void append(weir::Feed& feed, Clock::time_point born) {
    const Stamped stamped{next_, burn(next_, 2) % options_.keys, since_boot(born)};
    char* const text = feed.buffer(sizeof stamped);
    std::memcpy(text, &stamped, sizeof stamped);
    weir::Record record = feed.adopt(next_, {text, sizeof stamped});
    record.set("k", weir::Value(static_cast<std::int64_t>(stamped.key)));
    if (options_.wait > 0) {
      record.set("wait", weir::Value(is_heavy(next_) ? 100 * options_.wait : options_.wait));
    }
  }

  RecordsOptions options_;
  Clock::time_point start_;
  std::uint64_t next_ = 0;
};

/// The options of bench.spin.
struct SpinOptions {
  std::uint64_t spin = 0;
};

/// Spins for each number, a hundred times as long for a heavy one.
class Spin final : public weir::Transform {
 public:
  explicit Spin(const SpinOptions& options) : options_(options) {}

  void process(weir::Record& record, weir::Call&) const override {
    work(stamped(record).number, options_.spin, true);
  }

 private:
  SpinOptions options_;
};

}  // namespace

void Latency::write(weir::Batch& batch) {
  const std::int64_t now = since_boot(Clock::now());
  batch.each([&](weir::Record& record) {
    const Stamped read = stamped(record);
    add(read.number, read.key, static_cast<std::uint64_t>(now - read.born));
  });
}

void Latency::add(std::uint64_t number, std::uint64_t key, std::uint64_t latency) {
  latencies_.push_back(latency);
  sum_ += number;
  inversions_ += number < next_ ? 1 : 0;
  next_ = number + 1;
  if (behind_.size() <= key) behind_.resize(key + 1);
  inversions_within_keys_ += number < behind_[key] ? 1 : 0;
  behind_[key] = number + 1;
}

void Latency::print(double seconds) const {
  std::vector<std::uint64_t> sorted = latencies_;
  std::sort(sorted.begin(), sorted.end());
  const std::uint64_t n = sorted.size();
  std::printf("%.6f %llu %d %llu %llu %llu", seconds, static_cast<unsigned long long>(n),
              n > 0 && sum_ == n * (n - 1) / 2, static_cast<unsigned long long>(inversions_),
              static_cast<unsigned long long>(inversions_within_keys_),
              static_cast<unsigned long long>(peak_rss()));
  for (const double share : {0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(n));
    const std::uint64_t latency = n == 0 ? 0 : sorted[std::min(rank, n - 1)];
    std::printf(" %llu", static_cast<unsigned long long>(latency));
  }
  std::printf("\n");
}

void add_straggler_stages(weir::Registry& registry) {
  registry
      .add<Records, RecordsOptions>("bench.records",
                                    "Makes stamped numbers with the fields k, wait")
      .required("items", &RecordsOptions::items, "how many")
      .optional("rate", &RecordsOptions::rate, "how many a second; 0: as fast as possible")
      .optional("keys", &RecordsOptions::keys, "how many values k has")
      .optional("wait", &RecordsOptions::wait,
                "milliseconds; one record in a hundred waits a hundred times as long")
      .kinds({.gives_text = true, .gives_fields = true});
  registry
      .add<Spin, SpinOptions>("bench.spin",
                              "Spins for each number, for one in a hundred a hundred times as long")
      .required("spin", &SpinOptions::spin, "iterations of a light one")
      .kinds({.needs_text = true});
  registry.add<Latency>("bench.latency", "Measures the time in the pipeline")
      .kinds({.needs_text = true});
}

}  // namespace bench
