// The shapes that `weir check` refuses as deadlocks, and beside each the nearest one that it lets
// through: that one runs to its end with the smallest limits with which it loads.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

constexpr std::uint64_t kCount = 300;

std::string source(const std::string& name) {
  return stage(name, "", "shape.source", "with: { count: " + std::to_string(kCount) + " }");
}
/// An async stage that makes the field `t`, of the number.
std::string call(const std::string& name, const std::string& from) {
  return stage(name, from, "late.async", "workers: 1") + stage(name + "_t", "", "late.label");
}
std::string merge(const std::string& name, const std::string& from, const std::string& policy) {
  return stage(name, from, "late.plain", "merge: " + policy);
}
std::string sink(const std::string& name) { return stage(name + "_out", name, "late.sink"); }
std::string zipped(const std::string& name, const std::string& from) {
  return stage(name, from, "zip") + stage(name + "_text", name, "shape.text") +
         stage(name + "_out", "", "late.sink");
}

const std::string kSorted = "{ policy: sorted, by: t }";
const std::string kSortedIdle = "{ policy: sorted, by: t, idle: 2ms }";

/// A graph that is refused, one that differs in little and is not, and how many records come out
/// of its sinks.
struct Shapes {
  const char* what;
  std::string refused;
  std::string legal;
  std::uint64_t out;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// The same graph, with one text in place of another.
Shapes shapes(const char* what, const std::string& graph, const std::string& refused,
              const std::string& legal, std::uint64_t out) {
  return {what, replaced("stages:\n" + graph, "MERGE", refused),
          replaced("stages:\n" + graph, "MERGE", legal), out};
}

std::vector<Shapes> diamonds() {
  const std::string diamond = source("read") + call("a", "read") + call("b", "read") +
                              merge("m", "[a_t, b_t]", "MERGE") + sink("m");
  const std::string ports = source("read") + stage("fork", "read", "shape.fork") +
                            call("a", "fork") + call("b", "fork.back") +
                            merge("m", "[b_t, a_t]", "MERGE") + sink("m");
  return {shapes("concat, input", diamond, "concat", "input", 2 * kCount),
          shapes("concat, arrival", diamond, "concat", "arrival", 2 * kCount),
          shapes("concat, idle", diamond, "concat", "{ policy: concat, idle: 2ms }", 2 * kCount),
          shapes("sorted, priority", diamond, kSorted, "priority", 2 * kCount),
          shapes("sorted, idle", diamond, kSorted, kSortedIdle, 2 * kCount),
          shapes("ports", ports, "concat", "input", kCount)};
}

/// `MERGE` in them is what another merge of the same two sources does.
std::vector<Shapes> sources() {
  const std::string two = source("one") + source("two");
  const std::string zip = two + zipped("m", "[one, two]") + "MERGE";
  const std::string concat = two + merge("m", "[one, two]", "concat") + sink("m") +
                             merge("n", "MERGE", "concat") + sink("n");
  const std::string again = zipped("n", "[one, two]");
  const std::string arrival = merge("n", "[one, two]", "arrival") + sink("n");
  const std::string deep = two + call("c", "one") + merge("d", "[c_t, two]", "arrival") +
                           sink("d") + call("b", "one") + merge("m", "[MERGE, b_t]", "concat") +
                           sink("m");
  return {shapes("zip twice", zip, again, arrival, kCount + 2 * kCount),
          shapes("concat crosswise", concat, "[two, one]", "[one, two]", 4 * kCount),
          shapes("concat beside arrival", deep, "d", "two", 4 * kCount)};
}

/// Makes the fields and lets records pass as the shape wants it.
void script(Pipeline& pipeline) {
  for (const compile::PlannedStage& planned : pipeline.plan().stages) {
    if (planned.name.ends_with("_t")) {
      stage_of<Scripted>(pipeline, planned.name).act = [](Record& record, Call&) {
        record.set("t", static_cast<std::int64_t>(number_of(record)));
      };
    } else if (planned.name == "fork") {
      stage_of<Scripted>(pipeline, "fork").act = [](Record& record, Call& call) {
        // For long only one port gets something, then only the other one.
        if (number_of(record) < kCount / 2) call.send(record, 1);
      };
    }
  }
}

void check(const Shapes& shape) {
  INFO(shape.what);
  CHECK_THROWS_WITH(Pipeline("limits: { records: 1000 }\n" + shape.refused),
                    Catch::Contains("deadlock: 'm'"));
  const std::string yaml = with_least_records(shape.legal);
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(yaml, threads);
    script(pipeline);
    const Report report = run_guarded(pipeline);
    CHECK(sums_up(report));
    // By the clock: what was not waited for may come late.
    if (std::string_view(shape.what).find("idle") != std::string_view::npos) {
      CHECK(report.status != RunStatus::stuck);
      continue;
    }
    CHECK(status_of(report) == "ok");
    CHECK(report.delivered == shape.out);
  }
}

}  // namespace

TEST_CASE("beside each diamond that can deadlock is one that runs to its end with little room") {
  for (const Shapes& shape : diamonds()) check(shape);
}

TEST_CASE("beside sources whose merges can deadlock are some that run to their end") {
  for (const Shapes& shape : sources()) check(shape);
}

}  // namespace weir::flow::test
