#include <catch2/catch.hpp>
#include <random>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::list;
using kit::map;
using kit::scalar;

constexpr auto types = kit::types_of<add_csv_stages>;

std::vector<std::string> format(const std::vector<Datum>& records, Node with) {
  kit::StageKit stage(types(), "csv.format", std::move(with));
  std::vector<std::string> lines;
  for (const Datum& out : stage.transform_at_every_cut(records)) lines.push_back(out.text);
  return lines;
}

std::string random_text(std::mt19937& random) {
  static constexpr std::string_view kBytes = "ab ,\"\n\r;\tx";
  std::string text;
  for (std::size_t n = random() % 20; n > 0; --n) text += kBytes[random() % kBytes.size()];
  return text;
}

}  // namespace

TEST_CASE("csv.format writes a number that nobody changed as it came") {
  const Datum record{"", {{"a", "#19.90"}, {"b", "#1E5"}}, {}};
  CHECK(format({record}, map({{"columns", list({"a", "b"})}})).at(1) == "19.90,1E5");
  CHECK(format({record}, map({{"columns", list({"a", "b"})}, {"delimiter", scalar(".")}})).at(1) ==
        "\"19.90\".1E5");
}

TEST_CASE("csv.format writes a header and a line for each record") {
  const std::vector<Datum> records = {
      {"", {{"s", "200"}, {"p", "\"/a\""}, {"t", "true"}, {"r", "2.50"}}, {}},
      {"", {{"p", "null"}, {"x", "1"}}, {}}};
  CHECK(format(records, map({{"columns", list({"p", "s", "t", "r"})}})) ==
        std::vector<std::string>{"p,s,t,r", "/a,200,true,2.5", ",,,"});
  CHECK(format(records, map({{"columns", list({"p", "s"})},
                             {"header", scalar("false")},
                             {"delimiter", scalar("\t")}})) ==
        std::vector<std::string>{"/a\t200", "\t"});
  CHECK(format({}, map({{"columns", list({"p", "q"})}})) == std::vector<std::string>{"p,q"});
}

TEST_CASE("csv.format quotes what must be quoted, and nothing else") {
  const auto one = [](const std::string& text, const std::string& delimiter = ",") {
    return format({{"", {{"a", '"' + text + '"'}, {"b", "1"}}, {}}},
                  map({{"columns", list({"a", "b"})},
                       {"header", scalar("false")},
                       {"delimiter", scalar(delimiter)}}))
        .at(0);
  };
  CHECK(one("plain text of some length") == "plain text of some length,1");
  CHECK(one(" spaces ") == " spaces ,1");
  CHECK(one("a,b") == "\"a,b\",1");
  CHECK(one("a,b", ";") == "a,b;1");
  CHECK(one("a;b", ";") == "\"a;b\";1");
  CHECK(one("a\"b") == "\"a\"\"b\",1");
  CHECK(one("a\nb") == "\"a\nb\",1");
  CHECK(one("a\rb") == "\"a\rb\",1");
  CHECK(one("") == ",1");
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = ',';
      CHECK(one(text) == '"' + text + "\",1");
    }
  }
  CHECK(format({{"", {{"j", "[1,2]"}}, {}}}, map({{"columns", list({"j"})}})).at(1) == "\"[1,2]\"");
}

TEST_CASE("csv.format quotes names in the header, and a lone empty value") {
  const auto lines = format({{"", {}, {}}}, map({{"columns", list({"a,b"})}}));
  CHECK(lines == std::vector<std::string>{"\"a,b\"", "\"\""});
}

TEST_CASE("csv.format reads paths into nested JSON") {
  CHECK(format({{"", {{"user", "{\"name\": \"x\", \"tags\": [1, 2]}"}}, {}}},
               map({{"columns", list({"user.name", "user.tags.1", "user.none"})}})) ==
        std::vector<std::string>{"user.name,user.tags.1,user.none", "x,2,"});
}

TEST_CASE("csv.format refuses what would be no CSV") {
  CHECK_THROWS_WITH(format({}, map({})), "missing option 'columns'");
  CHECK_THROWS_WITH(format({}, map({{"columns", list({})}})),
                    "expected at least one column, got none");
  CHECK_THROWS_WITH(format({}, map({{"columns", list({"a"})}, {"delimiter", scalar("")}})),
                    "expected one ASCII character, got ''");
}

