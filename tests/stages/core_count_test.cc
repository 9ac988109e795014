#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"
#include "tests/stages/no_host.h"

namespace weir {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

const Registry& registry() {
  static const Registry types = [] {
    Registry result;
    add_count(result);
    add_take(result);
    return result;
  }();
  return types;
}

Datum record(std::vector<std::pair<std::string, std::string>> fields) {
  return {"", std::move(fields), {}};
}

std::vector<Datum> count_by(std::vector<std::string> key, const std::vector<Datum>& input) {
  kit::StageKit stage(registry(), "count", map({}), std::move(key));
  return stage.transform_at_every_cut(input);
}

}  // namespace

TEST_CASE("count gives one record with the number of records") {
  CHECK(count_by({}, std::vector<Datum>(23, record({{"a", "1"}}))) ==
        std::vector<Datum>{record({{"count", "23"}})});
  CHECK(count_by({}, {}) == std::vector<Datum>{record({{"count", "0"}})});
}

TEST_CASE("count with a key gives a record for each key in order of first appearance") {
  CHECK(count_by({"s"}, {record({{"s", "404"}, {"x", "1"}}), record({{"s", "200"}}),
                         record({{"s", "404"}})}) ==
        std::vector<Datum>{record({{"s", "404"}, {"count", "2"}}),
                           record({{"s", "200"}, {"count", "1"}})});
  CHECK(count_by({"s"}, {}).empty());
}

TEST_CASE("a key of several fields is compared field by field") {
  CHECK(count_by({"a", "b"}, {record({{"a", "\"x\""}, {"b", "\"yz\""}}),
                              record({{"a", "\"xy\""}, {"b", "\"z\""}}),
                              record({{"a", "\"x\""}, {"b", "\"yz\""}})}) ==
        std::vector<Datum>{record({{"a", "\"x\""}, {"b", "\"yz\""}, {"count", "2"}}),
                           record({{"a", "\"xy\""}, {"b", "\"z\""}, {"count", "1"}})});
}

TEST_CASE("keys of every type are told apart, equal numbers are not, missing is null") {
  CHECK(count_by({"k"}, {record({{"k", "1"}}), record({{"k", "1.0"}}), record({{"k", "\"1\""}}),
                         record({{"k", "true"}}), record({{"k", "0.5"}}), record({{"k", "[1]"}}),
                         record({{"k", "\"[1]\""}}), record({{"k", "null"}}), record({})}) ==
        std::vector<Datum>{
            record({{"k", "1"}, {"count", "2"}}), record({{"k", "\"1\""}, {"count", "1"}}),
            record({{"k", "true"}, {"count", "1"}}), record({{"k", "0.5"}, {"count", "1"}}),
            record({{"k", "[1]"}, {"count", "1"}}), record({{"k", "\"[1]\""}, {"count", "1"}}),
            record({{"k", "null"}, {"count", "2"}})});
}

TEST_CASE("many keys come out piece by piece and complete") {
  std::vector<Datum> input;
  std::vector<Datum> expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string key =
        '"' + std::string(static_cast<std::size_t>(i % 40), 'k') + std::to_string(i) + '"';
    input.push_back(record({{"k", key}}));
    expected.push_back(record({{"k", key}, {"count", i < 500 ? "2" : "1"}}));
  }
  for (int i = 0; i < 500; ++i) input.push_back(input[static_cast<std::size_t>(i)]);
  CHECK(count_by({"k"}, input) == expected);
}

TEST_CASE("count puts its number where 'into' says") {
  kit::StageKit stage(registry(), "count", map({{"into", scalar("n")}}));
  CHECK(stage.transform_at_every_cut({record({})}) == std::vector<Datum>{record({{"n", "1"}})});
  CHECK_THROWS_WITH(kit::StageKit(registry(), "count", map({{"into", scalar("s")}}), {"s"}),
                    "duplicate field 's'");
}

TEST_CASE("take keeps the first records") {
  std::vector<Datum> input;
  for (int i = 0; i < 10; ++i) input.push_back(record({{"i", std::to_string(i)}}));
  const auto take = [&](const char* count) {
    kit::StageKit stage(registry(), "take", map({{"count", scalar(count)}}));
    return stage.transform_at_every_cut(input).size();
  };
  CHECK(take("0") == 0);
  CHECK(take("3") == 3);
  CHECK(take("10") == 10);
  CHECK(take("11") == 10);
}

namespace {

struct ByHand : Call {
  explicit ByHand(bool& ended) { end_input_ = &ended; }
};

}  // namespace

TEST_CASE("take ends the input with the last record that it keeps") {
  kit::StageKit stage(registry(), "take", map({{"count", scalar("2")}}));
  auto& take = dynamic_cast<SerialTransform&>(stage.stage());
  bool ended = false;
  ByHand call(ended);
  struct Nothing final : detail::Arena {
    char* grow(std::size_t) override { throw detail::OutOfMemory(); }
  } arena;
  detail::RecordData data;
  const NoHost nobody;
  Record any(data, arena, nobody);
  take.process(any, call);
  CHECK_FALSE(ended);
  take.process(any, call);
  CHECK(ended);
  CHECK(data.state == detail::RecordState::live);
  take.process(any, call);
  CHECK(data.state == detail::RecordState::dropped);
}

}  // namespace weir
