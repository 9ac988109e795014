#include "tests/flow/kit/graph_stages.h"

#include <chrono>
#include <thread>

namespace weir::flow::test {

PortVerdict decide_ports(const SplitOptions& o, std::string_view text) {
  const std::uint64_t h = mix(static_cast<std::uint64_t>(o.seed), text);
  const auto ports = static_cast<std::uint64_t>(o.ports);
  auto percent = static_cast<std::int64_t>(h % 100);
  if ((percent -= o.drop) < 0) return {};
  if ((percent -= o.fail) < 0) return {true, {}};
  const auto port = static_cast<std::uint8_t>((h >> 32) % ports);
  if ((percent -= o.both) >= 0) return {false, {{port, std::string(text)}}};
  const auto other = static_cast<std::uint8_t>((port + 1 + (h >> 40) % (ports - 1)) % ports);
  return {false, {{port, std::string(text) + "<"}, {other, std::string(text) + ">"}}};
}

PortVerdict decide_ports(const AgainOptions& o, std::string_view text) {
  const std::size_t end = text.find_last_not_of('~') + 1;
  const std::string base(text.substr(0, end));
  const std::uint64_t h = mix(static_cast<std::uint64_t>(o.seed), base);
  if (static_cast<std::int64_t>(h % 100) < o.fail) return {true, {}};
  const std::uint64_t rounds = (h >> 10) % static_cast<std::uint64_t>(o.rounds + 1);
  if (text.size() - end >= rounds) return {false, {{0, base + "^"}}};
  const std::string back = std::string(text) + "~";
  if (static_cast<std::int64_t>((h >> 30) % 100) >= o.both) return {false, {{1, back}}};
  if ((h >> 50) % 2 == 0) return {false, {{0, base + "!"}, {1, back}}};
  return {false, {{1, back}, {0, base + "!"}}};
}

RacerVerdict decide_race(const RacerOptions& o, std::string_view text) {
  auto percent =
      static_cast<std::int64_t>(mix(static_cast<std::uint64_t>(o.seed), text) % 100) - o.drop;
  if (percent < 0) return RacerVerdict::dropped;
  return percent < o.fail ? RacerVerdict::failed : RacerVerdict::good;
}

std::int64_t stamp_of(const StampOptions& o, std::int64_t count) {
  return o.offset + o.step * (count / o.equal);
}

std::string window_text(std::string_view first, std::uint64_t count) {
  return "w(" + std::string(first.substr(0, 40)) + "," + std::to_string(count) + ")";
}

namespace {

using std::chrono::microseconds;

microseconds delay_of(std::int64_t seed, std::int64_t delay_us, std::string_view text) {
  if (delay_us <= 0) return {};
  const std::uint64_t h = mix(static_cast<std::uint64_t>(seed + 99), text);
  return microseconds(h % static_cast<std::uint64_t>(delay_us));
}

template <class O>
void act(const O& o, Record& record, Call& call) {
  const PortVerdict verdict = decide_ports(o, record.text());
  if (verdict.failed) {
    // What was emitted, changed and sent before must be gone.
    call.emit(1).set_text("discarded");
    call.send(record, 1);
    record.set_text("changed, then failed");
    return record.fail("chosen", "failed on purpose", false);
  }
  if (verdict.out.empty()) return record.drop();
  if (verdict.out.size() == 1) {
    record.set_text(verdict.out[0].second);
    return call.send(record, verdict.out[0].first);
  }
  for (const auto& [port, text] : verdict.out) call.emit(port).set_text(text);
}

void act(const RacerOptions& o, Record& record, Call&) {
  const RacerVerdict verdict = decide_race(o, record.text());
  if (verdict == RacerVerdict::dropped) record.drop();
  if (verdict == RacerVerdict::failed) record.fail("chosen", "failed on purpose", false);
}

template <class O>
class Sending final : public Transform {
 public:
  explicit Sending(const O& o) : o_(o) {}
  void process(Record& record, Call& call) const override {
    const microseconds delay = delay_of(o_.seed, o_.delay_us, record.text());
    if (delay.count() > 0) std::this_thread::sleep_for(delay);
    act(o_, record, call);
  }

 private:
  O o_;
};

template <class O>
class SendingLater final : public AsyncTransform {
 public:
  explicit SendingLater(const O& o) : o_(o) {}
  void start(Completion completion) override {
    Record record = completion.record();
    const microseconds delay = delay_of(o_.seed, o_.delay_us, record.text());
    act(o_, record, completion.call());
    if (delay.count() > 0) return completion.done_after(delay);
    completion.done();
  }

