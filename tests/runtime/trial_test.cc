#include "runtime/trial.h"

#include <catch2/catch.hpp>
#include <deque>
#include <vector>

#include "stages/builtin.h"

namespace weir {
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

class NoHost final : public detail::Host {
 public:
  const Part& part(std::uint32_t) const override { return part_; }
  std::uint32_t source() const override { return 0; }
  std::string_view stage_name(std::uint16_t) const override { return "stage"; }
  Value json_at(std::string_view, std::span<const std::string>, detail::Arena&) const override {
    return {};
  }

 private:
  Part part_;
};

/// file.read, json.parse, csv.format, file.write, as a plan without a run.
struct Watched {
  Watched() {
    add_builtin_stages(registry);
    for (const char* type : {"file.read", "json.parse", "csv.format", "file.write"}) {
      PlannedStage stage;
      stage.type = registry.find(type);
      stage.name = std::string(type).substr(std::string(type).find('.') + 1);
      stage.options = stage.type->make_options();
      plan.stages.push_back(std::move(stage));
    }
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
  Plan plan;
  HeapArena arena;
  NoHost host;
  std::deque<detail::RecordData> records;
};

TEST_CASE("a trial shows records before and after every stage, and how they ended") {
  Watched watched;
  Trial trial(watched.plan, 2);
  Record first = watched.record(0, R"({"a":1,"b":"x"})");
  Record second = watched.record(16, "{\"a\":");
  Record third = watched.record(22, "{}");
  for (Record* record : {&first, &second, &third}) trial.after(0, *record);
  first.set("a", 1);
  first.set("b", "x");
  trial.after(1, first);
  trial.after(1, third);
  second.fail("json", "unexpected end");
  trial.ended(1, second, "skipped");
  Record header = watched.record(0, "a,b");
  header.data().root = detail::kNoRoot;
  trial.after(2, header);
  first.set_text("1,x");
  trial.after(2, first);
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
  trial.after(0, record);
  const std::string text = trial.text(40, false);
  const std::string full(15, 'x');
  CHECK_THAT(text, Catch::StartsWith("parse (json.parse)\n   1  " + full + " |\n      " + full));
  CHECK_THAT(text, Catch::Contains("      " + std::string(12, 'x') + "... |\n"));
}

}  // namespace
}  // namespace weir
