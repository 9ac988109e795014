#include "tests/flow/kit/test_stages.h"

#include <chrono>
#include <thread>

#include "tests/flow/kit/call_stages.h"

namespace weir::flow::test {

std::uint64_t mix(std::uint64_t seed, std::string_view text) {
  std::uint64_t h = 14695981039346656037u ^ seed;
  for (unsigned char c : text) h = (h ^ c) * 1099511628211u;
  h += 0x9e3779b97f4a7c15u;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
  return h ^ (h >> 31);
}

Verdict decide(const MixOptions& o, std::string_view text) {
  const std::uint64_t h = mix(static_cast<std::uint64_t>(o.seed), text);
  auto percent = static_cast<std::int64_t>(h % 100);
  if (o.at >= 0 && text == std::to_string(o.at)) return {Verdict::Act::fail, {}};
  if ((percent -= o.drop) < 0) return {Verdict::Act::drop, {}};
  if ((percent -= o.fail) < 0) return {Verdict::Act::fail, {}};
  if ((percent -= o.thrown) < 0) return {Verdict::Act::thrown, {}};
  Verdict verdict;
  if ((percent -= o.emit) < 0) {
    verdict.act = Verdict::Act::emit;
    for (std::uint64_t i = 0; i < (h >> 20) % 5; ++i) {
      verdict.texts.push_back(std::string(text) + "." + std::to_string(i));
    }
    if (verdict.texts.empty()) verdict.act = Verdict::Act::drop;
    return verdict;
  }
  verdict.texts.push_back(std::string(text) + static_cast<char>('a' + (h >> 32) % 26));
  return verdict;
}

std::string numbered(std::string_view text, std::uint64_t count) {
  return std::string(text) + "#" + std::to_string(count);
}

std::vector<std::string> closing_texts(std::uint64_t count) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 1 + count % 4; ++i) {
    texts.push_back("total " + std::to_string(count) + " " + std::to_string(i));
  }
  return texts;
}

namespace {

void spin(const MixOptions& o, std::string_view text) {
  if (o.spin <= 0) return;
  using Clock = std::chrono::steady_clock;
  const std::uint64_t us = mix(7, text) % static_cast<std::uint64_t>(o.spin);
  const auto until = Clock::now() + std::chrono::microseconds(us);
  while (Clock::now() < until) {
  }
}

void act(const MixOptions& o, Record& record, Call& call) {
  spin(o, record.text());
  const Verdict verdict = decide(o, record.text());
  switch (verdict.act) {
    case Verdict::Act::drop:
      return record.drop();
    case Verdict::Act::fail:
      // What was emitted and changed before must be gone.
      if (!verdict.texts.empty() || mix(3, record.text()) % 2) call.emit().set_text("discarded");
      record.set_text("changed, then failed");
      return record.fail("chosen", "failed on purpose");
    case Verdict::Act::thrown: {
      const std::uint64_t which = mix(5, record.text()) % 3;
      record.set_text("changed, then thrown");
      if (which == 0) throw std::runtime_error("thrown on purpose");
      if (which == 1) throw Error("thrown", "thrown on purpose");
      throw 7;
    }
    case Verdict::Act::emit:
      for (const std::string& text : verdict.texts) call.emit().set_text(text);
      return;
    case Verdict::Act::change:
      return record.set_text(verdict.texts[0]);
  }
}

struct NumbersOptions {
  std::int64_t count = 100;
  bool split = false;
  bool blocking = false;
  std::int64_t fail_at = -1;
  std::int64_t pause_us = 0;
};

/// The numbers from 0 as texts; position = number. With `split`, a split is a range of numbers.
class Numbers final : public Source {
 public:
  explicit Numbers(const NumbersOptions& o) : o_(o) {}
  void open(Context&) override { next_ = 0; }

  bool read(Feed& feed, Stop stop) override {
    if (o_.split) {
      const auto size = static_cast<std::int64_t>(feed.want_records());
      const std::int64_t end = std::min(o_.count, next_ + size);
      if (next_ < end) {
        feed.hand_out({0, static_cast<std::uint64_t>(next_), static_cast<std::uint64_t>(end)});
      }
      next_ = end;
      return next_ < o_.count;
    }
    while (!feed.full() && next_ < o_.count && !stop.requested()) {
      if (next_ == o_.fail_at) throw Error("io", "the source failed on purpose");
      put(feed, 0, static_cast<std::uint64_t>(next_));
      ++next_;
      if (o_.pause_us > 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(o_.pause_us));
        break;
      }
    }
    return next_ < o_.count;
  }
  void load(Split& split, Feed& feed) const override {
    while (!split.done() && !feed.full()) {
      if (static_cast<std::int64_t>(split.begin) == o_.fail_at) {
        throw Error("io", "the source failed on purpose");
      }
      put(feed, 0, split.begin);
      ++split.begin;
    }
  }
  bool blocking() const override { return o_.blocking; }

 private:
  static void put(Feed& feed, std::uint32_t part, std::uint64_t n) {
    const std::string text = std::to_string(n);
    char* at = feed.buffer(text.size());
    text.copy(at, text.size());
    feed.adopt(part, n, {at, text.size()});
  }

