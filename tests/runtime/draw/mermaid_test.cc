#include "runtime/draw/mermaid.h"

#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::cli;
using weir::fake::plan_of;

namespace {

/// Without the styles at the end, which are the same for all.
std::string drawn(const std::string& yaml) {
  const std::string text = mermaid(draw(plan_of(yaml)));
  return text.substr(0, text.find("  classDef"));
}

}  // namespace

TEST_CASE("a plain pipeline is drawn as one region whose stages are fused") {
  CHECK(drawn(R"(name: plain
stages:
  - { uses: file.read, with: { path: a } }
  - uses: json.parse
  - { uses: filter, with: { where: status }, on_error: skip }
  - uses: json.format
  - { uses: take, with: { count: 3 } }
  - { uses: file.write, with: { path: b } }
)") == R"mmd(%% plain: 100,000 records and 256 MiB in all, 4 threads
flowchart LR
  subgraph r0 ["<b>read</b><br/>at most 100,000 records, 256 MiB"]
    r0_source(["<b>read</b> (file.read)"]):::source
    r0_0["<b>parse</b> (json.parse)<br/><b>filter</b>, on_error: skip<br/><b>format</b> (json.format)<br/><i>fused, parallel</i>"]:::work
    r0_order1("sequencer"):::buffer
    r0_1(["<b>take</b><br/><b>write</b> (file.write)<br/><i>fused, serial</i>"]):::sink
  end
  r0_source --> r0_0
  r0_0 --> r0_order1
  r0_order1 --> r0_1
)mmd");
}

TEST_CASE("text from the file cannot break out of a label") {
  const std::string text = drawn(R"(stages:
  - uses: generate
  - uses: delay
    when: x == "<&#`\"
  - uses: json.format
  - { uses: file.write, with: { path: b } }
)");
  CHECK_THAT(text, Catch::Contains("<br/>when x == #quot;#lt;#amp;#35;#96;#92;#quot;<br/>"));
}

TEST_CASE("Mermaid shows ports at edges, dead letters dotted and loops bold") {
  const std::string text = drawn(R"(stages:
  - uses: generate
  - name: step
    uses: delay
    from: [generate, try.retry]
    loop: { max: 2 }
    on_error: { to: rejects }
  - uses: try
  - uses: json.format
    from: try
  - { uses: file.write, with: { path: a } }
  - { uses: json.format, name: rejects }
  - { uses: file.write, with: { path: b } }
)");
  CHECK_THAT(text, Catch::Contains("==>|\"retry, at most 2 times\"| r1_in\n"));
  CHECK_THAT(text, Catch::Contains("-->|\"out\"| r4_in\n"));
  CHECK_THAT(text, Catch::Contains("  r1_call -.->|\"errors\"| r5_in\n"));
  CHECK_THAT(text, Catch::Contains("subgraph r1 [\"<b>step (passes 1 to 3)</b>"));
}
