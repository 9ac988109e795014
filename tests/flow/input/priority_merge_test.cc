// Merges by priority: for what the second input waits, and for what it does not.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"
#include "tests/flow/kit/tagged_sources.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

constexpr std::uint64_t kEndless = 1'000'000'000;

}  // namespace

TEST_CASE("by priority the second comes only when the first has ended, if that is never short") {
  const int threads = GENERATE(1, 2, 8);
  const std::string uses = GENERATE(std::string("late.async"), std::string("late.block"));
  const std::string numbers = "generate\n    with: { count: 400, format: text, text: '{n}";
  // The second has a stage that drops most.
  Pipeline pipeline("stages:\n" + stage("a", "", numbers + "a' }") +
                        stage("b", "", numbers + "b' }") + stage("some", "", "late.plain") +
                        stage("c", "", numbers + "c' }") +
                        stage("m", "[a, some, c]", uses,
                              "merge: priority\n    workers: 1\n    queue: { records: 2 }") +
                        stage("out", "", "late.sink"),
                    threads);
  stage_of<Scripted>(pipeline, "some").act = [](Record& record, Call&) {
    if (number_of(record) % 3 != 0) record.drop();
  };
  stage_of<ScriptedAsync>(pipeline, "m", uses == "late.async").act = [](Completion completion) {
    completion.done_after(std::chrono::microseconds(100));
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  const Texts& texts = texts_of(pipeline, "out");
  REQUIRE(texts.size() == 934);
  check_complete(texts, 400, "a");
  check_complete(texts, 400, "c");
  CHECK(among(texts, 0, 400, "a") == 400);
  CHECK(among(texts, 400, 534, "b") == 134);
  CHECK(sums_up(report));
}

TEST_CASE("by priority what has further to come is waited for, too") {
  const int threads = GENERATE(1, 2, 8);
  const std::string numbers = "generate\n    with: { count: 400, format: text, text: '{n}";
  // A queue, a merge of two branches, and two queues with a stage that drops some.
  const auto [way, count] = GENERATE(table<std::string, std::uint64_t>(
      {{stage("way", "", "late.plain", "queue: {}"), 400},
       {stage("left", "a", "late.plain") + stage("right", "a", "late.plain", "queue: {}") +
            stage("way", "[left, right]", "late.plain"),
        800},
       {stage("some", "", "late.plain", "queue: {}") + stage("way", "", "late.plain", "queue: {}"),
        134}}));
  CAPTURE(way, threads);
  Pipeline pipeline("stages:\n" + stage("a", "", numbers + "a' }") + way +
                        stage("b", "", numbers + "b' }") +
                        stage("m", "[way, b]", "late.async",
                              "merge: priority\n    workers: 1\n    queue: { records: 2 }") +
                        stage("out", "", "late.sink"),
                    threads);
  if (count == 134) {
    stage_of<Scripted>(pipeline, "some").act = [](Record& record, Call&) {
      if (number_of(record) % 3 != 0) record.drop();
    };
  }
  stage_of<ScriptedAsync>(pipeline, "m").act = [](Completion completion) {
    completion.done_after(std::chrono::microseconds(100));
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  const Texts& texts = texts_of(pipeline, "out");
  REQUIRE(texts.size() == count + 400);
  CHECK(among(texts, 0, count, "a") == count);
  CHECK(sums_up(report));
}

TEST_CASE("by priority a stage that has ended further up is waited for no more") {
  // What feeds the first input is a source that ends and one that says something only when all of
  // the second input is through.
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline("stages:\n" + source("a", 20) + source("c", 1) +
                        stage("some", "[a, c]", "late.plain", "merge: arrival") + source("b", 500) +
                        stage("m", "[some, b]", "late.plain", "merge: priority") +
                        stage("out", "", "late.sink"),
                    threads);
  Latch all_of_b;
  stage_of<ScriptedSource>(pipeline, "c").before = [&](std::uint64_t) { all_of_b.wait(); };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (record.text() == "499b") all_of_b.open();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  check_complete(texts_of(pipeline, "out"), 500, "b");
  CHECK(sums_up(report));
}

TEST_CASE("by priority nobody waits for what stands before a call") {
  // Its source is never short, but what it brings is shed there, and all that goes round the call
  // is dropped.
  const int threads = GENERATE(2, 8);
  const bool goes_round = GENERATE(false, true);
  const std::string round = stage("none", "a", "late.plain", "queue: {}") +
                            stage("way", "[call, none]", "late.plain", "merge: arrival");
  Pipeline pipeline(
      "stages:\n" + source("a", kEndless) +
          stage("call", "", "late.async",
                "workers: 1\n    queue: { records: 2, when_full: drop_newest }") +
          (goes_round ? round : "") + source("b", 500) +
          stage("m", goes_round ? "[way, b]" : "[call, b]", "late.plain", "merge: priority") +
          stage("all", "", "take_until", "with: { where: record.text == '499b' }") +
          stage("out", "", "late.sink"),
      threads);
  stage_of<ScriptedAsync>(pipeline, "call").act = [](Completion completion) {
    completion.done_after(std::chrono::milliseconds(20));
  };
  stage_of<Scripted>(pipeline, "none", goes_round).act = [](Record& record, Call&) {
    record.drop();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  check_complete(texts_of(pipeline, "out"), 500, "b");
  // No record of the second waits for one of the first of its own.
  const Texts& texts = texts_of(pipeline, "out");
  if (!kSlowEngine) CHECK(among(texts, 0, texts.size(), "a") < 500);
  CHECK(sums_up(report));
}

TEST_CASE("by priority nobody waits for what is dropped on the way") {
  // The way to the preferred input has much work that comes to nothing, without an end. (A source
  // that never waits and is never short may keep a single thread to itself.)
  const int threads = GENERATE(2, 8);
  Pipeline pipeline(
      "stages:\n" + source("a", kEndless) + stage("none", "", "late.plain", "queue: {}") +
          stage("way", "", "late.plain", "queue: {}") + source("b", 500) +
          stage("m", "[way, b]", "late.plain", "merge: priority") +
          stage("all", "", "take", "with: { count: 500 }") + stage("out", "", "late.sink"),
      threads);
  stage_of<Scripted>(pipeline, "none").act = [](Record& record, Call&) { record.drop(); };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  check_complete(texts_of(pipeline, "out"), 500, "b");
  CHECK(sums_up(report));
}

TEST_CASE("by priority the second is not held by a first that has nothing") {
  // The first says something only when all of the second is through.
  const int threads = GENERATE(1, 2, 8);
  const bool drops = GENERATE(false, true);
  Pipeline pipeline(
      "stages:\n" + source("a", 0) + stage("some", "", "late.plain") + source("b", 500) +
          stage("m", "[some, b]", "late.plain", "merge: priority") +
          stage("all", "", "take", "with: { count: 501 }") + stage("out", "", "late.sink"),
      threads);
  Latch all_of_b;
  stage_of<ScriptedSource>(pipeline, "a").before = [&](std::uint64_t) {
    if (!drops) all_of_b.wait();
  };
  stage_of<Scripted>(pipeline, "some").act = [&](Record& record, Call&) {
    if (!all_of_b.is_open()) record.drop();
  };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (record.text() == "499b") all_of_b.open();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  check_complete(texts_of(pipeline, "out"), 500, "b");
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
