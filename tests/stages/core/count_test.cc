#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "stages/core/core.h"
#include "tests/kit/no_host.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

constexpr auto registry = kit::types_of<core::add_count, core::add_take>;

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

TEST_CASE("a number leaves a key as the first record wrote it, and is compared by its value") {
  CHECK(count_by({"k", "n"},
                 {record({{"k", "#19.90"}, {"n", "1"}}), record({{"k", "19.9"}, {"n", "1"}}),
                  record({{"k", "#1.99e1"}, {"n", "1"}})}) ==
        std::vector<Datum>{record({{"k", "19.90"}, {"n", "1"}, {"count", "3"}})});
  CHECK(count_by({"k"}, {record({{"k", "#1E5"}}), record({{"k", "100000"}})}) ==
        std::vector<Datum>{record({{"k", "1E5"}, {"count", "2"}})});
  // A double holds neither, and both are the same one.
  CHECK(count_by({"k"}, {record({{"k", "#0.12345678901234567890"}}),
                         record({{"k", "#0.12345678901234567891"}}),
                         record({{"k", "#12345678901234567890e-20"}})}) ==
        std::vector<Datum>{record({{"k", "0.12345678901234567890"}, {"count", "2"}}),
                           record({{"k", "0.12345678901234567891"}, {"count", "1"}})});
  CHECK(count_by({"k"}, {record({{"k", "#0.30000000000000004"}}),
                         record({{"k", "0.30000000000000004"}})}) ==
        std::vector<Datum>{record({{"k", "0.30000000000000004"}, {"count", "2"}})});
  CHECK(count_by({"k"}, {record({{"k", "#-0"}}), record({{"k", "#0.00000000000000000000"}}),
                         record({{"k", "0"}})}) ==
        std::vector<Datum>{record({{"k", "-0"}, {"count", "3"}})});
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

TEST_CASE("count keeps as many keys as its key allows") {
  const auto key = [](const char* value) { return record({{"k", value}}); };
  const std::vector<Datum> input = {key("1"), key("2"), key("3"), key("1"), key("2")};
  kit::StageKit stage(registry(), "count", map({}), {"k"});
  stage.set_key_limit(2, KeyPolicy::WhenFull::error);
  const std::vector<Datum> failed = stage.transform_at_every_cut(input);
  REQUIRE(failed.size() == 3);
  CHECK(failed[0].error == "state_full: more than 2 keys");
  CHECK(failed[1] == record({{"k", "1"}, {"count", "2"}}));
  CHECK(failed[2] == record({{"k", "2"}, {"count", "2"}}));
  CHECK(stage.state_used() == 0);
}

TEST_CASE("count gives the count of a key that must go, and begins anew if it comes again") {
  const auto key = [](const char* value) { return record({{"k", value}}); };
  kit::StageKit stage(registry(), "count", map({}), {"k"});
  stage.set_key_limit(2, KeyPolicy::WhenFull::evict);
  CHECK(
      stage.transform_at_every_cut({key("1"), key("2"), key("1"), key("3"), key("1"), key("2")}) ==
      std::vector<Datum>{record({{"k", "2"}, {"count", "1"}}), record({{"k", "3"}, {"count", "1"}}),
                         record({{"k", "1"}, {"count", "3"}}),
                         record({{"k", "2"}, {"count", "1"}})});
  CHECK(stage.count("evicted") == 2);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("count charges its keys to the state and gives each back when it is out") {
  kit::StageKit stage(registry(), "count", map({}), {"k"});
  stage.set_state_limit(1000);
  std::vector<Datum> input;
  for (int i = 0; i < 20; ++i) input.push_back(record({{"k", std::to_string(i)}}));
  const std::vector<Datum> output = stage.transform_at_every_cut(input);
  REQUIRE(output.size() == 20);  // 12 of 80 bytes fit
  CHECK(output[7].error == "state_full: no room for one more key in limits.state");
  CHECK(output[8] == record({{"k", "0"}, {"count", "1"}}));
  CHECK(stage.state_used() == 0);

  // A key too long for its entry is charged with its bytes, which others may have to go for, or
  // cannot give.
  stage.set_key_limit(0, KeyPolicy::WhenFull::evict);
  const auto quoted = [](std::size_t size) { return '"' + std::string(size, 'k') + '"'; };
  input.clear();
  for (std::size_t size : {100, 101, 102, 103, 330, 700}) {
    input.push_back(record({{"k", quoted(size)}}));
  }
  const std::vector<Datum> evicted = stage.transform_at_every_cut(input);
  REQUIRE(evicted.size() == 6);
  CHECK(evicted[0] == record({{"k", quoted(100)}, {"count", "1"}}));
  CHECK(evicted[1] == record({{"k", quoted(101)}, {"count", "1"}}));
  CHECK(evicted[2].error == "state_full: no room for one more key in limits.state");
  CHECK(evicted[3] == record({{"k", quoted(102)}, {"count", "1"}}));
  CHECK(evicted[5] == record({{"k", quoted(330)}, {"count", "1"}}));
  CHECK(stage.count("evicted") == 2);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a record too big to give the counts of the keys that must go takes none of them away") {
  kit::StageKit stage(registry(), "count", map({}), {"k"});
  stage.set_key_limit(1, KeyPolicy::WhenFull::evict);
  stage.set_record_limit(2000);
  stage.open();
  const Datum big = record({{"k", '"' + std::string(1500, 'k') + '"'}});
  CHECK(stage.feed({big}).empty());
  const std::uint64_t used = stage.state_used();
  stage.set_record_limit(1000);
  REQUIRE(stage.feed({record({{"k", "1"}})}).size() == 1);
  CHECK(stage.state_used() == used);
  CHECK(stage.count("evicted") == 0);
  stage.set_record_limit(2000);
  CHECK(stage.finish() ==
        std::vector<Datum>{record({{"k", big.fields[0].second}, {"count", "1"}})});
  CHECK(stage.state_used() == 0);
}

TEST_CASE("keys come and go like those of a plain map") {
  std::mt19937 random(7);
  std::vector<Datum> input;
  std::map<std::string, int> expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string key = std::to_string(std::uniform_int_distribution<int>(0, 300)(random));
    input.push_back(record({{"k", key}}));
    ++expected[key];
  }
  kit::StageKit stage(registry(), "count", map({}), {"k"});
  stage.set_key_limit(100, KeyPolicy::WhenFull::evict);
  const std::vector<Datum> output = stage.transform_at_every_cut(input);
  CHECK(output.size() == 100 + stage.count("evicted"));
  std::map<std::string, int> sums;
  for (const Datum& datum : output)
    sums[datum.fields[0].second] += std::stoi(datum.fields[1].second);
  CHECK(sums == expected);
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
  const kit::NoHost nobody;
  Record any(data, arena, nobody);
  take.process(any, call);
  CHECK_FALSE(ended);
  take.process(any, call);
  CHECK(ended);
  CHECK(data.state == detail::RecordState::live);
  take.process(any, call);
  CHECK(data.state == detail::RecordState::dropped);
}

}  // namespace weir::stages::test
