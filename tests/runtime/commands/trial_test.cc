#include "runtime/commands/trial.h"

#include <catch2/catch.hpp>
#include <deque>
#include <vector>

#include "graph/compile/load.h"
#include "stages/builtin.h"
#include "tests/kit/no_host.h"

namespace weir::cli::test {
namespace {

class HeapArena final : public detail::Arena {
 public:
  HeapArena() { set_budget(1 << 20); }

 protected:
  char* grow(std::size_t size) override {
    blocks_.emplace_back(size + kPadding);
    return blocks_.back().data();
  }

 private:
  std::deque<std::vector<char>> blocks_;
};

constexpr const char* kLine =
    "stages: [ { uses: file.read, with: { path: in } }, { uses: json.parse }, { uses: csv.format, "
    "with: { columns: [a] } }, { uses: file.write, with: { path: out } } ]";

/// A plan without a run.
struct Watched {
  explicit Watched(const std::string& yaml = kLine) {
    stages::add_builtin_stages(registry);
    compile::LoadOptions options;
    options.registry = &registry;
    options.expressions = &stages::expression_language();
    options.times = &stages::time_language();
    compile::Loaded loaded = load_plan(yaml, "p.yaml", options);
    for (const text::Diagnostic& d : loaded.diagnostics) UNSCOPED_INFO(render(d, yaml));
    REQUIRE(loaded.plan);
    plan = std::move(*loaded.plan);
  }

  StageId stage(const std::string& name, int pass = 1) const {
    StageId i;
    while (plan.stages[i].name != name || --pass > 0) ++i;
    return i;
  }

  /// A record that entered at `position`.
  Record record(std::uint64_t position, std::string_view text) {
    detail::RecordData& data = records.emplace_back();
    data.position = position;
    Record made(data, arena, host);
    made.set_text(text);
    return made;
  }

  Registry registry;
  compile::Plan plan;
  HeapArena arena;
  kit::NoHost host;
  std::deque<detail::RecordData> records;
};

TEST_CASE("a trial shows records before and after every stage, and how they ended") {
  Watched watched;
  Trial trial(watched.plan, 2);
  Record first = watched.record(0, R"({"a":1,"b":"x"})");
  Record second = watched.record(16, "{\"a\":");
  Record third = watched.record(22, "{}");
  for (Record* record : {&first, &second, &third}) trial.after(StageId(0), *record);
  first.set("a", 1);
  first.set("b", "x");
  trial.after(StageId(1), first);
  trial.after(StageId(1), third);
  second.fail("json", "unexpected end");
  trial.ended(StageId(1), second, "skipped");
  Record header = watched.record(0, "a,b");
  header.data().root = detail::kNoRoot;
  trial.after(StageId(2), header);
  first.set_text("1,x");
  trial.after(StageId(2), first);
  CHECK(trial.text(71, false) ==
        "parse (json.parse)\n"
        "   1  {\"a\":1,\"b\":\"x\"}                 | a=1  b=x\n"
        "   2  {\"a\":                           | (skipped: json: unexpected end)\n"
        "\n"
        "format (csv.format)\n"
        "   1  a=1  b=x                        | 1,x\n"
        "made                                  | a,b\n"
        "\n"
        "write (file.write)\n"
        "   1  1,x                             | (not written)\n"
        "made  a,b                             | (not written)\n");
}

TEST_CASE("a cell that is too long is broken, and cut after six lines") {
  Watched watched;
  Trial trial(watched.plan, 1);
  Record record = watched.record(0, std::string(100, 'x'));
  trial.after(StageId(0), record);
  const std::string text = trial.text(40, false);
  const std::string full(15, 'x');
  CHECK_THAT(text, Catch::StartsWith("parse (json.parse)\n   1  " + full + " |\n      " + full));
  CHECK_THAT(text, Catch::Contains("      " + std::string(12, 'x') + "... |\n"));
}

TEST_CASE("a trial of a graph shows before a stage what was sent to it, and dead letters") {
  Watched watched(R"(stages:
  - uses: generate
    with: { count: 9, format: ndjson }
  - uses: json.parse
    on_error: { to: rejects }
  - uses: route
    with:
      ports:
        - { port: left, where: n == 1 }
        - { port: right }
  - name: a
    uses: filter
    from: route.left
    with: { where: n }
  - name: b
    uses: filter
    from: route.right
    with: { where: n }
  - name: both
    uses: json.format
    from: [a, b]
  - uses: file.write
    with: { path: out }
  - name: rejects
    uses: file.write
    with: { path: rejects }
)");
  Trial trial(watched.plan, 3);
  Record one = watched.record(0, "{1");
  Record two = watched.record(1, "{2");
  Record bad = watched.record(2, "}");
  for (Record* record : {&one, &two, &bad}) trial.after(watched.stage("generate"), *record);
  bad.fail("json", "no");
  trial.ended(watched.stage("parse"), bad, "dead_lettered");
  two.data().port = 1;
  for (Record* record : {&one, &two}) {
    record->set("n", static_cast<std::int64_t>(record->origin().position + 1));
    trial.after(watched.stage("parse"), *record);
    trial.after(watched.stage("route"), *record);
  }
  trial.after(watched.stage("a"), one);
  trial.ended(watched.stage("b"), two, "filtered");
  one.set_text("1");
  trial.after(watched.stage("both"), one);
  const std::string text = trial.text(41, false);
  CHECK_THAT(text, Catch::Contains("parse (json.parse)\n"
                                   "   1  {1               | n=1\n"
                                   "   2  {2               | n=2\n"
                                   "   3  }                | (dead_lettered:\n"
                                   "                       | json: no)\n"));
  CHECK_THAT(text, Catch::EndsWith("\n\na (filter)\n"
                                   "   1  n=1              | n=1\n\n"
                                   "b (filter)\n"
                                   "   1  n=2              | (filtered)\n\n"
                                   "both (json.format)\n"
                                   "   1  n=1              | 1\n\n"
                                   "write (file.write)\n"
                                   "   1  1                | (not written)\n\n"
                                   "rejects (file.write)\n"
                                   "   1  }                | (not written)\n"));
}

TEST_CASE("a trial shows the passes of a loop at their stage") {
  Watched watched(R"(stages:
  - uses: generate
    with: { count: 9, format: text }
  - name: step
    uses: delay
    from: [generate, done.again]
    loop: { max: 2 }
    with: { for: 1ms }
  - name: done
    uses: route
    with:
      ports:
        - { port: again, where: record.text == "1" }
        - { port: ok }
  - uses: file.write
    from: done.ok
    with: { path: out }
)");
  Trial trial(watched.plan, 1);
  Record record = watched.record(0, "once");
  trial.after(watched.stage("generate"), record);
  trial.after(watched.stage("step"), record);
  record.set_text("again");
  trial.after(watched.stage("done"), record);
  record.set_text("twice");
  trial.after(watched.stage("step", 2), record);
  record.data().port = 1;
  trial.after(watched.stage("done", 2), record);
  CHECK(trial.text(41, false) ==
        "step (delay)\n"
        "   1  once             | once\n"
        "      again            | twice\n\n"
        "done (route)\n"
        "   1  once             | again\n"
        "      twice            | twice\n\n"
        "write (file.write)\n"
        "   1  twice            | (not written)\n");
}

}  // namespace
}  // namespace weir::cli::test
