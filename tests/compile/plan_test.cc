#include <catch2/catch.hpp>

#include "tests/compile/kit/look_alikes.h"

using namespace weir;
using namespace weir::compile;

namespace {

Plan plan_of(const weir::fake::Setup& setup, const std::string& text) {
  Loaded loaded = setup.load(text);
  INFO(weir::fake::render_all(loaded, text));
  REQUIRE(loaded.plan);
  return std::move(*loaded.plan);
}

/// Between a source of text and a sink.
std::string around(const std::string& stages) {
  return "stages:\n  - uses: file.read\n    with: { path: in }\n" + stages +
         "  - uses: file.write\n    with: { path: out }\n";
}

std::string said(const std::string& text) { return weir::fake::complaints(text); }

}  // namespace

TEST_CASE("a pipeline becomes a plan") {
  const weir::fake::Setup setup;
  const Plan plan = plan_of(setup, R"(name: demo
about: a line
limits: { records: 10, record: 1MiB, memory: 64MiB, threads: 3, drain: 1m }
stages:
  - uses: file.read
    with: { path: [a, b], framing: csv, max_record: 1MB }
  - uses: json.parse
  - name: errors
    about: some
    uses: filter
    when: record.text == "x"
    workers: 2
    on_error: keep
    with: { where: status >= 400 and user.name == "x" }
  - uses: file.write
    with: { path: out }
)");
  CHECK(plan.name == "demo");
  CHECK(plan.about == "a line");
  CHECK(plan.file == "p.yaml");
  CHECK(plan.limits.records == 10);
  CHECK(plan.limits.record == 1 << 20);
  CHECK(plan.limits.memory == 64 << 20);
  CHECK(plan.limits.threads == 3);
  CHECK(plan.limits.drain == std::chrono::minutes(1));
  REQUIRE(plan.stages.size() == 4);
  const auto& read =
      *static_cast<const weir::fake::ReadOptions*>(plan.stages[StageId(0)].options.get());
  CHECK(read.path == std::vector<std::string>{"a", "b"});
  CHECK(read.max_record->value == 1'000'000);
  const PlannedStage& errors = plan.stages[StageId(2)];
  CHECK(errors.name == "errors");
  CHECK(errors.about == "some");
  CHECK(errors.type->name == "filter");
  CHECK(errors.when.text() == "record.text == \"x\"");
  CHECK(errors.workers.min == 2);
  CHECK(errors.workers.max == 2);
  CHECK(errors.on_error.action == OnError::keep);
  CHECK(errors.named_fields == std::vector<std::string>{"status", "user"});
  CHECK(errors.mark.line == 8);
  REQUIRE(plan.regions.size() == 1);
  CHECK(plan.regions.front().segments.size() == 3);
}

