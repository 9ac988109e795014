// Several sources in one pipeline, and how their records are merged.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"
#include "tests/flow/kit/tagged_sources.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

/// Sources `a` and `b` that are merged at `m`, which is called so that order and rate can be
/// scripted there.
std::string two(std::uint64_t a, std::uint64_t b, const std::string& merge,
                const std::string& uses = "late.async", const std::string& more = "") {
  return "stages:\n" + source("a", a) + source("b", b) +
         stage("m", "[a, b]", uses, "merge: " + merge + (more.empty() ? "" : "\n    " + more)) +
         stage("out", "", "late.sink");
}

Texts operator+(Texts one, const Texts& two) {
  one.insert(one.end(), two.begin(), two.end());
  return one;
}

/// A merge at whose every call both sources have long had something to give, or have ended.
Texts under_pressure(const std::string& merge, int threads, std::uint64_t count) {
  Pipeline pipeline(
      "limits: { records: 1000 }\n" + two(count, count, merge, "late.async", "workers: 1"),
      threads);
  auto& a = stage_of<ScriptedSource>(pipeline, "a");
  auto& b = stage_of<ScriptedSource>(pipeline, "b");
  std::atomic<std::uint64_t> from_a{0};
  std::atomic<std::uint64_t> from_b{0};
  // The shares are 333 records each; the merge lets no more than 100 of them through.
  const auto backlog = [count](const ScriptedSource& source, std::uint64_t taken) {
    return source.made.load() >= std::min(taken + 200, count);
  };
  stage_of<ScriptedAsync>(pipeline, "m").act = [&](Completion completion) {
    ++(completion.record().text().ends_with("a") ? from_a : from_b);
    while (!backlog(a, from_a.load()) || !backlog(b, from_b.load())) std::this_thread::yield();
    completion.done_after(std::chrono::microseconds(50));
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  const Texts texts = texts_of(pipeline, "out");
  CHECK(texts.size() == 2 * count);
  check_complete(texts, count, "a");
  check_complete(texts, count, "b");
  CHECK(count_of(report, Outcome::delivered) == 2 * count);
  CHECK(sums_up(report));
  return texts;
}

}  // namespace

TEST_CASE("concat reads one source to its end, then the next") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages = "stages:\n" + source("a", 700) + source("b", 1) + source("c", 900) +
                             stage("m", "[b, a, c]", "late.plain", "merge: concat") +
                             stage("out", "", "late.sink");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") ==
        tagged_numbers(1, "b") + tagged_numbers(700, "a") + tagged_numbers(900, "c"));
  CHECK(report.read == 1601);
  CHECK(count_of(report, Outcome::delivered) == 1601);
  for (const InputReport& input : report_of(report, "m").inputs) {
    CHECK(input.state == InputReport::State::ended);
  }
  CHECK(sums_up(report));
}

TEST_CASE("whatever the policy, every record comes once, and each source's in order") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string policy =
      GENERATE(std::string("arrival"), std::string("priority"), std::string("round_robin"),
               std::string("{ policy: weighted, weights: [3, 1] }"), std::string("concat"));
  const std::string uses = GENERATE(std::string("late.plain"), std::string("late.async"));
  INFO(policy << ", " << uses);
  const std::string stages = two(3000, 500, policy, uses);
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out").size() == 3500);
  check_complete(texts_of(pipeline, "out"), 3000, "a");
  check_complete(texts_of(pipeline, "out"), 500, "b");
  CHECK(count_of(report, Outcome::delivered) == 3500);
  CHECK(sums_up(report));
}

TEST_CASE("round robin takes from each in turn as long as all have something") {
  const int threads = GENERATE(1, 2, 8);
  const Texts texts = under_pressure("round_robin", threads, 2000);
  // Before the pressure built up and when one has ended there may be another picture.
  const std::uint64_t b = among(texts, 500, 2500, "b");
  CHECK(b > 800);
  CHECK(b < 1200);
}

TEST_CASE("a weighted merge gives each source its part") {
  const int threads = GENERATE(1, 2, 8);
  const Texts texts = under_pressure("{ policy: weighted, weights: [3, 1] }", threads, 2000);
  const std::uint64_t b = among(texts, 400, 2000, "b");
  CHECK(b > 300);
  CHECK(b < 530);
}

