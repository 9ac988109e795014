#include <chrono>
#include <cstring>
#include <thread>

#include "tests/flow/test_stages.h"

namespace weir::test {

PingPong& ping_pong() {
  static PingPong state;
  return state;
}

namespace {

using Clock = std::chrono::steady_clock;

struct SizesOptions {
  std::int64_t count = 100;
  std::int64_t every = 50;
  Bytes big{1000};
};

/// Short texts, and every so often a big one.
class Sizes final : public Source {
 public:
  explicit Sizes(const SizesOptions& o) : o_(o) {}
  bool read(Feed& feed, Stop) override {
    while (!feed.full() && next_ < o_.count) {
      std::string text = "n" + std::to_string(next_);
      const bool big = next_ % o_.every == o_.every - 1;
      const std::size_t size = big ? o_.big.value : text.size();
      char* at = feed.buffer(size);
      if (big) std::memset(at, 'y', size);
      text.copy(at, text.size());
      feed.adopt(static_cast<std::uint64_t>(next_), {at, size});
      ++next_;
    }
    return next_ < o_.count;
  }

 private:
  SizesOptions o_;
  std::int64_t next_ = 0;
};

struct SleepOptions {
  std::vector<std::int64_t> at;
  std::vector<std::int64_t> fail;
  std::int64_t ms = 100;
};

/// Sleeps at some numbers: the first in the list the longest, the others each less. Fails at some.
class Sleep final : public Transform {
 public:
  explicit Sleep(const SleepOptions& o) : o_(o) {}
  void process(Record& record, Call& call) const override {
    const std::int64_t n = std::stoll(std::string(record.text()));
    for (std::size_t i = 0; i < o_.at.size(); ++i) {
      if (o_.at[i] != n) continue;
      const auto share = o_.ms * static_cast<std::int64_t>(o_.at.size() - i);
      const auto until =
          Clock::now() + std::chrono::milliseconds(share) / static_cast<int>(o_.at.size());
      while (Clock::now() < until && !call.stopping()) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
    }
    for (const std::int64_t at : o_.fail) {
      if (at == n) record.fail("chosen", "failed on purpose");
    }
  }

 private:
  SleepOptions o_;
};

struct DigestOptions {
  std::int64_t sleep_us = 0;
};

class Digesting final : public Digest {
 public:
  explicit Digesting(const DigestOptions& o) : o_(o) {}
  void write(Batch& batch) override {
    if (o_.sleep_us > 0) std::this_thread::sleep_for(std::chrono::microseconds(o_.sleep_us));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::string_view text = batch[i].text();
      hash = mix(hash, text.size() > 4096 ? text.substr(0, 4096) : text) ^ text.size();
      ++count;
    }
  }

 private:
  DigestOptions o_;
};

struct PingOptions {
  std::int64_t count = 1000;
};

class Ping final : public Source {
 public:
  explicit Ping(const PingOptions& o) : o_(o) {}
  bool blocking() const override { return true; }
  bool read(Feed& feed, Stop stop) override {
    PingPong& state = ping_pong();
    const std::uint64_t sent = state.sent.load();
    if (sent > 0) {
      const auto start = Clock::now();
      while (state.seen.load() < sent && !stop.requested()) std::this_thread::yield();
      const auto ns = static_cast<std::uint64_t>((Clock::now() - start).count());
      if (ns > state.longest_ns.load()) state.longest_ns.store(ns);
      if (ns > 10'000'000) state.over_10ms.fetch_add(1);
    }
    if (static_cast<std::int64_t>(sent) == o_.count || stop.requested()) return false;
    const std::string text = std::to_string(sent);
    char* at = feed.buffer(text.size());
    text.copy(at, text.size());
    feed.adopt(sent, {at, text.size()});
    state.sent.store(sent + 1);
    return true;
  }

 private:
  PingOptions o_;
};

class Pong final : public Sink {
 public:
  void write(Batch& batch) override { ping_pong().seen.fetch_add(batch.size()); }
};

}  // namespace

void add_bounds_stages(Registry& registry) {
  registry.add<Sizes, SizesOptions>("test.sizes", "Short and big texts.")
      .kinds(Kinds{.gives_text = true})
      .optional("count", &SizesOptions::count, "How many.")
      .optional("every", &SizesOptions::every, "A big one.")
      .optional("big", &SizesOptions::big, "Its size.");
  registry.add<Sleep, SleepOptions>("test.sleep", "Sleeps and fails.")
      .optional("at", &SleepOptions::at, "Numbers.")
      .optional("fail", &SleepOptions::fail, "Numbers.")
      .optional("ms", &SleepOptions::ms, "The longest sleep.");
  registry.add<Digesting, DigestOptions>("test.digest", "A hash of all.")
      .kinds(Kinds{.needs_text = true})
      .optional("sleep_us", &DigestOptions::sleep_us, "Before each batch.");
  registry.add<Ping, PingOptions>("test.ping", "One at a time.")
      .kinds(Kinds{.gives_text = true})
      .optional("count", &PingOptions::count, "How many.");
  registry.add<Pong>("test.pong", "Answers.").kinds(Kinds{.needs_text = true});
}

}  // namespace weir::test
