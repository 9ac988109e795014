#include "weir/result.h"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <utility>

#include "tests/kit/stage_kit.h"

namespace weir::kit::test {

namespace {

using Fields = decltype(Datum::fields);
using Options = std::vector<std::pair<std::string, Node>>;

/// Parses `a=1,b=2`: with the members' own names, or, if `fixed`, with those that it knows.
struct PairsOptions : ResultOptions {
  bool fixed = false;
};

class Pairs final : public Transform {
 public:
  explicit Pairs(const PairsOptions& options)
      : place_(options), a_(place_.name("a")), b_(place_.name("b")), fixed_(options.fixed) {}

  void process(Record& record, Call& call) const override {
    std::string_view text;
    if (!place_.read(record, text, "pairs")) return;
    auto& result = call.scratch<ResultWriter>();
    result.begin(place_, record, fixed_ ? 2 : 0);
    bool seen[2] = {};
    while (!text.empty()) {
      const std::string_view pair = text.substr(0, text.find(','));
      text.remove_prefix(std::min(text.size(), pair.size() + 1));
      const std::size_t equal = pair.find('=');
      if (equal == std::string_view::npos) return record.fail("pairs", "expected '='", false);
      const std::string_view name = pair.substr(0, equal);
      const std::string_view value = pair.substr(equal + 1);
      if (fixed_ && !std::exchange(seen[name == "a"], true)) {
        result.put_distinct(name == "a" ? a_ : b_, value);
      } else if (fixed_) {
        result.put(name == "a" ? a_ : b_, value);
      } else {
        result.put_member(name, value);
      }
    }
    result.end();
  }

