#include "runtime/explain/determinism.h"

#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::cli;
using weir::fake::plan_of;

namespace {

/// A line for each chance, then each condition behind "if ".
std::string judged(const std::string& yaml) {
  const weir::compile::Plan plan = plan_of(yaml);
  std::string text;
  const Determinism result = determinism_of(plan);
  for (const Chance& chance : result.chances) text += chance.stages + " " + chance.why + "\n";
  for (const std::string& condition : result.conditions) text += "if " + condition + "\n";
  return text;
}

/// With `stage` between a source and a sink.
std::string around(const std::string& stage) {
  return judged("stages:\n  - uses: generate\n" + stage +
                "  - uses: json.format\n  - { uses: file.write, with: { path: a } }\n");
}

std::string merged(const std::string& merge) {
  return around(
      "  - { uses: generate, name: b }\n  - { uses: set, from: [generate, b], with: { "
      "fields: { x: y } }, merge: " +
      merge + " }\n");
}

}  // namespace

TEST_CASE("a plain pipeline is deterministic, also with retries, rates and adaptive workers") {
  CHECK(around("").empty());
  CHECK(around("  - { uses: set, with: { fields: { x: y } }, rate: 5/s, retry: { attempts: 2 }, "
               "workers: { min: 1, max: 4, policy: gradient } }\n")
            .empty());
}

TEST_CASE("answers from elsewhere are a condition") {
  CHECK(around("  - uses: delay\n  - uses: exec\n") ==
        "if 'delay' and 'exec' give the same answers\n");
}

TEST_CASE(
    "times without a year, and those of the machine's zone, depend on when and where it runs") {
  CHECK(merged("{ policy: sorted, by: { field: t, format: syslog } }") ==
        "'set' reference now: which year a time without one is of depends on when the run began\n");
  CHECK(merged("{ policy: sorted, by: [{ field: t, format: '%F %T', zone: local }, host] }") ==
        "'set' zone local: which zone that is depends on the machine\n");
  CHECK(merged("{ policy: sorted, by: { field: t, format: syslog, reference: 2026-02-01 } }")
            .empty());
}

TEST_CASE("what the clock decides makes the output differ") {
  CHECK(around("  - { uses: set, with: { fields: { x: y } }, deadline: 5s, timeout: 1s, breaker: { "
               "failures: 3 }, queue: { records: 3, when_full: drop_newest } }\n") ==
        "'set' deadline 5s: who passes it depends on the clock\n"
        "'set' timeout 1s: which attempts pass it depends on the clock\n"
        "'set' breaker: which calls fail at once depends on the clock\n"
        "'set' queue: which records are shed depends on how fast it is\n");
  CHECK(around("  - { uses: set, with: { fields: { x: y } }, queue: { records: 3 } }\n").empty());
  CHECK(around("  - { uses: set, with: { fields: { x: y } }, queue: { records: 3, when_full: "
               "drop_random } }\n") ==
        "'set' queue: which records are shed depends on how fast it is\n");
  CHECK(around("  - { uses: set, with: { fields: { x: y } }, queue: { max_age: 5s } }\n") ==
        "'set' queue max_age 5s: which records wait longer depends on the clock\n");
  CHECK_THAT(around("  - { uses: delay, hedge: { after: 5ms } }\n"),
             Catch::StartsWith("'delay' hedge: the first good answer wins\n"));
  CHECK(around("  - { uses: window, with: { every: 1s } }\n") == "'window' it acts by the clock\n");
  CHECK(around("  - uses: window\n").empty());
  CHECK(around("  - { uses: dedupe, with: { within: 1s } }\n") ==
        "'dedupe' what it puts out depends on when records come\n");
  CHECK(around("  - uses: dedupe\n").empty());
}

TEST_CASE("order that is given up is said once, at the stage that gives it up") {
  CHECK(around("  - { uses: set, with: { fields: { x: y } }, rate: 5/s, order: none }\n"
               "  - { uses: set, name: more, with: { fields: { x: y } }, rate: 5/s }\n") ==
        "'set' order none: records leave as they are done\n");
  CHECK(
      around("  - { uses: set, with: { fields: { x: y } }, rate: 5/s, order: none }\n"
             "  - { uses: set, name: more, with: { fields: { x: y } }, rate: 5/s, order: input }\n")
          .empty());
  CHECK(around("  - { uses: tally, key: host, order: key }\n") ==
        "'tally' order key: records of different keys leave as they are done\n"
        "if what 'tally' keeps fits into 'limits.state'\n");
  CHECK(around("  - { uses: set, with: { fields: { x: y } }, order: none }\n") ==
        "'set' and 'format' order none, here or above: batches leave as they are done\n");
}

TEST_CASE("merges that wait are deterministic, others are not") {
  CHECK(
      judged("stages:\n  - uses: generate\n  - { uses: filter, name: a, from: generate, with: { "
             "where: x } }\n  - { uses: set, from: [generate, a], merge: first, with: { fields: { "
             "x: y } } }\n  - uses: json.format\n  - { uses: file.write, with: { path: a } }\n") ==
      "'set' merge first: which branch is first depends on how fast they are\n");
  CHECK(merged("concat").empty());
  CHECK(merged("{ policy: sorted, by: at }").empty());
  CHECK(merged("{ policy: sorted, by: at, lateness: 2s }") ==
        "if no input of 'set' has more within 2s than its quota holds\n");
  CHECK(merged("{ policy: concat, idle: 5s }") ==
        "'set' idle 5s: who is silent so long depends on the clock\n");
  for (const char* policy : {"arrival", "priority", "round_robin"}) {
    CHECK(merged(policy) ==
          "'set' merge " + std::string(policy) + ": records come as they are ready\n");
  }
}

TEST_CASE("keys that make room for others are a matter of speed where keys run in parallel") {
  const std::string text =
      around("  - { uses: tally, key: { fields: [host], max: 5, when_full: evict } }\n");
  CHECK_THAT(text, Catch::StartsWith("'tally' key when_full evict: "));
}
