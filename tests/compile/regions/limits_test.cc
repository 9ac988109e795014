#include <catch2/catch.hpp>

#include "tests/compile/kit/look_alikes.h"

using namespace weir;
using namespace weir::compile;

namespace {

std::string pipeline(const std::string& limits, int transforms) {
  std::string text =
      "limits: " + limits + "\nstages:\n  - uses: file.read\n    with: { path: a }\n";
  for (int i = 0; i < transforms; ++i) text += "  - uses: json.parse\n";
  return text + "  - uses: file.write\n    with: { path: b }\n";
}

/// Three regions: 2, 5 and 4 units, and what `stages` adds.
std::string with_calls(const std::string& limits, const std::string& stages = "") {
  return "limits: " + limits +
         "\nstages:\n  - uses: file.read\n    with: { path: a }\n  - uses: json.parse\n"
         "  - uses: delay\n  - uses: json.parse\n  - uses: delay\n" +
         stages + "  - uses: file.write\n    with: { path: b }\n";
}

std::optional<Limits> limits_of(const std::string& limits, int transforms = 0, int threads = 0) {
  weir::fake::Setup setup;
  setup.options.threads = threads;
  const Loaded loaded = setup.load(pipeline(limits, transforms));
  if (!loaded.plan) return std::nullopt;
  return loaded.plan->limits;
}

constexpr std::uint64_t kMiB = 1 << 20;

}  // namespace

TEST_CASE("limits have defaults") {
  const std::optional<Limits> limits = limits_of("{}");
  REQUIRE(limits);
  CHECK(limits->records == 100'000);
  CHECK(limits->record == 16 * kMiB);
  CHECK(limits->memory == 256 * kMiB);
  CHECK(limits->drain == std::chrono::seconds(20));
}

TEST_CASE("the command line's threads win over the file's, and auto is what the machine allows") {
  CHECK(limits_of("{}")->threads == 4);
  CHECK(limits_of("{ threads: auto }")->threads == 4);
  CHECK(limits_of("{ threads: 7 }")->threads == 7);
  CHECK(limits_of("{ threads: 7 }", 0, 2)->threads == 2);
  CHECK_FALSE(limits_of("{}", 0, 5000));
}

TEST_CASE("auto memory is what the machine allows, and a written one wins") {
  const auto memory = [](const std::string& limits, std::uint64_t allowed) {
    weir::fake::Setup setup;
    setup.options.auto_memory = allowed;
    return setup.load(pipeline(limits, 0)).plan->limits.memory;
  };
  CHECK(memory("{}", 16 * kMiB) == 16 * kMiB);
  CHECK(memory("{ memory: auto }", 16 * kMiB) == 16 * kMiB);
  CHECK(memory("{ memory: 64MiB }", 16 * kMiB) == 64 * kMiB);
}

TEST_CASE("where auto is too little, the reason is said") {
  weir::fake::Setup setup;
  setup.options.auto_memory = 4 * kMiB;
  const Loaded loaded = setup.load(pipeline("{}", 3));
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].message ==
        "expected 'memory' of at least 9MiB with 3 stages between source and sink, got 4MiB");
  CHECK(loaded.diagnostics[0].hint ==
        "'memory' is auto, and the container or the machine has little");
  CHECK(setup.load(pipeline("{ record: 50MiB }", 0)).diagnostics.at(0).hint ==
        "'memory' is auto, and the container or the machine has little");
}

TEST_CASE("the reserve is one record's way through all stages") {
  const auto reserve = [](const std::string& limits, int transforms) {
    return weir::fake::Setup().load(pipeline(limits, transforms)).plan->regions.front().reserve;
  };
  CHECK(reserve("{}", 0) == 17 * kMiB);
  CHECK(reserve("{ record: 1MiB }", 3) == 8 * kMiB);
}

