// Dead letters: what fails goes to another chain, as it was, with its error, in order.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

const std::string kBox = "  - uses: late.sink\n    name: box\n";

/// Keeps what the letters of a sink look like.
struct Letters {
  std::vector<std::string> errors;  ///< Their `error` fields.
  std::vector<std::string> texts;   ///< Their `text` fields.
  void watch(Pipeline& pipeline, std::string_view sink) {
    stage_of<ScriptedSink>(pipeline, sink).act = [this](Record& record) {
      errors.emplace_back(record.get("error").as_text());
      texts.emplace_back(record.has("text") ? record.get("text").as_text() : "none");
    };
  }
};

std::vector<std::string> where(std::uint64_t count, std::uint64_t divisor, std::uint64_t rest) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i % divisor == rest) texts.push_back(std::to_string(i));
  }
  return texts;
}

void fail_where(Record& record, std::uint64_t divisor, std::uint64_t rest) {
  if (number_of(record) % divisor != rest) return;
  record.set_text("changed, then failed");
  record.fail("chosen", "on \"purpose\"", false);
}

}  // namespace

TEST_CASE("a letter is the record as it was, with its error") {
  Pipeline pipeline(
      around(20, "  - uses: late.plain\n    name: bad\n    on_error: { to: box }\n", kBox), 2);
  stage_of<Scripted>(pipeline, "bad").act = [](Record& r, Call&) { fail_where(r, 10, 7); };
  Letters letters;
  letters.watch(pipeline, "box");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(stage_of<ScriptedSink>(pipeline, "box").texts() == where(20, 10, 7));
  CHECK(letters.texts == where(20, 10, 7));
  CHECK(letters.errors.at(0) ==
        R"({"stage":"bad","kind":"chosen","message":"on \"purpose\"","attempts":1,)"
        R"("origin":{"position":7}})");
  CHECK(count_of(report, Outcome::dead_lettered) == 2);
  CHECK(count_of(report, Outcome::delivered) == 18);
  CHECK(stage_of<ScriptedSink>(pipeline, "box").committed.load());
  CHECK(sums_up(report));
}

TEST_CASE("letters of every region arrive in the order of their origins") {
  const int threads = GENERATE(1, 2, 8);
  const std::string order = GENERATE(std::string(), std::string("    order: none\n"));
  constexpr std::uint64_t kCount = 2000;
  // In the source's region, in one that is called, behind it in the same region, in a third one,
  // and in the sink.
  Pipeline pipeline(
      around(kCount,
             "  - uses: late.plain\n    name: a\n    on_error: { to: box }\n"
             "  - uses: late.async\n    name: b\n    workers: 50\n    on_error: { to: box }\n" +
                 order +
                 "  - uses: late.plain\n    name: c\n    on_error: { to: box }\n"
                 "  - uses: late.block\n    name: d\n    workers: 20\n    on_error: { to: box }\n" +
                 order,
             "    on_error: { to: box }\n" + kBox),
      threads);
  Answerer answerer;
  Chance chance(9);
  stage_of<Scripted>(pipeline, "a").act = [](Record& r, Call&) { fail_where(r, 10, 1); };
  stage_of<ScriptedAsync>(pipeline, "b").act = [&](Completion completion) {
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(chance.below(400)), [held] {
      held->done([](Record& record, Call&) { fail_where(record, 10, 2); });
    });
  };
  stage_of<Scripted>(pipeline, "c").act = [](Record& r, Call&) { fail_where(r, 10, 3); };
  stage_of<Scripted>(pipeline, "d").act = [](Record& r, Call&) { fail_where(r, 10, 4); };
  stage_of<ScriptedSink>(pipeline, "out").act = [](Record& r) {
    if (number_of(r) % 10 == 5) throw Error("refused", "by the sink");
  };
  Letters letters;
  letters.watch(pipeline, "box");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& box = stage_of<ScriptedSink>(pipeline, "box").texts();
  CHECK(box.size() == kCount / 2);
  CHECK(count_of(report, Outcome::dead_lettered) == kCount / 2);
  CHECK(count_of(report, Outcome::delivered) == kCount / 2);
  CHECK(letters.texts == box);
  CHECK(sums_up(report));
  if (!order.empty()) return;
  CHECK(ascending(box));
  CHECK(ascending(stage_of<ScriptedSink>(pipeline, "out").texts()));
}