TEST_CASE("by priority the second comes when the first has nothing") {
  const int threads = GENERATE(1, 2, 8);
  const Texts texts = under_pressure("priority", threads, 2000);
  CHECK(among(texts, 300, 1900, "b") < 200);
  CHECK(among(texts, 2400, 4000, "a") < 100);
}

TEST_CASE("records come as they arrive") {
  // Each source waits for the other: only the order of arrival can be the order of the output.
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(two(50, 50, "arrival", "late.plain"), threads);
  std::atomic<std::uint64_t> seen{0};
  const auto wait_for = [&](std::uint64_t wanted) {
    while (seen.load() < wanted) std::this_thread::yield();
  };
  stage_of<ScriptedSource>(pipeline, "a").before = [&](std::uint64_t n) { wait_for(2 * n); };
  stage_of<ScriptedSource>(pipeline, "b").before = [&](std::uint64_t n) { wait_for(2 * n + 1); };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record&) { ++seen; };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected;
  for (const std::string& n : numbers(50)) expected.insert(expected.end(), {n + "a", n + "b"});
  CHECK(texts_of(pipeline, "out") == expected);
}

TEST_CASE("a concat that may be idle goes on without a source that says nothing") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(two(2, 100, "{ policy: concat, idle: 20ms }", "late.plain"), threads);
  Latch all_of_b;
  stage_of<ScriptedSource>(pipeline, "a").before = [&](std::uint64_t n) {
    if (n == 1) all_of_b.wait();
  };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (record.text() == "99b") all_of_b.open();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  check_complete(texts_of(pipeline, "out"), 2, "a");
  check_complete(texts_of(pipeline, "out"), 100, "b");
  CHECK(texts_of(pipeline, "out").back() == "1a");
  CHECK(report_of(report, "m").inputs.at(0).idled >= 1);
}

TEST_CASE("a source that ends early leaves the merge to the others") {
  const int threads = GENERATE(1, 2, 8);
  const std::string policy =
      GENERATE(std::string("arrival"), std::string("round_robin"), std::string("concat"));
  Pipeline pipeline(two(1, 5000, policy, "late.plain"), threads);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  check_complete(texts_of(pipeline, "out"), 1, "a");
  check_complete(texts_of(pipeline, "out"), 5000, "b");
}

TEST_CASE("a source that throws is over, the other goes on where it may") {
  const int threads = GENERATE(1, 2, 8);
  const std::string policy =
      GENERATE(std::string("arrival"), std::string("round_robin"), std::string("concat"));
  Pipeline pipeline("stages:\n" + source("a", 1000) + "    on_error: skip\n" + source("b", 1000) +
                        stage("m", "[a, b]", "late.plain", "merge: " + policy) +
                        stage("out", "", "late.sink"),
                    threads);
  stage_of<ScriptedSource>(pipeline, "a").before = [](std::uint64_t n) {
    if (n == 100) throw Error("io", "on purpose");
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  check_complete(texts_of(pipeline, "out"), 100, "a");
  check_complete(texts_of(pipeline, "out"), 1000, "b");
  CHECK(errors_of(report, "a", "io") == 1);
  CHECK(count_of(report, Outcome::delivered) == 1100);
  CHECK(sums_up(report));
}

TEST_CASE("a source that throws fails the run behind all that came before it") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline("stages:\n" + source("a", 1000) + stage("a_out", "", "late.sink") +
                        source("b", 0) + stage("b_out", "", "late.sink"),
                    threads);
  stage_of<ScriptedSource>(pipeline, "a").before = [](std::uint64_t n) {
    if (n == 100) throw Error("io", "on purpose");
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "failed: a: io: on purpose");
  CHECK(texts_of(pipeline, "a_out") == tagged_numbers(100, "a"));
  const Texts& b = texts_of(pipeline, "b_out");
  CHECK(b == tagged_numbers(b.size(), "b"));
  CHECK(count_of(report, Outcome::delivered) == 100 + b.size());
  CHECK_FALSE(stage_of<ScriptedSink>(pipeline, "a_out").committed.load());
  CHECK_FALSE(stage_of<ScriptedSink>(pipeline, "b_out").committed.load());
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