TEST_CASE("regions share the records and the memory, and all of it") {
  const Loaded loaded = weir::fake::Setup().load(with_calls("{ records: 1001, record: 1MiB }"));
  REQUIRE(loaded.plan);
  const Regions& regions = loaded.plan->regions;
  REQUIRE(regions.size() == 3);
  CHECK(regions[RegionId(0)].records == 335);
  CHECK(regions[RegionId(1)].records == 333);
  CHECK(regions[RegionId(2)].records == 333);
  CHECK(regions[RegionId(0)].reserve == 4 * kMiB);   // source and json.parse
  CHECK(regions[RegionId(1)].reserve == 10 * kMiB);  // a call and json.parse
  CHECK(regions[RegionId(2)].reserve == 8 * kMiB);   // a call
  const std::uint64_t rest = (256 - 22) * kMiB / 3;
  CHECK(regions[RegionId(0)].memory == 4 * kMiB + rest);
  CHECK(regions[RegionId(1)].memory == 10 * kMiB + rest);
  CHECK(regions[RegionId(2)].memory == 8 * kMiB + rest);
}

TEST_CASE("the state of keys is a part of the memory that no region has") {
  const std::string keyed = "  - uses: tally\n    key: a\n";
  const auto plan_of = [&](const std::string& limits, const std::string& stage) {
    Loaded loaded = weir::fake::Setup().load(with_calls(limits, stage));
    REQUIRE(loaded.plan);
    return std::move(*loaded.plan);
  };
  const auto shared = [](const Plan& plan) {
    std::uint64_t sum = 0;
    for (const Region& region : plan.regions) sum += region.memory;
    return sum;
  };
  CHECK(plan_of("{}", "").limits.state == 0);
  const Plan by_default = plan_of("{}", keyed);
  CHECK(by_default.limits.state == 64 * kMiB);
  CHECK(shared(by_default) <= 192 * kMiB);
  CHECK(shared(by_default) > 192 * kMiB - by_default.regions.size());
  const Plan written = plan_of("{ state: 10MiB }", keyed);
  CHECK(written.limits.state == 10 * kMiB);
  CHECK(shared(written) <= 246 * kMiB);
}

TEST_CASE("the default record leaves room for the reserves of all regions") {
  const Loaded loaded = weir::fake::Setup().load(with_calls("{ memory: 64MiB }"));
  REQUIRE(loaded.plan);
  // 11 units in half of the memory.
  CHECK(loaded.plan->limits.record == 64 * kMiB / 2 / 11 - kMiB);
  for (const Region& region : loaded.plan->regions) CHECK(region.memory > region.reserve);
}

TEST_CASE("limits that the regions cannot share say what it takes") {
  const std::string two = with_calls("{ records: 2 }");
  CHECK(weir::fake::complaints(two) ==
        "p.yaml:1:20: error: expected 'records' of at least 3 with 4 stages between source and "
        "sink in 3 regions, got 2\n"
        "  limits: { records: 2 }\n"
        "                     ^\n");
  CHECK(weir::fake::Setup().load(with_calls("{ records: 3 }")).plan);
  const std::string small = with_calls("{ memory: 23MiB }");
  CHECK(weir::fake::complaints(small) ==
        "p.yaml:1:19: error: expected 'memory' of at least 24MiB with 4 stages between source and "
        "sink in 3 regions, got 23MiB\n"
        "  limits: { memory: 23MiB }\n"
        "                    ^~~~~\n"
        "  or say how large a 'record' may be\n");
  CHECK(weir::fake::Setup().load(with_calls("{ memory: 24MiB }")).plan);
  const std::string keyed = "  - uses: tally\n    key: a\n";
  CHECK(weir::fake::complaints(with_calls("{ state: 8GiB }", keyed)).find("at least") !=
        std::string::npos);
  const std::string both = with_calls("{ state: 200MiB, record: 4MiB }", keyed);
  CHECK(weir::fake::complaints(both) ==
        "p.yaml:1:34: error: a record of 4MiB and a state of 200MiB need 'memory' of at least "
        "283MiB with 5 stages between source and sink in 4 regions, got 256MiB\n"
        "  limits: { state: 200MiB, record: 4MiB }\n"
        "                                   ^~~~\n");
}

TEST_CASE("the default record shrinks so that the reserve is at most half of the memory") {
  CHECK(limits_of("{ memory: 64MiB }", 3)->record == 7 * kMiB);
  for (int transforms : {0, 1, 5, 20}) {
    const std::optional<Limits> limits = limits_of("{ memory: 256MiB }", transforms);
    REQUIRE(limits);
    CHECK(static_cast<std::uint64_t>(transforms + 1) * (limits->record + kMiB) <= 128 * kMiB);
  }
}

