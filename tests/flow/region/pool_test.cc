// Pools of threads: what blocks in one delays nobody outside of it.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"
#include "tests/machine/eventually.h"
#include "tests/machine/threads.h"

namespace weir::flow::test {
namespace {

std::string pool(int threads) {
  return "shared: { pools: { own: { threads: " + std::to_string(threads) + " } } }\n";
}

/// Lets nobody on until `wanted` calls are inside and nobody else is on the way: one more that the
/// engine lets in would be there.
class Crowd {
 public:
  explicit Crowd(int wanted) : wanted_(wanted) {}
  void pass(const Call& call) {
    peak_.enter();
    if (first_.exchange(false)) {
      const auto all_there = [&] { return peak_.now.load() >= wanted_ && others_sleep(); };
      eventually([&] { return all_there() || call.stopping(); });
      door_.open();
    }
    door_.wait();
    std::this_thread::yield();
    peak_.leave();
  }
  int peak() const { return peak_.peak.load(); }

 private:
  const int wanted_;
  Peak peak_;
  std::atomic<bool> first_{true};
  Latch door_;
};

}  // namespace

TEST_CASE("a pool whose threads all block delays no stage outside of it") {
  const int threads = GENERATE(1, 2, 8);
  const int blocked = GENERATE(1, 2);
  const std::string type = GENERATE(std::string("late.plain"), std::string("late.block"));
  const std::string keys = type == "late.block" ? "pool: own\n    workers: 2" : "pool: own";
  Pipeline pipeline(pool(blocked) + "stages:\n" +
                        stage("a", "", "shape.source", "with: { count: 100 }") +
                        stage("slow", "", type, keys) + stage("a_out", "", "late.sink") +
                        stage("b", "", "shape.source", "with: { count: 20000 }") +
                        stage("fast", "", "late.plain") + stage("b_out", "", "late.sink"),
                    threads);
  // It opens when all of the other chain has come out.
  Latch done;
  std::atomic<int> inside{0};
  stage_of<Scripted>(pipeline, "slow").act = [&](Record&, Call&) {
    ++inside;
    done.wait();
  };
  stage_of<ScriptedSink>(pipeline, "b_out").act = [&](Record& record) {
    if (number_of(record) == 19'999) done.open();
  };
  // The chain outside begins only when all threads of the pool are in calls that wait for its end.
  bool was_blocked = false;
  stage_of<ScriptedSource>(pipeline, "b").before = [&](std::uint64_t n) {
    if (n == 0) was_blocked = eventually([&] { return inside.load() >= blocked; });
  };
  const Report report = run_guarded(pipeline);
  done.open();
  CHECK(was_blocked);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "a_out") == numbers(100));
  CHECK(texts_of(pipeline, "b_out") == numbers(20'000));
  CHECK(sums_up(report));
}

TEST_CASE("a pool that waits in one call takes no thread from the stages outside of it") {
  // One thread waits, the others have nothing to do and sleep when the chain outside begins:
  // oneTBB's own workers would count the one that waits as free for that chain.
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
  bool all_sleep = false;
  stage_of<ScriptedSource>(pipeline, "b").before = [&](std::uint64_t n) {
    if (n > 0) return;
    begun.wait();
    all_sleep = eventually([] { return others_sleep(); });
  };
  stage_of<ScriptedSink>(pipeline, "b_out").act = [&](Record& record) {
    if (number_of(record) == 19'999) done.open();
  };
  const Report report = run_guarded(pipeline);
  done.open();
  CHECK(all_sleep);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "a_out") == numbers(1));
  CHECK(texts_of(pipeline, "b_out") == numbers(20'000));
}

TEST_CASE("as many as its threads run in a pool and no more, whatever stages share it") {
  const int threads = GENERATE(2, 8);
  const int most = GENERATE(1, 2, 3);
  std::string yaml = pool(most) + numbered_source(4000);
  for (const char* name : {"a", "b", "c"}) {
    yaml += stage(name, "read", "late.plain", "pool: own") +
            stage(std::string(name) + "_out", "", "late.sink");
  }
  Pipeline pipeline(yaml, threads);
  Crowd crowd(most);
  for (const char* name : {"a", "b", "c"}) {
    stage_of<Scripted>(pipeline, name).act = [&](Record&, Call& call) { crowd.pass(call); };
  }
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  for (const char* name : {"a", "b", "c"}) {
    CHECK(texts_of(pipeline, std::string(name) + "_out") == numbers(4000));
  }
  CHECK(crowd.peak() == most);
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

}  // namespace weir::flow::test