TEST_CASE("csv.format quotes with the character that it is told, everything if it is told so") {
  const std::vector<Datum> records = {
      {"", {{"a", "\"it's\""}, {"b", "1"}, {"c", "null"}, {"d", "true"}, {"e", "\"\""}}, {}}};
  const auto with = [](const char* quote, const char* quoting, const char* delimiter = ",") {
    return map({{"columns", list({"a", "b", "c", "d", "e"})},
                {"quote", scalar(quote)},
                {"quoting", scalar(quoting)},
                {"delimiter", scalar(delimiter)}});
  };
  CHECK(format(records, with("'", "needed")) ==
        std::vector<std::string>{"a,b,c,d,e", "'it''s',1,,true,"});
  CHECK(format(records, with("\"", "always")) ==
        std::vector<std::string>{R"("a","b","c","d","e")", R"("it's","1","","true","")"});
  CHECK(format(records, with("\"", "needed", "tab")).at(0) == "a\tb\tc\td\te");
  CHECK(format({{"", {{"a", "null"}}, {}}},
               map({{"columns", list({"a"})}, {"quote", scalar("'")}})) ==
        std::vector<std::string>{"a", "''"});
}

TEST_CASE("csv.format quotes a number in which the delimiter or the quote stands") {
  const std::vector<Datum> records = {{"", {{"a", "-1121"}, {"b", "0.5"}, {"c", "\"-\""}}, {}}};
  const auto line = [&](const char* delimiter, const char* quote) {
    return format(records, map({{"columns", list({"a", "b", "c"})},
                                {"header", scalar("false")},
                                {"delimiter", scalar(delimiter)},
                                {"quote", scalar(quote)}}))
        .at(0);
  };
  CHECK(line("-", "\"") == "\"-1121\"-0.5-\"-\"");
  CHECK(line(",", "1") == "1-11112111,0.5,-");
  CHECK(line("5", "'") == "-11215'0.5'5-");
}

TEST_CASE("csv.format without quotes fails what would need them, and nothing else") {
  const auto with = [](const char* option, const char* value) {
    return map({{"columns", list({"a", "b"})}, {"quote", scalar("none")}, {option, scalar(value)}});
  };
  kit::StageKit stage(types(), "csv.format", with("header", "false"));
  const auto out = stage.transform_at_every_cut({{"", {{"a", "\"x\"\""}, {"b", "\"'\""}}, {}},
                                                 {"", {{"a", "\"x,y\""}}, {}},
                                                 {"", {{"b", "\"x\ny\""}}, {}},
                                                 {"", {{"b", "\"x\ry\""}}, {}},
                                                 {"", {}, {}}});
  CHECK(out[0].text == "x\",'");
  CHECK(out[1].error ==
        "csv: column 'a': expected text without delimiter and line break, since 'quote: none' "
        "quotes nothing, got 'x,y'");
  CHECK(out[2].error.starts_with("csv: column 'b': "));
  CHECK(out[3].error.starts_with("csv: column 'b': "));
  CHECK(out[4].text == ",");
  CHECK(format({{"", {}, {}}}, map({{"columns", list({"a"})}, {"quote", scalar("none")}})) ==
        std::vector<std::string>{"a", ""});
  const auto refused = [](Node options) {
    return kit::refused(types(), "csv.format", std::move(options));
  };
  CHECK(refused(with("quoting", "always")) == "quoting: 'quote: none' takes no 'quoting: always'");
  CHECK(refused(with("delimiter", "a")).starts_with("columns: column 'a': expected text without"));
  CHECK(refused(with("delimiter", "auto")) ==
        "delimiter: expected one ASCII character, got 'auto'");
  CHECK(refused(
            map({{"columns", list({"a"})}, {"delimiter", scalar("'")}, {"quote", scalar("'")}})) ==
        "delimiter: expected a 'delimiter' other than 'quote'");
}

TEST_CASE("csv.parse of csv.format gives the fields back") {
  std::mt19937 random(99);
  for (const std::string delimiter : {",", ";", "\t"}) {
    std::vector<Datum> records;
    for (int i = 0; i < 500; ++i) {
      records.push_back({"", {}, {}});
      for (const char* name : {"a", "b", "c"}) {
        records.back().fields.emplace_back(name, '"' + random_text(random) + '"');
      }
    }
    kit::StageKit format(types(), "csv.format",
                         map({{"columns", list({"a", "b", "c"})},
                              {"header", scalar("false")},
                              {"delimiter", scalar(delimiter)}}));
    kit::StageKit parse(
        types(), "csv.parse",
        map({{"columns", list({"a", "b", "c"})}, {"delimiter", scalar(delimiter)}}));
    const auto lines = format.transform_at_every_cut(records);
    const auto again = parse.transform_at_every_cut(lines);
    for (std::size_t i = 0; i < records.size(); ++i) {
      INFO(lines[i].text);
      CHECK(again[i].error.empty());
      CHECK(again[i].fields == records[i].fields);
    }
  }
}

}  // namespace weir::stages::test
