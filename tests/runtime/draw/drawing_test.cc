#include "runtime/draw/drawing.h"

#include <sstream>

#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::cli;
using weir::fake::plan_of;

namespace {

/// A line for each node, behind its region's name, then one for each edge between regions.
std::string shown(const std::string& yaml) {
  const Drawing drawing = draw(plan_of(yaml));
  std::ostringstream out;
  for (const DrawnRegion& region : drawing.regions) {
    out << region.name << ":";
    for (const DrawnNode& node : region.nodes) {
      out << " [" << node.title;
      for (const DrawnStage& stage : node.stages) {
        out << (&stage == node.stages.data() ? "" : " ") << stage.name;
        for (const std::string& line : stage.lines) out << "; " << line;
      }
      for (const std::string& line : node.lines) out << "; " << line;
      out << "]";
    }
    out << "\n";
  }
  for (const DrawnEdge& edge : drawing.edges) {
    if (edge.from.substr(0, 2) == edge.to.substr(0, 2) && !edge.again) continue;
    out << edge.from << (edge.letters ? " ..> " : edge.again ? " ==> " : " -> ") << edge.to;
    out << (edge.label.empty() ? "" : ": ") << edge.label << "\n";
  }
  return out.str();
}

}  // namespace

TEST_CASE("a called stage is drawn behind its reorder buffer and queue, with its policies") {
  CHECK(shown(R"(shared: { rates: { api: 100/s } }
stages:
  - uses: generate
  - uses: delay
    workers: 8
    order: none
    rate: api
    timeout: 1s
    deadline: 5s
    retry: { attempts: 3, backoff: 10ms }
    hedge: { after: p95, extra: 2 }
    breaker: { failures: 4, within: 1s }
    cost: 2
    queue: { records: 10, when_full: drop_random, max_age: 5s }
  - uses: tally
    key: [host, path]
    workers: { min: 1, max: 8, policy: gradient }
  - uses: json.format
    workers: 3
  - { uses: file.write, with: { path: a } }
)") == R"(generate: [generate] [sequencer]
delay: [reorder buffer; order: none; queue: at most 10 records; then drop_random; max_age 5s] [delay; deadline 5s; timeout 1s; retry: 3 attempts, backoff 10ms; hedge after p95, 2 extra; rate 100/s (api); breaker: 4 failures in 1s; cost 2; record by record, 8 workers]
tally: [reorder buffer; order: none] [tally; key host, path; record by record, 1 to 8 workers (gradient)] [format; parallel, 3 workers] [write; serial]
r0_order1 -> r1_in
r1_call -> r2_in
)");
}

TEST_CASE("merges are drawn with their policy, and inputs with what tells them apart") {
  const std::string ends = R"(stages:
  - { uses: generate, name: a }
  - { uses: generate, name: b }
  - { uses: set, name: both, from: [b, a], with: { fields: { x: y } }, merge: POLICY }
  - { uses: json.format, pool: slow }
  - { uses: file.write, with: { path: x } }
shared: { pools: { slow: { threads: 2 } } }
)";
  const auto with = [&](const std::string& policy) {
    std::string yaml = ends;
    return shown(yaml.replace(yaml.find("POLICY"), 6, policy));
  };
  const std::string sorted = with("{ policy: sorted, by: at, lateness: 2s, idle: 5s }");
  CHECK_THAT(sorted, Catch::Contains("[merge: sorted; by at; lateness 2s; idle 5s]"));
  CHECK_THAT(sorted, Catch::Contains("r0_order1 -> r2_in\n"));
  const std::string weighted = with("{ policy: weighted, weights: [1, 3] }");
  CHECK_THAT(weighted, Catch::Contains("r0_order1 -> r2_in: input 2, weight 3\n"
                                       "r1_order1 -> r2_in: input 1, weight 1\n"));
  CHECK_THAT(with("priority"), Catch::Contains("r0_order1 -> r2_in: input 2\n"));
  CHECK_THAT(with("arrival"), Catch::Contains("[merge: arrival]"));
  const std::string first = shown(R"(stages:
  - { uses: generate, name: a }
  - { uses: filter, name: b, with: { where: x } }
  - { uses: json.format, from: [b, a], merge: first }
  - { uses: file.write, with: { path: x } }
)");
  CHECK_THAT(first, Catch::Contains("[merge: first]"));
  CHECK_THAT(first, !Catch::Contains("input 2"));
}

TEST_CASE("passes of a loop are drawn once where they are alike") {
  CHECK(shown(R"(stages:
  - uses: generate
  - { uses: filter, name: head, from: [generate, try.retry], loop: { max: 3 }, with: { where: x } }
  - uses: try
  - { uses: json.format, from: try }
  - { uses: file.write, with: { path: x } }
)") == R"(generate: [generate] [head try; fused, parallel] [sequencer]
head (passes 2 to 4): [reorder buffer; order: input] [head try; fused, parallel] [sequencer]
format: [merge: input] [format; parallel] [sequencer] [write; serial]
r0_order1 -> r4_in: out
r0_order1 ==> r1_in: retry
r1_order1 -> r4_in: out
r1_order1 ==> r1_in: retry, at most 2 times
)");
}

TEST_CASE("dead letters leave the node of the stage that sends them") {
  CHECK(shown(R"(stages:
  - { uses: file.read, with: { path: x } }
  - { uses: json.parse, on_error: { to: rejects } }
  - { uses: filter, with: { where: x } }
  - { uses: delay, workers: 8, deadline: 1s, on_deadline: { to: rejects } }
  - uses: json.format
  - { uses: file.write, with: { path: x } }
  - { uses: file.write, name: rejects, with: { path: y } }
)") == R"(read: [read] [parse filter; fused, parallel] [sequencer]
delay: [reorder buffer; order: input] [delay; deadline 1s; record by record, 8 workers] [format; parallel] [sequencer] [write; serial]
rejects (dead letters): [merge: input] [rejects; serial]
r0_order1 -> r1_in
r0_0 ..> r2_in: errors of parse
r1_call ..> r2_in: deadlines
)");
}
