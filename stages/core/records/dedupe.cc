#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "stages/core/core.h"
#include "stages/core/state/recent_keys.h"
#include "weir/key_code.h"

namespace weir::stages::core {
namespace {

struct DedupeOptions {
  std::optional<std::uint64_t> last;
  std::optional<Duration> within;
  std::optional<TimeField> time;
  KeyPolicy key;

  /// Returns how many keys are remembered; 0 if only `within` limits them.
  std::uint64_t most() const {
    constexpr std::uint64_t kMost = 100'000;
    return last.value_or(within ? 0 : kMost);
  }
};

/// Remembers hashes of 128 bits, not the keys. A record is dropped by mistake if its hash equals by
/// chance that of one of N others, with a probability of N / 2^128. Over a billion records, with N
/// of a million, one run in 3 * 10^23 drops a record by mistake. The hash is the same in each run,
/// so the output depends on the input alone.
class Dedupe final : public SerialTransform {
 public:
  explicit Dedupe(const DedupeOptions& options)
      : most_(options.most()), within_(options.within), time_(options.time), key_(options.key) {
    if (within_ && within_->count() == 0) {
      throw OptionError("within", "expected more than 0s, got '0s'");
    }
    if (time_ && !within_) throw OptionError("time", "expected 'within' beside 'time'");
  }

  void open(Context& context) override {
    duplicates_ = &context.counter("duplicates");
    if (key_.when_full == KeyPolicy::WhenFull::evict) evicted_ = &context.counter("evicted");
    recent_.emplace(context.state());
  }
  void close() override { recent_.reset(); }

  void process(Record& record, Call&) override {
    const std::int64_t time = time_of(record);
    forget_before(time);
    const Hash128 key = siphash(key_of(record), kKey0, kKey1);
    if (std::int64_t* seen = recent_->find(key)) {
      const bool duplicate = near(time, *seen);
      *seen = std::max(*seen, time);
      if (!duplicate) return;
      duplicates_->add(1);
      record.drop();
    } else {
      remember(key, time);
    }
  }

 private:
  static constexpr std::uint64_t kKey0 = 0x243f6a8885a308d3;  // pi's first digits
  static constexpr std::uint64_t kKey1 = 0x13198a2e03707344;

  std::string_view key_of(const Record& record) {
    if (key_.fields.empty()) return record.text();
    code_.clear();
    for (const Field& field : key_.fields) append_key(record.get(field), code_);
    return code_;
  }

  std::int64_t time_of(const Record& record) const {
    if (!within_) return 0;
    if (!time_) return std::chrono::steady_clock::now().time_since_epoch() / Duration(1);
    return time_->of(record).count();
  }

  bool near(std::int64_t one, std::int64_t other) const {
    return !within_ || (one > other ? before(other, one) : before(one, other));
  }
  /// True if `time` is at most `within` before `other`. The difference is unsigned, since times of
  /// 1678 and of 2261 are further apart than an int64 holds nanoseconds.
  bool before(std::int64_t time, std::int64_t other) const {
    return static_cast<std::uint64_t>(other) - static_cast<std::uint64_t>(time) <=
           static_cast<std::uint64_t>(within_->count());
  }

  /// Forgets the keys that `within` no longer reaches, least recently seen first. If times are out
  /// of order, a key may stay a little longer than it must.
  void forget_before(std::int64_t time) {
    if (!within_) return;
    newest_ = std::max(newest_, time);
    while (const std::optional<std::int64_t> oldest = recent_->oldest()) {
      if (before(*oldest, newest_)) return;
      recent_->forget_oldest();
    }
  }

  void remember(const Hash128& key, std::int64_t time) {
    if (most_ != 0 && recent_->size() == most_) recent_->forget_oldest();
    while ((key_.max != 0 && recent_->size() >= key_.max) || !recent_->add(key, time)) {
      if (!evicted_ || recent_->size() == 0) {
        throw Error("state_full", "no room to remember one more key", false);
      }
      evicted_->add(1);
      recent_->forget_oldest();
    }
  }

  std::uint64_t most_;
  std::optional<Duration> within_;
  std::optional<TimeField> time_;
  KeyPolicy key_;
  std::optional<RecentKeys> recent_;
  std::int64_t newest_ = std::numeric_limits<std::int64_t>::min();
  std::string code_;
  Counter* duplicates_ = nullptr;
  Counter* evicted_ = nullptr;
};

}  // namespace

void add_dedupe(Registry& registry) {
  registry
      .add<Dedupe, DedupeOptions>(
          "dedupe",
          "Drops a record whose text was there before; with key: one whose key was, a missing "
          "field being null. A key takes 56 bytes of limits.state. Where these are used up, or "
          "max of key: is reached, a new key is an error of kind state_full; with when_full: "
          "evict the one not seen for longest is forgotten for it")
      .optional("last", &DedupeOptions::last,
                "how many distinct keys are remembered: those seen last, so that a key that keeps "
                "coming is never forgotten; 100000 unless within is given")
      .min(&DedupeOptions::last, std::optional<std::uint64_t>{1})
      .max(&DedupeOptions::last, std::optional<std::uint64_t>{100'000'000})
      .optional("within", &DedupeOptions::within,
                "a record is a duplicate only if its key was seen at most so long before, be it "
                "in one that was dropped")
      .optional("time", &DedupeOptions::time,
                "the field that says when, in seconds since 1970 or as 2026-01-31T23:59:59Z, or "
                "{ field, format, zone, reference }; a record without one is an error of kind "
                "time. Unless given, the time of arrival, so that the output depends on the clock")
      .key(&DedupeOptions::key)
      .stateful()
      .by_clock([](const DedupeOptions& options) { return options.within && !options.time; })
      .kinds([](const DedupeOptions& options) {
        return Kinds{.needs_text = options.key.fields.empty()};
      })
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

}  // namespace weir::stages::core
