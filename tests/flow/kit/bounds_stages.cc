#include <chrono>
#include <cstring>
#include <thread>

#include "tests/flow/kit/test_stages.h"

namespace weir::flow::test {

PingPong& ping_pong() {
  static PingPong state;
  return state;
}

void Digest::write(Batch& batch) {
  before();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::string_view text = batch[i].text();
    hash = mix(hash, text.size() > 4096 ? text.substr(0, 4096) : text) ^ text.size();
    ++count;
  }
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

struct BurstOptions {
  std::int64_t count = 1000;
  std::int64_t size = 20;
  std::int64_t every = 1;  ///< One in so many records, chosen by its text; the others pass.
  bool always = false;     ///< First of all the record itself, by an emit.
  std::string poison;      ///< The last child of the record with this text is "4242".
};

/// Emits `count` children of `size` bytes for a chosen record of less than 64 bytes.
class Burst final : public Transform {
 public:
  explicit Burst(const BurstOptions& o) : o_(o) {}
  void process(Record& record, Call& call) const override {
    if (record.text().size() >= 64) return;
    if (o_.always) {
      call.emit().set_text(record.text());
      if (mix(1, record.text()) % static_cast<std::uint64_t>(o_.every) != 0) return;
    }
    const bool chosen = mix(1, record.text()) % static_cast<std::uint64_t>(o_.every) == 0;
    if (!chosen && record.text() != o_.poison) return;
    std::string text(static_cast<std::size_t>(o_.size), 'x');
    for (std::int64_t i = 0; i < o_.count; ++i) {
      const std::string number = std::to_string(i);
      text.replace(0, std::min(number.size(), text.size()), number, 0, text.size());
      const bool last = i + 1 == o_.count;
      call.emit().set_text(last && record.text() == o_.poison ? "4242" : text);
    }
  }

 private:
  BurstOptions o_;
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
    while (state.seen.load() < sent && !stop.requested()) std::this_thread::yield();
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
  registry.add<Burst, BurstOptions>("test.burst", "Many from one.")
      .optional("count", &BurstOptions::count, "How many.")
      .optional("size", &BurstOptions::size, "Bytes each.")
      .optional("every", &BurstOptions::every, "One in so many.")
      .optional("always", &BurstOptions::always, "Emit the record too.")
      .optional("poison", &BurstOptions::poison, "A text.");
  registry.add<Digest>("test.digest", "A hash of all.").kinds(Kinds{.needs_text = true});
  registry.add<Ping, PingOptions>("test.ping", "One at a time.")
      .kinds(Kinds{.gives_text = true})
      .optional("count", &PingOptions::count, "How many.");
  registry.add<Pong>("test.pong", "Answers.").kinds(Kinds{.needs_text = true});
}

}  // namespace weir::flow::test
