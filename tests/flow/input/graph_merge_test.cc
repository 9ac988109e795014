// What `merge: input` and chains of dead letters promise of the order, at any schedule.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"
#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

/// Branches that drop, multiply, fail and wait, each at its own pace, under limits that keep them
/// full.
const std::string kDiamond = R"(limits: { records: 80 }
stages:
  - uses: test.numbers
    name: read
    with: { count: 150, split: true }
  - uses: test.mix
    name: plain
    from: read
    on_error: skip
    with: { seed: 5, drop: 20, fail: 5, emit: 30, spin: 60 }
  - uses: test.async
    name: slow
    from: read
    on_error: keep
    workers: 8
    with: { seed: 6, drop: 10, permanent: 5, emit: 20, delay_us: 500 }
  - uses: graph.number
    name: numbered
  - uses: test.mix
    name: nothing
    from: read
    with: { seed: 7, drop: 100 }
  - uses: test.async
    name: never
    with: { seed: 8 }
  - uses: test.blocking
    name: waits
    from: read
    on_error: skip
    workers: 3
    retry: { attempts: 2, backoff: 100us }
    with: { seed: 9, flaky: 10, delay_us: 100 }
  - uses: graph.join
    from: [plain, numbered, never, waits]
    merge: input
  - uses: test.collect
    name: out
)";

/// The position at the beginning of a letter.
std::int64_t position_of(const std::string& letter) { return std::stoll(letter); }

}  // namespace

TEST_CASE("branches merged by input give the same bytes in run after run") {
  Pipeline first(kDiamond, 1);
  REQUIRE(run_guarded(first).status == RunStatus::ok);
  const std::vector<std::string> wanted = first.collected("out").texts();
  REQUIRE(wanted.size() > 300);
  for (int i = 0; i < (kSlowEngine ? 20 : 100); ++i) {
    for (const int threads : {1, 2, 8}) {
      Pipeline run(kDiamond, threads);
      REQUIRE(run_guarded(run).status == RunStatus::ok);
      INFO("run " << i << " at " << threads << " threads");
      REQUIRE(run.collected("out").texts() == wanted);
    }
  }
}

TEST_CASE("letters of two branches arrive in the order of their origins") {
  const std::string yaml = R"(limits: { records: 60 }
stages:
  - uses: test.numbers
    name: read
    with: { count: 300 }
  - uses: test.async
    name: slow
    from: read
    on_error: { to: box }
    workers: 8
    with: { seed: 3, permanent: 30, delay_us: 400 }
  - uses: test.mix
    name: quick
    from: read
    on_error: { to: box }
    with: { seed: 4, fail: 30, spin: 20 }
  - uses: graph.join
    name: both
    from: [slow, quick]
  - uses: test.blocking
    name: late
    on_error: { to: box }
    with: { seed: 5, permanent: 20, delay_us: 50 }
  - uses: test.collect
    name: out
  - uses: test.letters
    name: box
)";
  std::vector<std::string> wanted;
  for (int i = 0; i < 60; ++i) {
    const int threads = i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 8;
    Pipeline run(yaml, threads);
    const Report report = run_guarded(run);
    REQUIRE(report.status == RunStatus::ok);
    for (const StageReport& stage : report.stages) {
      CHECK(stage.inputs.size() == (stage.name == "both" ? 2 : 0));
    }
    std::vector<std::string> letters = run.collected("box").texts();
    REQUIRE(letters.size() > 150);
    CHECK(std::ranges::is_sorted(letters, {}, position_of));
    std::ranges::sort(letters);
    if (wanted.empty()) wanted = letters;
    CHECK(letters == wanted);
  }
}

TEST_CASE("a letter that waits for room lets no record overtake others of its origin") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      with_least_records(numbered_source(400) + stage("many", "", "late.plain") +
                         stage("bad", "", "late.async", "on_error: { to: box }") +
                         stage("a", "bad", "late.async", "on_error: { to: box }") +
                         stage("b", "bad", "late.plain") + stage("m", "[a, b]", "late.plain") +
                         stage("out", "", "late.sink") +
                         "  - { name: box, uses: late.async }\n  - uses: late.sink\n"),
      threads);
  stage_of<Scripted>(pipeline, "many").act = [](Record& record, Call& call) {
    for (int i = 0; i < 5; ++i)
      call.emit_copy(record).set_text(std::string(record.text()) + "." + std::to_string(i));
  };
  RandomAnswers one(1, 60), other(2, 200), letters(3, 60);
  stage_of<ScriptedAsync>(pipeline, "bad").act = one.by([](Record& record, Call&) {
    if (!record.text().ends_with('4')) record.fail("chosen", "on purpose", false);
  });
  stage_of<ScriptedAsync>(pipeline, "a").act = other.by(tagged("a"));
  stage_of<Scripted>(pipeline, "b").act = tagged("b");
  stage_of<ScriptedAsync>(pipeline, "box").act = letters.by();
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> wanted;
  for (const std::string& n : numbers(400)) {
    wanted.push_back(n + ".4a");
    wanted.push_back(n + ".4b");
  }
  CHECK(texts_of(pipeline, "out") == wanted);
  CHECK(errors_of(report, "bad", "chosen") == 1600);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
