// What the random pipelines have found, one by one.

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "tests/flow/random/call_checks.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

std::string numbers(int count) {
  return "  - uses: test.numbers\n    with: { count: " + std::to_string(count) + " }\n";
}

/// With dead letters to test.letters.
std::string around(const std::string& source, const std::string& stages) {
  return "stages:\n" + source + stages +
         "  - uses: test.collect\n  - uses: test.letters\n    name: rejects\n";
}

std::uint64_t origin_of(const std::string& line) { return std::stoull(line); }

}  // namespace

TEST_CASE("a queue that drops records drops no dead letters") {
  for (const char* when_full : {"drop_newest", "drop_oldest", "drop_random"}) {
    Pipeline run(around(numbers(300), std::string(R"(  - uses: test.mix
    on_error: { to: rejects }
    with: { fail: 50 }
  - uses: test.blocking
    workers: 1
    queue: { records: 1, when_full: )") + when_full +
                                          " }\n    with: { delay_us: 100 }\n"));
    const Report report = run.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(letters_of(run).size() == errors_of(report));
    CHECK(count_of(report, Outcome::dead_lettered) == errors_of(report));
  }
}

TEST_CASE("what passes a called stage by needs no cost") {
  Pipeline run("stages:\n" + numbers(100) + R"(  - uses: test.fields
    with: { missing: 50 }
  - uses: test.async
    cost: c
    workers: 4
    when: c ~= nil
  - uses: test.collect
)");
  const Report report = run.run();
  CHECK(report.status == RunStatus::ok);
  CHECK(run.texts().size() == 100);
}

TEST_CASE("what passes a stage by overtakes none of its key") {
  Pipeline run("stages:\n" + numbers(300) + R"(  - uses: test.fields
    with: { keys: 1 }
  - uses: test.async
    order: key
    key: [k]
    workers: 64
    when: string.len(record.text) % 2 == 1
    with: { delay_us: 2000 }
  - uses: test.collect
)");
  CHECK(run.run().status == RunStatus::ok);
  REQUIRE(run.texts().size() == 300);
  CHECK(std::ranges::is_sorted(run.texts(), {}, origin_of));
}

TEST_CASE("no dead letter comes from behind a take") {
  Pipeline run(around(numbers(2000), R"(  - uses: test.async
    on_error: { to: rejects }
    with: { permanent: 30 }
  - uses: take
    with: { count: 20 }
)"));
  CHECK(run.run().status == RunStatus::ok);
  REQUIRE(run.texts().size() == 20);
  REQUIRE(!letters_of(run).empty());
  CHECK(origin_of(letters_of(run).back()) < origin_of(run.texts().back()));
}

TEST_CASE("a batch stage that is short of memory for its letters works on each record once") {
  const std::string yaml = "limits: { memory: 24MiB, record: 64KiB }\n" +
                           around(numbers(20'000), R"(  - uses: test.blocking
    with: { delay_us: 0 }
  - uses: test.batch
    on_error: { to: rejects }
    with: { fail: 10 }
  - uses: test.blocking
    with: { delay_us: 0 }
)");
  for (int threads : {1, 2, 8}) {
    Pipeline run(yaml, threads);
    const Report report = run.run();
    INFO(report.failure.stage << ": " << report.failure.message);
    REQUIRE(report.status == RunStatus::ok);
    CHECK(run.texts().size() + letters_of(run).size() == 20'000);
    const bool once = std::ranges::all_of(run.texts(), [](const std::string& text) {
      return std::ranges::count_if(text, [](char c) { return c >= 'a'; }) == 1;
    });
    CHECK(once);
  }
}

TEST_CASE("a stage with state that is short of memory for its letters takes of the reserve") {
  const std::string yaml =
      "limits: { memory: 9MiB, record: 64KiB }\n" + around(numbers(20'000), R"(  - uses: test.tally
    on_error: { to: rejects }
    with: { fail: 20, emit: 20 }
)");
  for (int threads : {1, 2, 8}) {
    Pipeline run(yaml, threads);
    const Report report = run.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(letters_of(run).size() == errors_of(report));
  }
}

TEST_CASE("dead letters of what a stage emits in the end come last") {
  Pipeline run(around(numbers(100), R"(  - uses: test.fields
  - uses: test.keyed
    key: [k]
  - uses: test.blocking
    on_error: { to: rejects }
    with: { permanent: 100 }
)"));
  REQUIRE(run.run().status == RunStatus::ok);
  const Texts letters = letters_of(run);
  REQUIRE(letters.size() == 105);
  const auto is_total = [](const std::string& line) {
    return line.find("total") != std::string::npos;
  };
  CHECK(std::is_partitioned(letters.begin(), letters.end(), std::not_fn(is_total)));
  CHECK(std::is_sorted(letters.begin(), letters.begin() + 100,
                       [](const auto& a, const auto& b) { return origin_of(a) < origin_of(b); }));
}

TEST_CASE("a total that fails the run keeps no record back") {
  Pipeline run("stages:\n" + numbers(200) + R"(  - uses: test.tally
  - uses: test.blocking
    with: { delay_us: 0 }
  - uses: test.mix
    when: string.sub(record.text, 1, 5) == "total"
    with: { fail: 100 }
  - uses: test.collect
)");
  const Report report = run.run();
  CHECK(report.status == RunStatus::failed);
  CHECK(report.failure.kind == "chosen");
  CHECK(run.texts().size() == 200);
}

TEST_CASE("a total that fails the run keeps no total of a region above back") {
  // In many batches above, in few below: numbers of batches mean nothing across regions.
  Pipeline run("stages:\n" + numbers(200) + R"(  - uses: test.blocking
    with: { delay_us: 200 }
  - uses: test.tally
  - uses: test.async
    workers: 1
  - uses: test.tally
  - uses: test.mix
    when: string.find(record.text, "#") == nil
    with: { fail: 100 }
  - uses: test.async
    workers: 1
    with: { delay_us: 2000 }
  - uses: test.collect
)");
  const Report report = run.run();
  CHECK(report.status == RunStatus::failed);
  const std::size_t totals = closing_texts(200).size();
  CHECK(run.texts().size() == 200 + totals);
}

}  // namespace weir::flow::test
