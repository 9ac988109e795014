#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

std::vector<std::string> texts_after(const char* count, const std::vector<Datum>& input,
                                     std::vector<std::string> key = {}) {
  Registry registry;
  core::add_skip_first(registry);
  kit::StageKit stage(registry, "skip_first", map({{"count", scalar(count)}}), std::move(key));
  std::vector<std::string> texts;
  for (const Datum& datum : stage.transform_at_every_cut(input)) texts.push_back(datum.text);
  return texts;
}

Datum of(const std::string& text, const std::string& key) { return {text, {{"k", key}}, {}}; }

}  // namespace

TEST_CASE("skip_first drops the first records and passes the others on") {
  std::vector<Datum> input;
  for (const char* text : {"a", "b", "c", "d", "e", "f", "g", "h", "i"}) {
    input.push_back({text, {}, {}});
  }
  CHECK(texts_after("0", input).size() == 9);
  CHECK(texts_after("7", input) == std::vector<std::string>{"h", "i"});
  CHECK(texts_after("8", input) == std::vector<std::string>{"i"});
  CHECK(texts_after("9", input).empty());
  CHECK(texts_after("18446744073709551615", input).empty());
}

TEST_CASE("skip_first with a key drops the first records of each key") {
  const std::vector<Datum> input = {of("a", "1"),     of("b", "2"),  of("c", "1.0"), of("d", "1"),
                                    of("e", "\"1\""), of("f", "2"),  of("g", "2"),   {"h", {}, {}},
                                    {"i", {}, {}},    {"j", {}, {}}, of("k", "null")};
  CHECK(texts_after("2", input, {"k"}) == std::vector<std::string>{"d", "g", "j", "k"});
  CHECK(texts_after("0", input, {"k"}).size() == input.size());
}

TEST_CASE("skip_first keeps as many keys as its key allows") {
  Registry registry;
  core::add_skip_first(registry);
  kit::StageKit stage(registry, "skip_first", map({{"count", scalar("1")}}), {"k"});
  const std::vector<Datum> input = {of("a", "1"), of("b", "2"), of("c", "1"),
                                    of("d", "3"), of("e", "2"), of("f", "1")};
  const auto texts = [&] {
    std::string all;
    for (const Datum& datum : stage.transform_at_every_cut(input)) {
      all += datum.error.empty() ? datum.text : "<" + datum.error + ">";
    }
    return all;
  };
  stage.set_key_limit(2, KeyPolicy::WhenFull::error);
  CHECK(texts() == "c<state_full: more than 2 keys>ef");
  CHECK(stage.state_used() == 0);
  stage.set_key_limit(2, KeyPolicy::WhenFull::evict);
  CHECK(texts() == "c");  // 2 goes for 3, then 1 for 2, then 3 for 1
  CHECK(stage.count("evicted") == 3);
  CHECK(stage.state_used() == 0);
}

}  // namespace weir::stages::test
