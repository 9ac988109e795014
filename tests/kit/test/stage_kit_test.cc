#include "tests/kit/stage_kit.h"

#include <catch2/catch.hpp>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

namespace weir {
namespace {

using kit::Datum;
using kit::StageKit;
using std::chrono::milliseconds;
using Texts = std::vector<std::string>;

/// Numbers the records of each key, and at the end emits their count.
class Tally final : public KeyedTransform<int> {
 public:
  void process(Record& record, int& count, Call&) const override {
    record.set_text(std::string(record.text()) + std::to_string(++count));
  }
  void finish(int& count, Call& call) const override {
    call.emit().set_text("all " + std::to_string(count));
  }
};

/// Answers on a thread of its own, the last record first.
class Backwards final : public AsyncTransform {
 public:
  ~Backwards() override { join(); }
  void start(Completion completion) override {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(completion));
    if (!thread_.joinable()) thread_ = std::thread([this] { answer(); });
  }
  void close() override { join(); }

 private:
  void join() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    if (thread_.joinable()) thread_.join();
  }
  void answer() {
    for (;;) {
      std::unique_lock lock(mutex_);
      if (waiting_.empty() && closed_) return;
      if (waiting_.empty()) continue;
      Completion completion = std::move(waiting_.back());
      waiting_.pop_back();
      lock.unlock();
      completion.done([](Record& record, Call& call) {
        if (record.text() == "throw") throw Error("odd", "thrown", false);
        if (record.text() == "big") record.set_text(std::string(100'000, 'x'));
        if (record.text() == "two") {
          call.emit().set_text("2a");
          call.emit().set_text("2b");
        }
      });
    }
  }

  std::mutex mutex_;
  std::deque<Completion> waiting_;
  bool closed_ = false;
  std::thread thread_;
};

/// Answers after the milliseconds that the text says, or never.
class Later final : public AsyncTransform {
 public:
  void start(Completion completion) override {
    const std::string text(completion.record().text());
    if (text == "never") return;
    if (text == "throw") throw Error("start", "thrown");
    if (text == "retry") return completion.fail("busy", "later", true, milliseconds(7));
    completion.record().set_text(std::to_string(completion.call().attempt()));
    completion.done_after(milliseconds(std::stoi(text)));
  }
};

/// Waits until it is cancelled.
class Hanging final : public Transform {
 public:
  void process(Record& record, Call& call) const override {
    while (!call.stopping()) std::this_thread::yield();
    record.fail("stopped", "it was cancelled");
  }
};
class HangingAsync final : public AsyncTransform {
 public:
  void start(Completion completion) override {
    auto mine = std::make_shared<Completion>(std::move(completion));
    mine->on_cancel([mine] { mine->fail("stopped", "it was cancelled"); });
  }
};

/// Counts the calls of each scratch space.
class Marked final : public Transform {
 public:
  struct Scratch {
    int calls = 0;
  };
  void process(Record& record, Call& call) const override {
    record.set("calls", ++call.scratch<Scratch>().calls);
  }
};

const Registry& types() {
  static const Registry result = [] {
    Registry registry;
    registry.add<Tally>("tally", "");
    registry.add<Backwards>("backwards", "");
    registry.add<Later>("later", "");
    registry.add<Hanging>("hanging", "").blocking();
    registry.add<HangingAsync>("hanging_async", "");
    registry.add<Marked>("marked", "").blocking().scratch<Marked::Scratch>();
    return registry;
  }();
  return result;
}

Texts shown(const std::vector<Datum>& out) {
  Texts texts;
  for (const Datum& datum : out) texts.push_back(datum.error.empty() ? datum.text : datum.error);
  return texts;
}

std::vector<Datum> records(const Texts& texts) {
  std::vector<Datum> out;
  for (const std::string& text : texts) out.push_back({text, {}, {}});
  return out;
}

/// Sends each record to the port that the length of its text says, charges that length as state,
/// and emits a record at each tick.
class Ports final : public SerialTransform {
 public:
  void open(Context& context) override { state_ = &context.state(); }
  void process(Record& record, Call& call) override {
    if (!state_->take(record.text().size())) throw Error("state_full", "no room", false);
    record.set("input", Value(static_cast<std::int64_t>(record.input())));
    call.send(record, record.text().size() - 1);
  }
  bool tick(Call& call) override {
    call.emit(1).set_text("tick");
    return ++ticks_ < 2;
  }

 private:
  StateBudget* state_ = nullptr;
  int ticks_ = 0;
};

}  // namespace

TEST_CASE("the kit gives a keyed stage a state for each key, and finishes them in order") {
  StageKit stage(types(), "tally", kit::map({}), {"k", "l"});
  const auto record = [](const std::string& k, const std::string& l) {
    return Datum{"", {{"k", k}, {"l", l}}, {}};
  };
  const auto out = stage.transform_at_every_cut({record("\"b\"", "1"), record("\"a\"", "1"),
                                                 record("\"b\"", "1"), record("\"b\"", "2"),
                                                 record("\"b\"", "1")});
  CHECK(shown(out) == Texts{"1", "1", "2", "1", "3", "all 3", "all 1", "all 1"});
}

TEST_CASE("the kit waits for answers from other threads and keeps them in their places") {
  StageKit stage(types(), "backwards");
  stage.set_record_limit(50'000);
  const auto out = stage.transform_at_every_cut(records({"a", "two", "throw", "big", "b"}));
  CHECK(shown(out) == Texts{"a", "2a", "2b", "odd: thrown",
                            "too_big: the record passed limits.record in this stage", "b"});
  REQUIRE(stage.failures().size() == 2);
  CHECK_FALSE(stage.failures()[0].retryable);
  CHECK(stage.failures()[1].retryable);
}

TEST_CASE("the kit says when answers would have come, which attempt it is, and what failed") {
  StageKit stage(types(), "later");
  stage.set_attempt(3);
  const auto out = stage.transform_at_every_cut(records({"60000", "never", "throw", "retry", "5"}));
  CHECK(shown(out) == Texts{"3", "unanswered: the stage let go of the record without an answer",
                            "start: thrown", "busy: later", "3"});
  CHECK(stage.waits() ==
        std::vector<std::chrono::nanoseconds>{milliseconds(60000), milliseconds(5)});
  CHECK(stage.failures().at(2).retry_after == milliseconds(7));
}

TEST_CASE("the kit gives each thread of a blocking stage its own scratch space") {
  StageKit stage(types(), "marked");
  stage.set_workers(3);
  const auto out = stage.transform(records(Texts(100, "x")));
  REQUIRE(out.size() == 100);
  int first_calls = 0;
  for (const Datum& datum : out) first_calls += datum.fields.at(0).second == "1";
  CHECK(first_calls >= 1);
  CHECK(first_calls <= 3);
}

TEST_CASE("the kit cancels what hangs, on threads and off them") {
  for (const std::string type : {"hanging", "hanging_async"}) {
    StageKit stage(types(), type);
    stage.set_workers(2);
    std::vector<Datum> out;
    std::atomic<bool> done{false};
    std::thread run([&] {
      out = stage.transform(records({"a", "b", "c"}));
      done = true;
    });
    while (!done) stage.cancel();
    run.join();
    CHECK(shown(out) == Texts(3, "stopped: it was cancelled"));
  }
}

TEST_CASE("the kit shows ports, gives inputs, ticks and bounds state") {
  Registry registry;
  registry.add<Ports>("ports", "Has two ports.").port("more").stateful();
  StageKit stage(registry, "ports");
  CHECK(stage.ports() == Texts{"out", "more"});
  CHECK_FALSE(stage.timed());
  stage.set_state_limit(4);
  CHECK(stage.open().empty());
  CHECK(stage.feed({{"a", {}, {}}, {"bb", {}, {}, 0, 3}}) ==
        std::vector<Datum>{{"a", {{"input", "0"}}, {}}, {"bb", {{"input", "3"}}, {}, 1}});
  CHECK(stage.tick() == std::vector<Datum>{{"tick", {}, {}, 1}, {"tick", {}, {}, 1}});
  CHECK(stage.state_used() == 3);
  CHECK(stage.feed({{"bb", {}, {}}}).at(0).error == "state_full: no room");
  CHECK(stage.finish().empty());
  stage.set_state_limit(100);
  CHECK(stage.transform({{"ccc", {}, {}}}).at(0).error ==
        "port: the stage has no port 2: it has 2, counted from 0");
}

}  // namespace weir
