#include "weir/detail/field_finder.h"

#include <catch2/catch.hpp>

#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

/// Compares made to look up all fields of a record of that width, in an order far from its own.
std::uint64_t compared(int width, bool in_order) {
  std::uint64_t result = 0;
  Registry types;
  struct Look final : Transform {
    struct Options {
      std::vector<Field> fields;
    };
    explicit Look(const Options& options) : fields(options.fields) {}
    void process(Record& record, Call&) const override {
      detail::FieldFinder finder(record);
      std::int64_t sum = 0;
      for (const Field& field : fields) sum += finder.get(field).as_integer();
      CHECK(finder.get(Field("none")).is_null());
      CHECK(finder.get(Field("nested.b")).as_integer() == 5);
      record.set_text(std::to_string(finder.compared()) + " " + std::to_string(sum));
    }
    std::vector<Field> fields;
  };
  types.add<Look, Look::Options>("look", "Looks up fields")
      .required("fields", &Look::Options::fields, "x");
  kit::Datum record{"", {}, {}};
  std::vector<std::string> names;
  for (int i = 0; i < width; ++i) {
    record.fields.emplace_back("f" + std::to_string(i), std::to_string(i));
    const int other = in_order ? i : (i * 7919) % width;
    names.push_back("f" + std::to_string(other));
  }
  record.fields.emplace_back("nested", R"({"b":5})");
  kit::StageKit stage(types, "look", kit::map({{"fields", kit::list(names)}}));
  const auto out = stage.transform_at_every_cut({record});
  REQUIRE(out.size() == 1);
  const std::size_t blank = out[0].text.find(' ');
  CHECK(std::stoll(out[0].text.substr(blank)) == std::int64_t{width} * (width - 1) / 2);
  result = std::stoull(out[0].text);
  return result;
}

}  // namespace

TEST_CASE("looking up all fields of a record compares each once in its order") {
  CHECK(compared(1000, true) <= 1000 + 4 * 1002);
}

TEST_CASE("looking up all fields of a record is linear in any order") {
  const std::uint64_t few = compared(10'000, false);
  const std::uint64_t many = compared(40'000, false);
  CHECK(many <= 5 * few);
  CHECK(many <= 20 * 40'000);
}

}  // namespace weir::stages::test