TEST_CASE("every type of option is bound") {
  const weir::fake::Setup setup;
  const Plan plan = plan_of(setup, around(R"(  - uses: json.parse
  - uses: every
    with:
      flag: true
      whole: 7
      ratio: 1e-3
      text: "5"
      wait: 1h30m
      size: 64KiB
      cut: lines
      field: a.b
      maybe: yes
      numbers: 4
      labels: { a: x, b: ~x }
)"));
  const auto& every =
      *static_cast<const weir::fake::EveryOptions*>(plan.stages[StageId(2)].options.get());
  CHECK(every.flag);
  CHECK(every.whole == 7);
  CHECK(every.ratio == 0.001);
  CHECK(every.text == "5");
  CHECK(every.wait == std::chrono::minutes(90));
  CHECK(every.size.value == 65536);
  CHECK(every.cut == weir::fake::Cut::lines);
  CHECK(every.field.steps().size() == 2);
  CHECK(every.maybe == "yes");
  CHECK(every.numbers == std::vector<std::int64_t>{4});
  CHECK(every.labels.size() == 2);
  CHECK(plan.stages[StageId(2)].named_fields == std::vector<std::string>{"a"});
}

TEST_CASE("stages without a name get their type's, numbered from the second one on") {
  const weir::fake::Setup setup;
  const Plan plan = plan_of(setup, around(R"(  - uses: json.parse
  - uses: json.parse
  - uses: filter
    name: parse-3
    with: { where: a }
  - uses: json.parse
)"));
  std::vector<std::string> names;
  for (const PlannedStage& stage : plan.stages) names.push_back(stage.name);
  CHECK(names ==
        std::vector<std::string>{"read", "parse", "parse-2", "parse-3", "parse-4", "write"});
}

TEST_CASE("a source learns the framing that the next stage wants") {
  const weir::fake::Setup setup;
  const auto told = [](const Plan& plan) {
    return static_cast<const weir::fake::ReadOptions*>(plan.stages[StageId(0)].options.get())
        ->told.unit;
  };
  CHECK(told(plan_of(setup, around("  - uses: json.parse\n"))) == weir::Framing::Unit::lines);
  CHECK(told(plan_of(setup, around(""))) == weir::Framing::Unit::any);
}

TEST_CASE("a stage gets its key") {
  const weir::fake::Setup setup;
  const Plan plan = plan_of(setup, around("  - uses: json.parse\n  - uses: count\n"
                                          "    key: [host, user.name]\n"));
  const auto& count =
      *static_cast<const weir::fake::CountOptions*>(plan.stages[StageId(2)].options.get());
  REQUIRE(count.key.fields.size() == 2);
  CHECK(count.key.fields[1].name() == "user.name");
  CHECK(said(around("  - uses: count\n    key: host\n"))
            .find("'count' (count) needs fields, 'read' gives text") != std::string::npos);
}

TEST_CASE("an error of one stage brings no others about the same stage") {
  CHECK(said(around("  - uses: filter\n    with: { where: a, wher: b }\n")) ==
        "p.yaml:5:23: error: unknown option 'wher'\n"
        "      with: { where: a, wher: b }\n"
        "                        ^~~~\n"
        "  did you mean 'where'?\n");
}

TEST_CASE("behind a stage that is wrong nothing is said about kinds") {
  CHECK(said(around("  - uses: json.pars\n  - uses: filter\n    with: { where: a }\n")) ==
        "p.yaml:4:11: error: unknown stage type 'json.pars'\n"
        "    - uses: json.pars\n"
        "            ^~~~~~~~~\n"
        "  did you mean 'json.parse'? 'weir list' shows every type\n");
}

TEST_CASE("a condition may give fields or make text stale") {
  CHECK(said(around("  - uses: json.parse\n    when: record.text == \"x\"\n  - uses: filter\n"
                    "    with: { where: a }\n")) == "");
  CHECK(said(around("  - uses: json.parse\n  - uses: set\n    when: a\n    with:\n"
                    "      fields: { a: b }\n"))
            .find("fields changed after the text was made and 'write' writes the text") !=
        std::string::npos);
  CHECK(said(around("  - uses: json.parse\n  - uses: set\n    with:\n      fields: { a: b }\n"
                    "  - uses: json.format\n    when: a\n")) == "");
}

TEST_CASE("who names the text gets it as it is, also when the fields have changed") {
  const std::string changed =
      "  - uses: json.parse\n  - uses: set\n    with:\n      fields: { a: b }\n";
  CHECK(said(around(changed + "  - uses: filter\n    with: { where: record.text == \"x\" }\n"
                              "  - uses: json.format\n")) == "");
  CHECK(said(around(changed + "  - uses: json.format\n    when: record.text == \"x\"\n"
                              "  - uses: json.format\n")) == "");
}

TEST_CASE("stale text is no mistake where nobody reads it") {
  CHECK(said(around("  - uses: json.parse\n  - uses: set\n    with:\n      fields: { a: b }\n"
                    "  - uses: filter\n    with: { where: a }\n  - uses: json.format\n")) == "");
}

TEST_CASE("plugins are loaded before types are looked up") {
  weir::fake::Setup setup;
  std::vector<std::string> asked;
  setup.options.load_plugin = [&](const std::string& path, const std::string& directory) {
    asked.push_back(directory + ":" + path);
    setup.registry.add<weir::fake::Pass>("hello", "A plugin's.");
    return std::string();
  };
  const std::string text = "plugins: [libhello.so]\n" + around("  - uses: hello\n");
  CHECK(load_plan(text, "some/dir/p.yaml", setup.options).plan);
  CHECK(asked == std::vector<std::string>{"some/dir:libhello.so"});
}

TEST_CASE("a plugin that cannot be loaded is one mistake") {
  weir::fake::Setup setup;
  setup.options.load_plugin = [](const std::string&, const std::string&) {
    return std::string("cannot load it");
  };
  const std::string text = "plugins:\n  - libhello.so\n" + around("  - uses: hello.world\n");
  const Loaded loaded = setup.load(text);
  CHECK_FALSE(loaded.plan);
  CHECK(weir::fake::render_all(loaded, text) ==
        "p.yaml:2:5: error: cannot load it\n"
        "    - libhello.so\n"
        "      ^~~~~~~~~~~\n");
}

TEST_CASE("what --help shows of a file is there even if it has mistakes") {
  const PipelineHelp help = describe_pipeline(R"(name: x
about: what it does
params:
  b: { default: "${env.HOME}", about: the second letter }
  a: { about: required }
stages: 5
)",
                                              "p.yaml");
  CHECK(help.name == "x");
  CHECK(help.about == "what it does");
  REQUIRE(help.params.size() == 2);
  CHECK(help.params[0].name == "b");
  CHECK(help.params[0].about == "the second letter");
  CHECK(help.params[0].default_text == "${env.HOME}");
  CHECK_FALSE(help.params[1].default_text);
  CHECK(describe_pipeline("a: [", "p.yaml").params.empty());
}
