#include <weir/plugin.h>

#include <stdexcept>
#include <string>

// Stages that throw wherever weir calls them, one place at a time.

namespace {

struct Options {
  std::string at;    ///< Where to throw.
  std::string what;  ///< An exception of the standard library's, of weir's, or none at all.
};

void maybe(const Options& options, const std::string& at) {
  if (options.at != at) return;
  if (options.what == "number") throw 42;
  if (options.what == "error") throw weir::Error("own", "thrown at " + at);
  throw std::runtime_error("thrown at " + at);
}

struct Scratch {
  Scratch() = default;
  template <class T>
  explicit Scratch(const T& stage) {
    maybe(stage.options, "scratch");
  }
};

/// What all of them do alike.
template <class Base>
struct Throws : Base {
  explicit Throws(const Options& its) : options(its) { maybe(options, "constructor"); }
  void open(weir::Context&) override { maybe(options, "open"); }
  void close() override { maybe(options, "close"); }
  const Options options;
};

struct In final : Throws<weir::Source> {
  using Throws::Throws;
  bool read(weir::Feed& feed, weir::Stop) override {
    for (int i = 0; i < 10; ++i) feed.append(static_cast<std::uint64_t>(i)).set_text("a record");
    maybe(options, "read");
    return false;
  }
  bool blocking() const override {
    maybe(options, "blocking");
    return false;
  }
  std::optional<std::uint64_t> size() const override {
    maybe(options, "size");
    return std::nullopt;
  }
};

struct Pieces final : Throws<weir::Source> {
  using Throws::Throws;
  bool read(weir::Feed& feed, weir::Stop) override {
    feed.hand_out({0, 0, 10});
    return false;
  }
  void load(weir::Split& split, weir::Feed& feed) const override {
    while (!split.done() && !feed.full()) feed.append(split.begin++).set_text("a record");
    maybe(options, "load");
  }
};

struct Plain final : Throws<weir::Transform> {
  using Throws::Throws;
  void begin(weir::Call&) const override { maybe(options, "begin"); }
  void process(weir::Record&, weir::Call&) const override { maybe(options, "process"); }
};

struct Whole final : Throws<weir::BatchTransform> {
  using Throws::Throws;
  void process(weir::Batch& batch, weir::Call&) const override {
    batch.each([this](weir::Record&) { maybe(options, "each"); });
    maybe(options, "process");
  }
};

struct Serial final : Throws<weir::SerialTransform> {
  using Throws::Throws;
  void process(weir::Record&, weir::Call&) override { maybe(options, "process"); }
  bool finish(weir::Call&) override {
    maybe(options, "finish");
    return false;
  }
  std::optional<std::chrono::steady_clock::time_point> due() const override {
    maybe(options, "due");
    return std::chrono::steady_clock::time_point();
  }
  bool tick(weir::Call&) override {
    maybe(options, "tick");
    return false;
  }
};

struct State {
  State() { throw std::runtime_error("thrown at state"); }
};
struct Keyed final : weir::KeyedTransform<int> {
  explicit Keyed(const Options& its) : options(its) {}
  void process(weir::Record&, int&, weir::Call&) const override { maybe(options, "process"); }
  void finish(int&, weir::Call&) const override { maybe(options, "finish"); }
  const Options options;
};
struct Stateless final : weir::KeyedTransform<State> {
  explicit Stateless(const Options&) {}
  void process(weir::Record&, State&, weir::Call&) const override {}
};

struct Later final : Throws<weir::AsyncTransform> {
  using Throws::Throws;
  void start(weir::Completion completion) override {
    completion.on_cancel([this] { maybe(options, "cancel"); });
    if (options.at == "start_after") {
      weir::Completion kept = std::move(completion);
      kept.done();
      throw std::runtime_error("thrown behind the answer");
    }
    maybe(options, "start");
    completion.done([this](weir::Record&, weir::Call&) { maybe(options, "fill"); });
  }
};

struct Out final : Throws<weir::Sink> {
  using Throws::Throws;
  void write(weir::Batch& batch) override {
    batch.each([this](weir::Record&) { maybe(options, "each"); });
    maybe(options, "write");
  }
  void commit() override { maybe(options, "commit"); }
  std::string leftover() const override {
    maybe(options, "leftover");
    return {};
  }
  bool writes_stdout() const override {
    maybe(options, "writes_stdout");
    return false;
  }
};

/// What is asked of a type before there is a stage.
struct Asked final : weir::Transform {
  explicit Asked(const Options&) {}
  void process(weir::Record&, weir::Call&) const override {}
};

template <class T>
auto add(weir::Registry& registry, const char* name) {
  auto builder = registry.add<T, Options>(name, "Throws.");
  builder.optional("at", &Options::at, "Where.").optional("what", &Options::what, "What.");
  return builder;
}

}  // namespace

WEIR_PLUGIN(registry) {
  add<In>(registry, "throws.in");
  add<Pieces>(registry, "throws.pieces");
  add<Plain>(registry, "throws.plain").scratch<Scratch>();
  add<Plain>(registry, "throws.blocking").blocking().scratch<Scratch>();
  add<Whole>(registry, "throws.whole").scratch<Scratch>();
  add<Serial>(registry, "throws.serial").timed([](const Options& options) {
    return options.at == "due" || options.at == "tick";
  });
  add<Keyed>(registry, "throws.keyed");
  add<Stateless>(registry, "throws.state");
  add<Later>(registry, "throws.later").scratch<Scratch>();
  add<Out>(registry, "throws.out");
  add<Asked>(registry, "throws.asked")
      .kinds([](const Options& options) {
        maybe(options, "kinds");
        return weir::Kinds{};
      })
      .framing([](const Options& options) {
        maybe(options, "framing");
        return weir::Framing{};
      })
      .by_clock([](const Options& options) {
        maybe(options, "by_clock");
        return false;
      })
      .ports([](const Options& options) {
        maybe(options, "ports");
        return std::vector<std::string>{"out"};
      });
}
