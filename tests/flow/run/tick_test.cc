// Stages that act by the clock: groups that end while nothing comes.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

/// The members of all groups, in the order in which they came.
Texts members(const Texts& groups) {
  Texts all;
  for (const std::string& group : groups) {
    std::size_t begin = 0;
    for (std::size_t end; (end = group.find('+', begin)) != std::string::npos; begin = end + 1) {
      all.push_back(group.substr(begin, end - begin));
    }
    all.push_back(group.substr(begin));
  }
  return all;
}

std::string grouped(std::uint64_t count, const std::string& time, const std::string& from = {}) {
  return (from.empty()
              ? stage("read", "", "shape.source", "with: { count: " + std::to_string(count) + " }")
              : "") +
         stage("group", from, "group", "with: { within: " + time + ", separator: '+' }") +
         stage("out", "", "late.sink");
}

/// The source says nothing from `silent` on until the sink has all below it.
void wait_at(Pipeline& pipeline, std::uint64_t silent, Latch& all_below) {
  stage_of<ScriptedSource>(pipeline, "read").before = [silent, &all_below](std::uint64_t n) {
    if (n == silent) all_below.wait();
  };
  stage_of<ScriptedSink>(pipeline, "out").act = [silent, &all_below](Record& record) {
    if (members({std::string(record.text())}).back() == std::to_string(silent - 1)) {
      all_below.open();
    }
  };
}

}  // namespace

TEST_CASE("a group ends by the clock while its source is silent, and the end does not repeat it") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages = "stages:\n" + grouped(12, "20ms");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  Latch all_below;
  wait_at(pipeline, 7, all_below);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  const Texts& groups = texts_of(pipeline, "out");
  CHECK(members(groups) == numbers(12));
  CHECK(groups.size() >= 2);
  CHECK(report_of(report, "group").in == 12);
  CHECK(report_of(report, "group").out == groups.size());
  CHECK(count_of(report, Outcome::aggregated) == 12);
  CHECK(sums_up(report));
}

TEST_CASE("what a tick emits has gone out when the source ends, and nothing is left for the end") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline("stages:\n" + grouped(0, "20ms"), threads);
  Latch all;
  // The source waits behind its last record, and then reads on to its end.
  auto& read = stage_of<ScriptedSource>(pipeline, "read");
  read.before = [&](std::uint64_t n) {
    if (n != 5) return;
    all.wait();
    throw Error("io", "on purpose");
  };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (members({std::string(record.text())}).back() == "4") all.open();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "failed: read: io: on purpose");
  CHECK(members(texts_of(pipeline, "out")) == numbers(5));
  CHECK(sums_up(report));
}

TEST_CASE("ticks amid a stream lose nothing, repeat nothing and keep the order") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  for (std::uint64_t seed = 0; seed < schedules(3); ++seed) {
    const std::string stages =
        "stages:\n" + stage("read", "", "shape.source", "with: { count: 3000 }") +
        stage("call", "", "late.async", "workers: 4") + grouped(0, "1ms", "call");
    Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
    RandomAnswers answers(seed, 100);
    stage_of<ScriptedAsync>(pipeline, "call").act = answers.by();
    const Report report = run_guarded(pipeline);
    CHECK(status_of(report) == "ok");
    CHECK(members(texts_of(pipeline, "out")) == numbers(3000));
    // 3000 calls of 50 us, four at a time, take far longer than a group.
    CHECK(texts_of(pipeline, "out").size() > 1);
    CHECK(count_of(report, Outcome::aggregated) == 3000);
    CHECK(sums_up(report));
  }
}

TEST_CASE("a tick in one branch passes the merge with the other, which is silent") {
  const int threads = GENERATE(1, 2, 8);
  // By place, what a tick makes may have to wait for the next record of the other branch.
  const std::string policy = GENERATE(std::string("arrival"), std::string("input"));
  Pipeline pipeline("stages:\n" + stage("read", "", "shape.source", "with: { count: 12 }") +
                        stage("group", "read", "group", "with: { within: 20ms, separator: '+' }") +
                        stage("none", "read", "late.plain") +
                        stage("m", "[group, none]", "late.plain", "merge: " + policy) +
                        stage("out", "", "late.sink"),
                    threads);
  stage_of<Scripted>(pipeline, "none").act = [](Record& record, Call&) { record.drop(); };
  Latch all_below;
  if (policy == "arrival") wait_at(pipeline, 7, all_below);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(members(texts_of(pipeline, "out")) == numbers(12));
  CHECK(sums_up(report));
}

TEST_CASE("an interrupt lets a group of an hour go at once, whole") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline("limits: { drain: 60s }\nstages:\n" + grouped(0, "1h"), threads);
  auto& read = stage_of<ScriptedSource>(pipeline, "read");
  std::atomic<bool> interrupted{false};
  read.before = [&](std::uint64_t n) {
    while (n == 100 && !interrupted.load()) std::this_thread::yield();
  };
  const Report report = interrupted_run(pipeline, [&](const Progress& now) {
    if (now.read < 100) return false;
    interrupted.store(true);
    return true;
  });
  CHECK(report.status == RunStatus::interrupted);
  CHECK(members(texts_of(pipeline, "out")) == numbers(report.read));
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