 private:
  ResultPlace place_;
  std::string a_, b_;
  bool fixed_;
};

const Registry& types() {
  static const Registry all = [] {
    Registry types;
    types.add<Pairs, PairsOptions>("pairs.parse", "Parses pairs")
        .declare(parser_options)
        .optional("fixed", &PairsOptions::fixed, "a and b only")
        .kinds(result_kinds)
        .scratch<ResultWriter>();
    return types;
  }();
  return all;
}

std::vector<Datum> parse(Options with, const std::vector<Datum>& input) {
  return StageKit(types(), "pairs.parse", map(std::move(with))).transform_at_every_cut(input);
}

/// What becomes of one record.
Datum one(Options with, const Datum& input) {
  const std::vector<Datum> out = parse(std::move(with), {input});
  return out.empty() ? Datum{"dropped", {}, {}} : out.at(0);
}

Fields fields(Options with, const Datum& input) {
  const Datum out = one(std::move(with), input);
  CHECK(out.error.empty());
  CHECK(out.text == input.text);
  return out.fields;
}

std::string refusal(Options with) { return refused(types(), "pairs.parse", map(std::move(with))); }

}  // namespace

TEST_CASE("a result goes to the top, beside the fields that are there, and last wins") {
  CHECK(fields({}, {"a=1,b=2", {}, {}}) == Fields{{"a", "\"1\""}, {"b", "\"2\""}});
  CHECK(fields({}, {"a=1,b=2,a=3", {{"b", "0"}, {"z", "9"}}, {}}) ==
        Fields{{"b", "\"2\""}, {"z", "9"}, {"a", "\"3\""}});
  CHECK(fields({{"prefix", scalar("")}}, {"a=1", {{"a", "0"}}, {}}) == Fields{{"a", "\"1\""}});
  CHECK(fields({}, {"", {{"z", "9"}}, {}}) == Fields{{"z", "9"}});
}

TEST_CASE("a prefix stands before every name, and changes no other field") {
  const Options with = {{"prefix", scalar("p_")}};
  CHECK(fields(with, {"a=1,b=2,a=3", {{"a", "0"}, {"p_b", "8"}}, {}}) ==
        Fields{{"a", "0"}, {"p_b", "\"2\""}, {"p_a", "\"3\""}});
  // The names of the first record are kept; those of others differ in number, order and length.
  const std::string longer(100, 'n');
  const auto out = parse(with, {{"a=1", {}, {}},
                                {"b=1,a=2", {}, {}},
                                {longer + "=1,a=1", {}, {}},
                                {"=1,a=2", {}, {}},
                                {"a=1,b=2,c=3", {}, {}}});
  CHECK(out[1].fields == Fields{{"p_b", "\"1\""}, {"p_a", "\"2\""}});
  CHECK(out[2].fields == Fields{{"p_" + longer, "\"1\""}, {"p_a", "\"1\""}});
  CHECK(out[3].fields == Fields{{"p_", "\"1\""}, {"p_a", "\"2\""}});
  CHECK(out[4].fields == Fields{{"p_a", "\"1\""}, {"p_b", "\"2\""}, {"p_c", "\"3\""}});
}

TEST_CASE("names that the stage has made get the prefix, too") {
  const Options with = {{"fixed", scalar("true")}, {"prefix", scalar("p_")}};
  CHECK(fields(with, {"a=1,b=2,b=3", {{"b", "0"}}, {}}) ==
        Fields{{"b", "0"}, {"p_a", "\"1\""}, {"p_b", "\"3\""}});
  CHECK(fields({{"fixed", scalar("true")}, {"into", scalar("x")}}, {"a=1", {}, {}}) ==
        Fields{{"x", R"({"a":"1"})"}});
  CHECK(fields({{"fixed", scalar("true")}}, {"b=1,a=2,b=3", {}, {}}) ==
        Fields{{"b", "\"3\""}, {"a", "\"2\""}});
  CHECK(fields({{"fixed", scalar("true")}}, {"b=1,a=2", {{"a", "0"}}, {}}) ==
        Fields{{"a", "\"2\""}, {"b", "\"1\""}});
}

TEST_CASE("'into' gives one field with the whole result as JSON") {
  const Options with = {{"into", scalar("x")}};
  CHECK(fields(with, {"a=1,b=2,a=3", {{"x", "0"}, {"z", "9"}}, {}}) ==
        Fields{{"x", R"({"a":"3","b":"2"})"}, {"z", "9"}});
  CHECK(fields(with, {"", {}, {}}) == Fields{{"x", "{}"}});
  CHECK(fields(with, {"q\"\\=\x01\t\xc3\xa9\xff", {}, {}}) ==
        Fields{{"x", "{\"q\\\"\\\\\":\"\\u0001\\t\xc3\xa9\xef\xbf\xbd\"}"}});
}

TEST_CASE("a field is read as text, also by a path into JSON") {
  const Datum input = {"text", {{"f", "\"a=1\""}, {"n", "{\"m\":\"a=2\"}"}}, {}};
  CHECK(fields({{"field", scalar("f")}}, input) ==
        Fields{{"f", "\"a=1\""}, {"n", "{\"m\":\"a=2\"}"}, {"a", "\"1\""}});
  CHECK(fields({{"field", scalar("n.m")}, {"into", scalar("f")}}, input) ==
        Fields{{"f", R"({"a":"2"})"}, {"n", "{\"m\":\"a=2\"}"}});
  CHECK(fields({{"field", scalar("f")}, {"prefix", scalar("f")}}, {"", {{"f", "\"=5\""}}, {}}) ==
        Fields{{"f", "\"5\""}});
  CHECK(one({{"field", scalar("f")}}, {"", {{"f", "17"}}, {}}).error == "pairs: expected '='");
  CHECK(one({{"field", scalar("f")}}, {"", {{"f", "true"}}, {}}).error == "pairs: expected '='");
}

TEST_CASE("'on_missing' says what becomes of a record without the field") {
  const auto with = [](const char* on_missing) {
    return Options{{"field", scalar("f")}, {"on_missing", scalar(on_missing)}};
  };
  const Datum missing = {"t", {{"z", "1"}}, {}};
  const Datum null = {"t", {{"f", "null"}}, {}};
  CHECK(one({{"field", scalar("f")}}, missing).error == "pairs: missing field 'f'");
  CHECK(one(with("error"), missing).error == "pairs: missing field 'f'");
  CHECK(one(with("error"), null).error == "pairs: expected a value in 'f', got null");
  CHECK(one({{"field", scalar("z.y")}}, missing).error == "pairs: missing field 'z.y'");
  for (const Datum& input : {missing, null}) {
    CHECK(one(with("keep"), input) == input);
    CHECK(one(with("drop"), input).text == "dropped");
  }
}

TEST_CASE("what a record that failed half way had is in no later one") {
  const Datum input = {"a=1,oops", {{"a", "0"}}, {}};
  for (const Options& with : {Options{}, Options{{"into", scalar("x")}}}) {
    const Datum out = one(with, input);
    CHECK(out.error == "pairs: expected '='");
    // The next result has nothing of it.
    CHECK(parse(with, {input, {"b=2", {}, {}}}).at(1).fields.size() == 1);
  }
}

TEST_CASE("results of very many members, and beside very many fields, take linear time") {
  constexpr int kMany = 50'000;
  std::string text;
  Fields many;
  for (int i = 0; i < kMany; ++i) {
    text += (i ? ",k" : "k") + std::to_string(i % (kMany - 1)) + "=" + std::to_string(i);
    many.emplace_back("k" + std::to_string(i), "0");
  }
  const Fields top = fields({}, {text, {{"k1", "0"}}, {}});
  CHECK(top.size() == kMany - 1);
  CHECK(top[0] == std::pair<std::string, std::string>("k1", "\"1\""));
  CHECK(top[1] == std::pair<std::string, std::string>("k0", "\"49999\""));
  const Fields wide = fields({}, {text, many, {}});
  CHECK(wide.size() == kMany);
  CHECK(wide[0].second == "\"49999\"");
  CHECK(wide.back() == std::pair<std::string, std::string>("k49999", "0"));
  CHECK(
      fields({{"into", scalar("x")}}, {text, {}, {}}).at(0).second.starts_with(R"({"k0":"49999")"));
}

TEST_CASE("a result that would pass limits.record is an error") {
  StageKit stage(types(), "pairs.parse", map({{"into", scalar("x")}}));
  stage.set_record_limit(1000);
  const auto out =
      stage.transform_at_every_cut({{"a=" + std::string(300, '\x01'), {}, {}}, {"a=1", {}, {}}});
  CHECK(out.at(0).error.starts_with("too_big"));
  CHECK(out.at(1).error.empty());
}

TEST_CASE("combinations that mean nothing are refused") {
  CHECK(refusal({{"into", scalar("")}}) == "into: expected a name, got empty text");
  CHECK(refusal({{"into", scalar("x")}, {"prefix", scalar("")}}) ==
        "prefix: 'into' takes no 'prefix'");
  CHECK(refusal({{"prefix", scalar(std::string(64, 'p'))}}) == "accepted");
  CHECK(refusal({{"prefix", scalar(std::string(65, 'p'))}}) ==
        "prefix: expected at most 64 bytes, got 65");
}

TEST_CASE("kinds follow from what is read") {
  const Kinds text = result_kinds({});
  CHECK((text.needs_text && text.gives_fields && !text.needs_fields && !text.changes_fields));
  ResultOptions options;
  options.field = Field("f");
  const Kinds field = result_kinds(options);
  CHECK((!field.needs_text && field.gives_fields && field.needs_fields && field.changes_fields));
}

}  // namespace weir::kit::test