 private:
  O o_;
};

class Note final : public Transform {
 public:
  void process(Record& record, Call&) const override {
    record.clear_fields();
    record.set("p", record.text());
  }
};

class Zip final : public Transform {
 public:
  void process(Record& record, Call&) const override {
    std::string text;
    for (std::uint32_t i = 0; i < record.field_count(); ++i) {
      const FieldView field = record.field(i);
      if (!field.name.ends_with('p')) continue;
      text += (text.empty() ? "" : "+") + std::string(field.value.as_text());
    }
    record.clear_fields();
    record.set_text(text);
  }
};

class Stamp final : public SerialTransform {
 public:
  explicit Stamp(const StampOptions& o) : o_(o) {}
  void process(Record& record, Call&) override { record.set("t", stamp_of(o_, count_++)); }

 private:
  StampOptions o_;
  std::int64_t count_ = 0;
};

class Numbering final : public SerialTransform {
 public:
  void process(Record& record, Call&) override {
    record.set_text(numbered(record.text(), ++count_));
  }

 private:
  std::uint64_t count_ = 0;
};

struct WindowOptions {
  std::int64_t size = 3;
};

class Window final : public SerialTransform {
 public:
  explicit Window(const WindowOptions& o) : size_(static_cast<std::uint64_t>(o.size)) {}
  void process(Record& record, Call& call) override {
    if (count_++ == 0) first_ = record.text();
    if (count_ < size_) return call.aggregate(record);
    call.emit().set_text(window_text(first_, count_));
    count_ = 0;
  }
  bool finish(Call& call) override {
    if (count_ > 0) call.emit().set_text(window_text(first_, count_));
    return false;
  }

 private:
  const std::uint64_t size_;
  std::uint64_t count_ = 0;
  std::string first_;
};

struct TagOptions {
  std::string tag;
};

class Tag final : public Transform {
 public:
  explicit Tag(const TagOptions& o) : tag_(o.tag) {}
  void process(Record& record, Call&) const override {
    record.set_text(tag_ + std::string(record.text()));
  }

 private:
  std::string tag_;
};

class Join final : public SerialTransform {
 public:
  void process(Record& record, Call&) override {
    record.set_text(std::string(record.text()) + "@" + std::to_string(record.input()));
  }
};

template <class T>
void add_split(Registry& registry, const char* name) {
  using O = SplitOptions;
  registry.add<T, O>(name, "A stage of the tests with several ports.")
      .ports([](const O& o) {
        std::vector<std::string> names;
        for (std::int64_t i = 0; i < o.ports; ++i) names.push_back("p" + std::to_string(i));
        return names;
      })
      .optional("seed", &O::seed, "Seed.")
      .optional("ports", &O::ports, "How many.")
      .optional("both", &O::both, "Percent.")
      .optional("drop", &O::drop, "Percent.")
      .optional("fail", &O::fail, "Percent.")
      .optional("delay_us", &O::delay_us, "Microseconds.");
}

template <class T>
void add_again(Registry& registry, const char* name) {
  using O = AgainOptions;
  registry.add<T, O>(name, "Sends records back.")
      .port("retry")
      .optional("seed", &O::seed, "Seed.")
      .optional("rounds", &O::rounds, "How often at most.")
      .optional("both", &O::both, "Percent.")
      .optional("fail", &O::fail, "Percent.")
      .optional("delay_us", &O::delay_us, "Microseconds.");
}

template <class T>
void add_racer(Registry& registry, const char* name) {
  using O = RacerOptions;
  registry.add<T, O>(name, "A branch of a race.")
      .optional("seed", &O::seed, "Seed.")
      .optional("drop", &O::drop, "Percent.")
      .optional("fail", &O::fail, "Percent.")
      .optional("delay_us", &O::delay_us, "Microseconds.");
}

}  // namespace

void add_graph_stages(Registry& registry) {
  add_split<Sending<SplitOptions>>(registry, "graph.split");
  add_split<SendingLater<SplitOptions>>(registry, "graph.split_async");
  add_again<Sending<AgainOptions>>(registry, "graph.again");
  add_again<SendingLater<AgainOptions>>(registry, "graph.again_async");
  add_racer<Sending<RacerOptions>>(registry, "graph.racer");
  add_racer<SendingLater<RacerOptions>>(registry, "graph.racer_async");
  registry.add<Note>("graph.note", "Makes a field of the text.");
  registry.add<Zip>("graph.zip", "Pairs records.").pairing(Pairing::together);
  registry.add<Stamp, StampOptions>("graph.stamp", "Gives a field to sort by.")
      .kinds(Kinds{.gives_fields = true})
      .optional("offset", &StampOptions::offset, "The first.")
      .optional("step", &StampOptions::step, "To the next.")
      .optional("equal", &StampOptions::equal, "How many are the same.");
  registry.add<Numbering>("graph.number", "Numbers what it sees.");
  registry.add<Window, WindowOptions>("graph.window", "Makes one record of several.")
      .optional("size", &WindowOptions::size, "How many.");
  registry.add<Tag, TagOptions>("graph.tag", "Marks the text.")
      .optional("tag", &TagOptions::tag, "How.");
  registry.add<Join>("graph.join", "Sees records of several inputs.").pairing(Pairing::any);
}

}  // namespace weir::flow::test
