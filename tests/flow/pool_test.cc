// Pools of threads: what blocks in one delays nobody outside of it.

#include <catch2/catch.hpp>

#include "tests/flow/shape_stages.h"

namespace weir::test {
namespace {

std::string pool(int threads) {
  return "shared: { pools: { own: { threads: " + std::to_string(threads) + " } } }\n";
}

}  // namespace

TEST_CASE("a pool whose threads all block delays no stage outside of it") {
  const int threads = GENERATE(1, 2, 8);
  const int blocked = GENERATE(1, 2);
  const std::string type = GENERATE(std::string("late.plain"), std::string("late.block"));
  Pipeline pipeline(pool(blocked) + "stages:\n" +
                        stage("a", "", "shape.source", "with: { count: 100 }") +
                        stage("slow", "", type, "pool: own") + stage("a_out", "", "late.sink") +
                        stage("b", "", "shape.source", "with: { count: 20000 }") +
                        stage("fast", "", "late.plain") + stage("b_out", "", "late.sink"),
                    threads);
  // It opens when all of the other chain has come out.
  Latch done;
  stage_of<Scripted>(pipeline, "slow").act = [&](Record&, Call&) { done.wait(); };
  stage_of<ScriptedSink>(pipeline, "b_out").act = [&](Record& record) {
    if (number_of(record) == 19'999) done.open();
  };
  // The chain outside begins only when the pool is blocked.
  auto& a = stage_of<ScriptedSource>(pipeline, "a");
  stage_of<ScriptedSource>(pipeline, "b").before = [&](std::uint64_t n) {
    while (n == 0 && a.made.load() < 10) std::this_thread::yield();
  };
  const Report report = run_guarded(pipeline);
  done.open();
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "a_out") == numbers(100));
  CHECK(texts_of(pipeline, "b_out") == numbers(20'000));
  CHECK(sums_up(report));
}

TEST_CASE("a pool that waits in one call takes no thread from the stages outside of it") {
  // One thread waits, the others have nothing to do and are long asleep when the chain outside
  // begins: oneTBB's own workers would count the one that waits as free for that chain.
  const int threads = GENERATE(1, 2);
  Pipeline pipeline(pool(4) + "stages:\n" + stage("a", "", "shape.source", "with: { count: 1 }") +
                        stage("slow", "", "late.plain", "pool: own") +
                        stage("a_out", "", "late.sink") +
                        stage("b", "", "shape.source", "with: { count: 20000 }") +
                        stage("fast", "", "late.plain") + stage("b_out", "", "late.sink"),
                    threads);
  Latch begun;
  Latch done;
  stage_of<Scripted>(pipeline, "slow").act = [&](Record&, Call&) {
    begun.open();
    done.wait();
  };
  stage_of<ScriptedSource>(pipeline, "b").before = [&](std::uint64_t n) {
    if (n > 0) return;
    begun.wait();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  };
  stage_of<ScriptedSink>(pipeline, "b_out").act = [&](Record& record) {
    if (number_of(record) == 19'999) done.open();
  };
  const Report report = run_guarded(pipeline);
  done.open();
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "a_out") == numbers(1));
  CHECK(texts_of(pipeline, "b_out") == numbers(20'000));
}

TEST_CASE("no more than its threads run in a pool, whatever stages share it") {
  const int threads = GENERATE(2, 8);
  const int most = GENERATE(1, 2, 3);
  std::string yaml = pool(most) + numbered_source(4000);
  for (const char* name : {"a", "b", "c"}) {
    yaml += stage(name, "read", "late.plain", "pool: own") +
            stage(std::string(name) + "_out", "", "late.sink");
  }
  Pipeline pipeline(yaml, threads);
  Peak peak;
  for (const char* name : {"a", "b", "c"}) {
    stage_of<Scripted>(pipeline, name).act = [&](Record&, Call&) {
      peak.enter();
      std::this_thread::yield();
      peak.leave();
    };
  }
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  for (const char* name : {"a", "b", "c"}) {
    CHECK(texts_of(pipeline, std::string(name) + "_out") == numbers(4000));
  }
  CHECK(peak.peak.load() <= most);
  CHECK(sums_up(report));
}

TEST_CASE("the threads of a pool work at the same time, though the run has only one") {
  // Each of three calls waits for the other two.
  Pipeline pipeline(
      pool(3) + "stages:\n" + stage("a", "", "shape.source", "with: { count: 1 }") +
          stage("x", "", "late.plain", "pool: own") + stage("a_out", "", "late.sink") +
          stage("b", "", "shape.source", "with: { count: 1 }") +
          stage("y", "", "late.plain", "pool: own") + stage("b_out", "", "late.sink") +
          stage("c", "", "shape.source", "with: { count: 1 }") +
          stage("z", "", "late.plain", "pool: own") + stage("c_out", "", "late.sink"),
      1);
  std::atomic<int> inside{0};
  for (const char* name : {"x", "y", "z"}) {
    stage_of<Scripted>(pipeline, name).act = [&](Record&, Call&) {
      ++inside;
      while (inside.load() < 3) std::this_thread::yield();
    };
  }
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(count_of(report, Outcome::delivered) == 3);
}

TEST_CASE("what passes through a pool keeps its order, with room for next to nothing") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages =
      pool(2) + numbered_source(2000) + stage("a", "", "late.plain", "pool: own") +
      stage("b", "", "late.plain") + stage("c", "", "late.plain", "pool: own") +
      stage("out", "", "late.sink");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  for (const char* name : {"a", "b", "c"}) stage_of<Scripted>(pipeline, name).act = tagged(name);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == tagged_numbers(2000, "abc"));
  CHECK(sums_up(report));
}

}  // namespace weir::test
