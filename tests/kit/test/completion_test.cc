#include "weir/completion.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/kit/stage_kit.h"

namespace weir {
namespace {

using kit::Datum;
using kit::StageKit;

/// Answers as the record's text says. Whatever follows the first answer does nothing.
struct Twice final : AsyncTransform {
  void start(Completion completion) override {
    const std::string how(completion.record().text());
    if (how == "done") completion.done();
    if (how == "fill") fill(completion);
    if (how == "fail") completion.fail("first", "the first answer");
    if (how == "after") completion.done_after(std::chrono::hours(1));
    if (how == "inside") {
      completion.done([&](Record& record, Call&) {
        record.set_text("the first answer");
        completion.done();
      });
    }
    if (how == "thrown") {
      completion.done([&](Record& record, Call&) {
        record.set_text("the first answer");
        completion.done();
        throw std::runtime_error("behind the answer");
      });
    }
    completion.done();
    completion.done([](Record& record, Call&) { record.set_text("the second answer"); });
    completion.fail("second", "the second answer");
    completion.done_after(std::chrono::nanoseconds::max());
    CHECK(completion.cancelled());
    completion.on_cancel([] { FAIL("nobody waits for what was answered"); });
    CHECK_FALSE(completion);
    CHECK_THROWS_AS(completion.record(), std::logic_error);
    CHECK_THROWS_AS(completion.call(), std::logic_error);
  }
  static void fill(Completion& completion) {
    completion.done([](Record& record, Call&) { record.set_text("the first answer"); });
  }
};

TEST_CASE("the first answer of a completion stands, and one more does nothing") {
  Registry registry;
  registry.add<Twice>("twice", "Answers twice.");
  StageKit stage(registry, "twice");
  std::vector<Datum> input;
  for (const char* how : {"done", "fill", "fail", "after", "inside", "thrown"}) {
    input.push_back({how, {}, {}});
  }
  const std::vector<Datum> out = stage.transform(input);
  REQUIRE(out.size() == 6);
  CHECK(out[0].text == "done");
  CHECK(out[1].text == "the first answer");
  CHECK(out[2].error == "first: the first answer");
  CHECK(out[3].text == "after");
  CHECK(out[4].text == "the first answer");
  CHECK(out[5].text == "the first answer");
  CHECK(stage.waits() == std::vector<std::chrono::nanoseconds>{std::chrono::hours(1)});
}

TEST_CASE("a completion without an attempt is answered") {
  Completion none;
  none.done();
  none.fail("kind", "text");
  none.done_after(std::chrono::seconds(1));
  CHECK(none.cancelled());
  CHECK_THROWS_AS(none.record(), std::logic_error);
}

}  // namespace
}  // namespace weir
