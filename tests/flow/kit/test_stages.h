#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/plugin.h"

namespace weir::flow::test {

/// A pseudo-random number that depends on a seed and a text alone (FNV-1a, then splitmix64).
std::uint64_t mix(std::uint64_t seed, std::string_view text);

/// What a mixing stage does with a record: decided by seed and text, so that a sequential
/// interpreter and the engine decide alike. Percentages; what is left over passes on changed.
struct MixOptions {
  std::int64_t seed = 1;
  std::int64_t drop = 0;
  std::int64_t fail = 0;    ///< By Record::fail.
  std::int64_t thrown = 0;  ///< By an exception: std::exception, weir::Error or an int.
  std::int64_t emit = 0;    ///< 0 to 4 children.
  std::int64_t spin = 0;    ///< Up to so many microseconds of work.
  std::int64_t at = -1;     ///< Fails the record whose text is this number.
};

struct Verdict {
  enum class Act : std::uint8_t { drop, fail, thrown, emit, change } act = Act::change;
  std::vector<std::string> texts;  ///< Children (emit), or the changed text.
};

Verdict decide(const MixOptions& options, std::string_view text);
/// What the serial stage adds to the record that it sees as number `count`.
std::string numbered(std::string_view text, std::uint64_t count);
/// What the serial stage emits at the end, in pieces.
std::vector<std::string> closing_texts(std::uint64_t count);

/// Registers test.numbers, test.mix, test.batch, test.tally, test.collect, and the stages of
/// bounds_stages.cc (test.sizes, test.burst, test.sleep, test.digest, test.ping, test.pong) and of
/// call_stages.cc.
void add_test_stages(Registry& registry);
void add_bounds_stages(Registry& registry);

/// test.collect: keeps what it gets.
class Collect : public Sink {
 public:
  virtual const std::vector<std::string>& texts() const = 0;
  virtual bool committed() const = 0;
};

/// test.digest: a hash of all texts in their order, and how many.
class Digest final : public Sink {
 public:
  std::function<void()> before = [] {};  ///< Called before each batch.
  std::uint64_t hash = 0;
  std::uint64_t count = 0;
  void write(Batch& batch) override;
};

/// test.ping: emits a record when the sink (test.pong) has seen the one before.
struct PingPong {
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> seen{0};
};
PingPong& ping_pong();

}  // namespace weir::flow::test