  NumbersOptions o_;
  std::int64_t next_ = 0;
};

class Mix final : public Transform {
 public:
  explicit Mix(const MixOptions& o) : o_(o) {}
  void process(Record& record, Call& call) const override { act(o_, record, call); }

 private:
  MixOptions o_;
};

/// Like Mix without emitting, for whole batches.
class MixBatch final : public BatchTransform {
 public:
  explicit MixBatch(const MixOptions& o) : o_(o) { o_.emit = 0; }
  void process(Batch& batch, Call&) const override {
    batch.each([&](Record& record) {
      const Verdict verdict = decide(o_, record.text());
      if (verdict.act == Verdict::Act::drop) return record.drop();
      if (verdict.act == Verdict::Act::thrown) throw std::runtime_error("thrown on purpose");
      if (verdict.act == Verdict::Act::fail) {
        record.set_text("changed");
        return record.fail("chosen", "failed on purpose");
      }
      record.set_text(verdict.texts[0]);
    });
  }

 private:
  MixOptions o_;
};

struct TallyOptions : MixOptions {
  std::int64_t take = -1;  ///< Wants no more input after so many records.
};

class Tally final : public SerialTransform {
 public:
  explicit Tally(const TallyOptions& o) : o_(o) {}
  void process(Record& record, Call& call) override {
    ++count_;
    if (o_.take >= 0 && static_cast<std::int64_t>(count_) >= o_.take) call.end_input();
    const Verdict verdict = decide(o_, record.text());
    if (verdict.act == Verdict::Act::change) {
      return record.set_text(numbered(verdict.texts[0], count_));
    }
    act(o_, record, call);
  }
  bool finish(Call& call) override {
    const std::vector<std::string> texts = closing_texts(count_);
    if (closed_ < texts.size()) call.emit().set_text(texts[closed_++]);
    return closed_ < texts.size();
  }

 private:
  TallyOptions o_;
  std::uint64_t count_ = 0;
  std::size_t closed_ = 0;
};

struct CollectOptions {
  std::int64_t fail_at = -1;  ///< Fails the record of this index.
};

class Collecting final : public Collect {
 public:
  explicit Collecting(const CollectOptions& o) : o_(o) {}
  void write(Batch& batch) override {
    batch.each([&](Record& record) {
      if (static_cast<std::int64_t>(texts_.size()) == o_.fail_at) {
        throw Error("io", "the sink failed on purpose");
      }
      texts_.emplace_back(record.text());
    });
  }
  void commit() override { committed_ = true; }
  std::string leftover() const override { return "collected.partial"; }
  const std::vector<std::string>& texts() const override { return texts_; }
  bool committed() const override { return committed_; }

 private:
  CollectOptions o_;
  std::vector<std::string> texts_;
  bool committed_ = false;
};

template <class T, class O>
void add_mix(Registry& registry, const char* name) {
  registry.add<T, O>(name, "A stage of the tests.")
      .optional("seed", &O::seed, "Seed.")
      .optional("drop", &O::drop, "Percent.")
      .optional("fail", &O::fail, "Percent.")
      .optional("thrown", &O::thrown, "Percent.")
      .optional("emit", &O::emit, "Percent.")
      .optional("spin", &O::spin, "Microseconds.")
      .optional("at", &O::at, "Number.");
}

}  // namespace

void add_test_stages(Registry& registry) {
  add_bounds_stages(registry);
  add_call_stages(registry);
  registry.add<Numbers, NumbersOptions>("test.numbers", "Numbers.")
      .kinds(Kinds{.gives_text = true})
      .optional("count", &NumbersOptions::count, "How many.")
      .optional("split", &NumbersOptions::split, "Hand out ranges.")
      .optional("blocking", &NumbersOptions::blocking, "Take a thread.")
      .optional("fail_at", &NumbersOptions::fail_at, "Throw there.")
      .optional("pause_us", &NumbersOptions::pause_us, "Sleep between records.");
  add_mix<Mix, MixOptions>(registry, "test.mix");
  add_mix<MixBatch, MixOptions>(registry, "test.batch");
  registry.add<Tally, TallyOptions>("test.tally", "Counts.")
      .optional("seed", static_cast<std::int64_t TallyOptions::*>(&TallyOptions::seed), "Seed.")
      .optional("drop", static_cast<std::int64_t TallyOptions::*>(&TallyOptions::drop), "Percent.")
      .optional("fail", static_cast<std::int64_t TallyOptions::*>(&TallyOptions::fail), "Percent.")
      .optional("thrown", static_cast<std::int64_t TallyOptions::*>(&TallyOptions::thrown), "P.")
      .optional("emit", static_cast<std::int64_t TallyOptions::*>(&TallyOptions::emit), "Percent.")
      .optional("at", static_cast<std::int64_t TallyOptions::*>(&TallyOptions::at), "Number.")
      .optional("take", &TallyOptions::take, "How many.");
  registry.add<Collecting, CollectOptions>("test.collect", "Keeps.")
      .kinds(Kinds{.needs_text = true})
      .optional("fail_at", &CollectOptions::fail_at, "Index.");
}

}  // namespace weir::flow::test
