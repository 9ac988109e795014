#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

class TestArena final : public detail::Arena {
 public:
  TestArena() { set_budget(1 << 20); }

 private:
  char* grow(std::size_t size) override {
    blocks_.push_back(std::make_unique<char[]>(size + kPadding));
    return blocks_.back().get();
  }
  std::vector<std::unique_ptr<char[]>> blocks_;
};

std::string at(const std::string& json, const std::vector<std::string>& steps) {
  TestArena arena;
  return kit::show(json_at(json, steps, arena));
}

}  // namespace

TEST_CASE("json_at finds members and elements") {
  const std::string json =
      R"( {"a": {"b" : [1, -2.5, "x", null, [true]], "c\u0041":"\u00e9"}, "d":{}} )";
  CHECK(at(json, {"a", "b", "0"}) == "1");
  CHECK(at(json, {"a", "b", "1"}) == "-2.5");
  CHECK(at(json, {"a", "b", "2"}) == "\"x\"");
  CHECK(at(json, {"a", "b", "3"}) == "null");
  CHECK(at(json, {"a", "b", "4"}) == "[true]");
  CHECK(at(json, {"a", "b", "4", "0"}) == "true");
  CHECK(at(json, {"a", "cA"}) == "\"é\"");
  CHECK(at(json, {"d"}) == "{}");
  CHECK(at(json, {}) == json.substr(1, json.size() - 2));
  CHECK(at(R"({"a":1,"a":2})", {"a"}) == "2");
  CHECK(at(R"({"a":18446744073709551615})", {"a"}) == "18446744073709551615");
}

TEST_CASE("json_at gives null for what is not there") {
  const std::string json = R"({"a":[1],"b":"x"})";
  CHECK(at(json, {"c"}) == "null");
  CHECK(at(json, {"a", "1"}) == "null");
  CHECK(at(json, {"a", "x"}) == "null");
  CHECK(at(json, {"a", "-1"}) == "null");
  CHECK(at(json, {"a", "99999999999999999999"}) == "null");
  CHECK(at(json, {"b", "x"}) == "null");
  CHECK(at("{}", {"a"}) == "null");
  CHECK(at("[]", {"0"}) == "null");
}

TEST_CASE("json_at stays inside of JSON that is none") {
  const std::string json = R"({"a":{"b":[1,"x\"y",{"c":"\u0041"}]},"d":tru})";
  for (std::size_t size = 0; size < json.size(); ++size) {
    const auto cut = std::make_unique<char[]>(size);  // so that a sanitizer sees its end
    std::copy_n(json.data(), size, cut.get());
    TestArena arena;
    for (const std::vector<std::string>& steps :
         {std::vector<std::string>{"a", "b", "2", "c"}, {"a", "b", "1"}, {"d"}, {"a"}}) {
      json_at({cut.get(), size}, steps, arena);
    }
  }
  CHECK(at("{\"a\":tru}", {"a"}) == "null");
  CHECK(at("{\"a\" 1}", {"a"}) == "null");
  CHECK(at("{\"a\":\"\\", {"a"}) == "null");
}

}  // namespace weir::stages::test