TEST_CASE("a record that the memory cannot hold is refused, just one that it can is not") {
  CHECK(limits_of("{ record: 61MiB, memory: 64MiB }"));
  CHECK_FALSE(limits_of("{ record: 62MiB, memory: 64MiB }"));
  CHECK(limits_of("{ record: 110MiB, memory: 256MiB }", 1));
  CHECK_FALSE(limits_of("{ record: 110MiB, memory: 256MiB }", 2));
}

TEST_CASE("a memory that no ordinary record fits in says how much it takes") {
  const std::string text = pipeline("{ memory: 4MiB }", 3);
  CHECK(weir::fake::complaints(text) ==
        "p.yaml:1:19: error: expected 'memory' of at least 9MiB with 3 stages between source and "
        "sink, got 4MiB\n"
        "  limits: { memory: 4MiB }\n"
        "                    ^~~~\n"
        "  or say how large a 'record' may be\n");
  CHECK(limits_of("{ memory: 9MiB }", 3));
}

TEST_CASE("where inputs meet there is a record for each and one more, and memory for one each") {
  const auto meeting = [](const std::string& limits) {
    return "limits: " + limits +
           "\nstages:\n  - name: one\n    uses: generate\n  - name: two\n    uses: generate\n"
           "  - uses: json.format\n    from: [one, two]\n"
           "  - uses: file.write\n    with: { path: b }\n";
  };
  CHECK(weir::fake::complaints(meeting("{ records: 4 }")) ==
        "p.yaml:1:20: error: expected 'records' of at least 5 with 1 stage between source and sink "
        "in 3 regions, got 4\n"
        "  limits: { records: 4 }\n"
        "                     ^\n"
        "  where several inputs meet it takes one for each and one more\n");
  const auto regions_of = [&](const std::string& limits) {
    const Loaded loaded = weir::fake::Setup().load(meeting(limits));
    REQUIRE(loaded.plan);
    return loaded.plan->regions;
  };
  Regions regions = regions_of("{ records: 5, record: 1MiB }");
  REQUIRE(regions.size() == 3);
  CHECK(regions[RegionId(0)].records == 1);
  CHECK(regions[RegionId(1)].records == 1);
  CHECK(regions[RegionId(2)].records == 3);
  CHECK(regions[RegionId(0)].reserve == 2 * kMiB);
  CHECK(regions[RegionId(1)].reserve == 2 * kMiB);
  CHECK(regions[RegionId(2)].reserve == 10 * kMiB);  // json.format, two ends and two inputs
  // An equal part of the rest.
  regions = regions_of("{ records: 1001 }");
  CHECK(regions[RegionId(0)].records == 333);
  CHECK(regions[RegionId(1)].records == 333);
  CHECK(regions[RegionId(2)].records == 335);
}

TEST_CASE("stages that keep something have a part of the memory for it") {
  weir::fake::Setup setup;
  setup.registry.add<weir::fake::Pass>("keep", "Keeps.").stateful();
  const Loaded loaded = setup.load(with_calls("{}", "  - uses: keep\n"));
  REQUIRE(loaded.plan);
  CHECK(loaded.plan->limits.state == 64 * kMiB);
}

TEST_CASE("all passes of a loop have as many workers, and complain once") {
  const auto looping = [](const std::string& workers) {
    return "limits: { records: 400 }\nstages:\n  - name: read\n    uses: generate\n"
           "  - name: try\n    uses: again\n    from: [read, try.retry]\n    loop: { max: 3 }\n"
           "    workers: " +
           workers + "\n  - uses: json.format\n    from: try\n" +
           "  - uses: file.write\n    with: { path: b }\n";
  };
  weir::fake::Setup setup;
  setup.registry.add<weir::fake::Delay>("again", "Waits, perhaps again.").port("retry");
  const Loaded loaded = setup.load(looping("auto"));
  REQUIRE(loaded.plan);
  int passes = 0;
  for (const PlannedStage& stage : loaded.plan->stages) {
    if (stage.name != "try") continue;
    ++passes;
    CHECK(stage.workers.max == 64);
  }
  CHECK(passes == 4);
  const Loaded greedy = setup.load(looping("300"));
  CHECK_FALSE(greedy.plan);
  CHECK(greedy.diagnostics.size() == 1);
}