TEST_CASE("what is too late may go to a box of its own") {
  Pipeline pipeline(
      around(60,
             "  - uses: late.async\n    name: call\n    workers: 60\n    deadline: 50ms\n"
             "    on_error: { to: box }\n    on_deadline: { to: late }\n"
             "    retry: { attempts: 2, backoff: 1ms }\n",
             kBox + "  - uses: late.sink\n    name: late\n"),
      2);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    switch (number_of(completion.record()) % 3) {
      case 0:
        return completion.done();
      case 1:
        return completion.fail("busy", "always");
      default:
        answer_late(std::move(completion), answerer);
    }
  };
  Letters letters;
  letters.watch(pipeline, "box");
  Letters late;
  late.watch(pipeline, "late");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const auto& in_time = stage_of<ScriptedSink>(pipeline, "box").texts();
  const auto& too_late = stage_of<ScriptedSink>(pipeline, "late").texts();
  // A busy machine may make others late.
  CHECK(std::ranges::includes(where(60, 3, 1), in_time));
  for (const std::string& text : where(60, 3, 2)) CHECK(std::ranges::count(too_late, text) == 1);
  CHECK(ascending(in_time));
  CHECK(ascending(too_late));
  CHECK(in_time.size() + too_late.size() == count_of(report, Outcome::dead_lettered));
  for (const std::string& error : letters.errors) {
    CHECK(error.find(R"("kind":"busy","message":"always","attempts":2)") != std::string::npos);
  }
  for (const std::string& error : late.errors) {
    CHECK(error.find(R"("stage":"call","kind":"deadline")") != std::string::npos);
  }
  CHECK(sums_up(report));
}

TEST_CASE("a letter that its chain fails fails the run") {
  const bool in_sink = GENERATE(true, false);
  Pipeline pipeline(
      around(1000, "  - uses: late.plain\n    name: bad\n    on_error: { to: post }\n",
             "  - uses: late.plain\n    name: post\n" + kBox),
      2);
  stage_of<Scripted>(pipeline, "bad").act = [](Record& r, Call&) { fail_where(r, 10, 7); };
  stage_of<Scripted>(pipeline, "post").act = [&](Record& r, Call&) {
    if (!in_sink) fail_where(r, 1000, 507);
  };
  stage_of<ScriptedSink>(pipeline, "box").act = [&](Record& r) {
    if (in_sink && number_of(r) == 507) throw Error("full", "no more letters");
  };
  const Report report = run_guarded(pipeline);
  CHECK(report.status == RunStatus::failed);
  CHECK(report.failure.stage == (in_sink ? "box" : "post"));
  CHECK(report.failure.origin.position == 507);
  CHECK_FALSE(stage_of<ScriptedSink>(pipeline, "out").committed.load());
  CHECK_FALSE(stage_of<ScriptedSink>(pipeline, "box").committed.load());
  CHECK(stage_of<ScriptedSink>(pipeline, "box").texts() == where(507, 10, 7));
  CHECK(sums_up(report));
}

TEST_CASE("a letter chain may call stages and shed, and its records keep their outcome") {
  Pipeline pipeline(around(500, "  - uses: late.plain\n    name: bad\n    on_error: { to: post }\n",
                           "  - uses: late.async\n    name: post\n    workers: 5\n"
                           "    retry: { attempts: 3, backoff: 100us }\n" +
                               kBox),
                    2);
  stage_of<Scripted>(pipeline, "bad").act = [](Record& r, Call&) { fail_where(r, 2, 1); };
  stage_of<ScriptedAsync>(pipeline, "post").act = [](Completion completion) {
    if (completion.call().attempt() < 3) return completion.fail("busy", "twice");
    completion.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(stage_of<ScriptedSink>(pipeline, "box").texts() == where(500, 2, 1));
  CHECK(count_of(report, Outcome::dead_lettered) == 250);
  CHECK(report_of(report, "post").calls->attempts == 750);
  CHECK(sums_up(report));
}

TEST_CASE("a kept record goes on as it was and says what befell it") {
  const int threads = GENERATE(1, 8);
  const std::string type = GENERATE(std::string("late.plain"), std::string("late.block"));
  Pipeline pipeline(around(300, "  - uses: " + type + "\n    name: bad\n    on_error: keep\n"),
                    threads);
  stage_of<Scripted>(pipeline, "bad").act = [](Record& r, Call& call) {
    call.emit().set_text("discarded");
    fail_where(r, 3, 1);
    if (number_of(r) % 3 != 1) call.emit().set_text(std::string(r.text()) + " second");
  };
  std::uint64_t marked = 0;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    const RecordError error = record.error();
    marked += error.kind == "chosen" && error.stage == "bad" && number_of(record) % 3 == 1;
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(marked == 100);
  CHECK(report.kept == 100);
  CHECK(count_of(report, Outcome::delivered) == 300);
}

}  // namespace weir::flow::test
