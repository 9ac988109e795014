#include "weir/field_name.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/kit/stage_kit.h"

namespace weir {
namespace {

using kit::Datum;
using kit::StageKit;

/// Sets names from texts that are gone before the record is looked at.
struct Temporaries final : Transform {
  void process(Record& record, Call& call) const override {
    for (int i = 0; i < 3; ++i) record.set("set by a number " + std::to_string(i), i);
    record.set(Field("a field of its own"), "x");
    char buffer[24];
    std::strcpy(buffer, "in a buffer");
    record.set(buffer, true);
    record.append(std::string("append"), 1);
    record.rename("in a buffer", std::string("renamed to a longer name"));
    const std::string note = "a note of some length";
    record.set_meta(note + '!', 7);
    std::memset(buffer, '#', sizeof buffer);
    churn();
    record.set("meta", record.meta("a note of some length!"));
    Record copy = call.emit_copy(record);
    copy.set("of the copy " + std::to_string(1), 1.5);
    churn();
  }
  /// Reuses freed memory, so that a name that still points into it changes.
  static void churn() {
    for (std::size_t size = 1; size < 100; ++size) {
      const std::string other(size, '#');
      CHECK(other.back() == '#');
    }
  }
};

TEST_CASE("a field is called by what its name was when it was set") {
  Registry registry;
  registry.add<Temporaries>("temporaries", "Sets fields.");
  StageKit stage(registry, "temporaries");
  const std::vector<Datum> out = stage.transform({{"a", {{"in", "1"}}, {}}});
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"in", "1"},
      {"set by a number 0", "0"},
      {"set by a number 1", "1"},
      {"set by a number 2", "2"},
      {"a field of its own", "\"x\""},
      {"renamed to a longer name", "true"},
      {"append", "1"},
      {"meta", "7"},
      {"of the copy 1", "1.5"}};
  REQUIRE(out.size() == 1);
  CHECK(out[0].fields == fields);
}

TEST_CASE("a literal's name and a lasting one stay where they are, others are charged") {
  const std::string member = "a member of the stage";
  CHECK(FieldName("literal").lasts());
  static constexpr char kName[] = "of static storage";
  CHECK(FieldName(kName).lasts());
  CHECK(FieldName::lasting(member).lasts());
  CHECK(FieldName::lasting(member).text().data() == member.data());
  CHECK_FALSE(FieldName(member).lasts());
  CHECK_FALSE(FieldName(member.c_str()).lasts());
  CHECK_FALSE(FieldName(Field(member)).lasts());
  char buffer[] = "written to";
  CHECK_FALSE(FieldName(buffer).lasts());
}

/// Makes a record large by many names.
struct Names final : Transform {
  void process(Record& record, Call&) const override {
    for (int i = 0; i < 1000; ++i) record.set(std::string(1000, 'n') + std::to_string(i), i);
  }
};

TEST_CASE("names that are copied count against limits.record") {
  Registry registry;
  registry.add<Names>("names", "Sets fields.");
  StageKit stage(registry, "names");
  stage.set_record_limit(1 << 20);
  CHECK(stage.transform({{"a", {}, {}}}).at(0).error ==
        "too_big: the record passed limits.record in this stage");
  stage.set_record_limit(2 << 20);
  CHECK(stage.transform({{"a", {}, {}}}).at(0).fields.size() == 1000);
}

}  // namespace
}  // namespace weir
