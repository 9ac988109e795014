#include "runtime/explain/plan_names.h"

#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::cli;
using weir::fake::plan_of;

namespace {

constexpr const char* kLoop = R"(stages:
  - uses: generate
  - name: step
    uses: delay
    from: [generate, try.retry]
    loop: { max: 2 }
    on_error: { to: rejects }
  - uses: try
    on_error: { to: rejects }
  - uses: json.format
    from: try
  - uses: file.write
    with: { path: a }
  - name: rejects
    uses: json.format
  - uses: file.write
    with: { path: b }
)";

std::vector<std::string> names(const weir::compile::Plan& plan) {
  std::vector<std::string> all;
  for (const RegionId r : plan.regions.ids()) all.push_back(region_name(plan, r));
  return all;
}

const weir::compile::Region& region(const weir::compile::Plan& plan, const std::string& name) {
  RegionId r;
  while (region_name(plan, r) != name) ++r;
  return plan.regions[r];
}

}  // namespace

TEST_CASE("what is there for each stream of a source says which") {
  const weir::compile::Plan plan = plan_of(R"(stages:
  - uses: file.read
    with: { path: a, streams: 3 }
  - uses: delay
  - uses: json.parse
    merge: concat
  - uses: file.write
    with: { path: b }
)");
  CHECK(names(plan) == std::vector<std::string>{"read", "delay", "read (stream 2)",
                                                "delay (stream 2)", "read (stream 3)",
                                                "delay (stream 3)", "parse"});
  CHECK(input_names(plan, region(plan, "parse")) == std::vector<std::string>{"delay (3 streams)"});
  CHECK(has_streams(plan, StageId(0)));
  CHECK_FALSE(has_streams(plan, plan.regions.back().first));
}

TEST_CASE("a region is called after its first stage, and says which pass of a loop it is") {
  CHECK(names(plan_of(kLoop)) == std::vector<std::string>{"generate", "step", "step (pass 2)",
                                                          "step (pass 3)", "format",
                                                          "rejects (dead letters)"});
}

TEST_CASE("what a region reads is named as the file does it, the passes of a stage once") {
  const weir::compile::Plan plan = plan_of(kLoop);
  using Names = std::vector<std::string>;
  CHECK(input_names(plan, region(plan, "step")) == Names{"generate"});
  CHECK(input_names(plan, region(plan, "step (pass 2)")) == Names{"try.retry"});
  CHECK(input_names(plan, region(plan, "format")) == Names{"try.out (3 passes)"});
  CHECK(input_names(plan, region(plan, "rejects (dead letters)")) == Names{"step", "try"});
}

TEST_CASE("the stages of the file come in its order, without further passes") {
  const weir::compile::Plan plan = plan_of(kLoop);
  std::vector<std::string> all;
  for (const StageId stage : stages_in_file_order(plan)) {
    all.push_back(plan.stages[stage].name);
    for (const StageId pass : further_passes(plan, stage)) {
      CHECK(written(plan, pass) == stage);
      CHECK(pass_number(plan, pass) > 1);
    }
  }
  CHECK(all == std::vector<std::string>{"generate", "step", "try", "format", "write", "rejects",
                                        "write-2"});
}

TEST_CASE("words are joined as people do it") {
  CHECK(joined_words({}).empty());
  CHECK(joined_words({"a"}) == "a");
  CHECK(joined_words({"a", "b"}) == "a and b");
  CHECK(joined_words({"a", "b", "c"}) == "a, b and c");
}
