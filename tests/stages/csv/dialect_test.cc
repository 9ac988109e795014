#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"
#include "weir/detail/csv_delimiter.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::list;
using kit::map;
using kit::scalar;
using Fields = decltype(Datum::fields);
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto types = kit::types_of<add_csv_stages>;

Options with(Options more, std::vector<std::string> columns = {"a", "b", "c"}) {
  more.emplace_back("columns", list(std::move(columns)));
  return more;
}

std::vector<Datum> parse(Options options, const std::vector<Datum>& input) {
  return kit::StageKit(types(), "csv.parse", map(std::move(options))).transform_at_every_cut(input);
}

/// The fields of one record as "name=value", or its error; "dropped" if it has gone.
std::string parsed(const std::string& text, Options options) {
  const auto out = parse(std::move(options), {{text, {}, {}}});
  if (out.empty()) return "dropped";
  if (!out[0].error.empty()) return out[0].error;
  std::string shown;
  for (const auto& [name, value] : out[0].fields) {
    shown += (shown.empty() ? "" : " ") + name + "=" + value;
  }
  return shown;
}

std::string refused(Options options) {
  return kit::refused(types(), "csv.parse", map(std::move(options)));
}

Options option(const char* name, const char* value) { return with({{name, scalar(value)}}); }

}  // namespace

TEST_CASE("csv.parse takes any ASCII character as delimiter, and a tab by its name") {
  CHECK(parsed("1;2,;3", option("delimiter", ";")) == R"(a="1" b="2," c="3")");
  CHECK(parsed("1\t2 \t3", option("delimiter", "tab")) == R"(a="1" b="2 " c="3")");
  CHECK(parsed("1\t2\t3", option("delimiter", "\t")) == R"(a="1" b="2" c="3")");
  CHECK(parsed("1\x01\x01"
               "3",
               option("delimiter", "\x01")) == R"(a="1" b="" c="3")");
  CHECK(parsed("1 2 \" \"", option("delimiter", " ")) == R"(a="1" b="2" c=" ")");
}

TEST_CASE("csv.parse finds the delimiter in a text that no file says it of") {
  const Options automatic = option("delimiter", "auto");
  CHECK(parsed("1;2;3,4", automatic) == R"(a="1" b="2" c="3,4")");
  CHECK(parsed("\"1;;;;\"|2|3", automatic) == R"(a="1;;;;" b="2" c="3")");
  CHECK(parsed("1\t2\t3", automatic) == R"(a="1" b="2" c="3")");
  CHECK(parsed("1", with({{"delimiter", scalar("auto")}}, {"a"})) == R"(a="1")");
}

TEST_CASE("the delimiter is the most frequent of the usual ones outside quotes") {
  const auto found = [](std::string_view row, char quote = '"') {
    return std::string(1, detail::csv_delimiter_of(row, quote));
  };
  CHECK(found("") == ",");
  CHECK(found("a b:c") == ",");
  CHECK(found("a;b") == ";");
  CHECK(found("a\tb") == "\t");
  CHECK(found("a|b") == "|");
  CHECK(found("a,b;c;d") == ";");
  CHECK(found("a,b;c") == ",");  // of several the likelier one
  CHECK(found("a;b|c") == ";");
  CHECK(found("\"a;;;\",b") == ",");
  CHECK(found("\"a\"\";;;\",b") == ",");
  CHECK(found("\"a;;;") == ",");         // a quote that nothing closes
  CHECK(found("5\";6\";7,8\"") == ";");  // a quote inside a field opens none
  CHECK(found("'a;;;',b") == ";");
  CHECK(found("'a;;;',b", '\'') == ",");
  CHECK(found("\"a;;;\",b", '\0') == ";");
  CHECK(found("\"\";\"\"") == ";");
}

TEST_CASE("csv.parse takes any ASCII character as quote, or none") {
  CHECK(parsed("'a,''b',\"x\",3", option("quote", "'")) == "a=\"a,'b\" b=\"\"x\"\" c=\"3\"");
  CHECK(parsed("'1,2", option("quote", "'")) == "csv: a quote that is not closed at byte 0");
  CHECK(parsed("\"1,2\",\"", option("quote", "none")) == "a=\"\"1\" b=\"2\"\" c=\"\"\"");
  CHECK(parsed("|1;2|;|3|;4", with({{"quote", scalar("|")}, {"delimiter", scalar("auto")}})) ==
        R"(a="1;2" b="3" c="4")");
}

TEST_CASE("csv.parse takes a quote inside a bare field as data where that is asked for") {
  const Options lazy = option("lazy", "true");
  CHECK(parsed("5\",a\"b\"c,\"\"\"x\"", lazy) == "a=\"5\"\" b=\"a\"b\"c\" c=\"\"x\"");
  CHECK(parsed("\"1,2\",3,4", lazy) == R"(a="1,2" b="3" c="4")");
  CHECK(parsed("\"1\"x,2,3", lazy) ==
        "csv: expected a delimiter behind the closing quote at byte 3");
  CHECK(parsed("\"1,2,3", lazy) == "csv: a quote that is not closed at byte 0");
  CHECK(parsed("5\",2,3", with({})) == "csv: a quote in a field without quotes at byte 1");
}

TEST_CASE("csv.parse drops rows that begin as comments do") {
  const auto kept = [](const std::string& comment) {
    std::string texts;
    for (const Datum& row : parse(with({{"comment", scalar(comment)}}), {{"#1,2", {}, {}},
                                                                         {"# it's \"open", {}, {}},
                                                                         {"\"#\",2,3", {}, {}},
                                                                         {" #,2,3", {}, {}},
                                                                         {"1,#,3", {}, {}},
                                                                         {"//", {}, {}},
                                                                         {"/", {}, {}}})) {
      texts += row.text + (row.error.empty() ? ";" : "!");
    }
    return texts;
  };
  CHECK(kept("#") == "\"#\",2,3; #,2,3;1,#,3;//!/!");
  CHECK(kept("//") == "#1,2!# it's \"open!\"#\",2,3; #,2,3;1,#,3;/!");
}

TEST_CASE("csv.parse makes ragged rows fit") {
  const auto row = [](const char* ragged, const std::string& text) {
    return parsed(text, option("ragged", ragged));
  };
  CHECK(row("fill", "1") == R"(a="1" b=null c=null)");
  CHECK(row("fill", "1,2,3,4") == "csv: expected 3 columns, got 4");
  CHECK(row("cut", "1,2,3,4,\"5\"") == R"(a="1" b="2" c="3")");
  CHECK(row("cut", "1,2") == "csv: expected 3 columns, got 2");
  CHECK(row("fit", "1,2") == R"(a="1" b="2" c=null)");
  CHECK(row("fit", "1,2,3,4") == R"(a="1" b="2" c="3")");
  CHECK(row("fit", "1,2,3,\"4") == "csv: a quote that is not closed at byte 6");
  CHECK(row("fit", "") == "dropped");
  CHECK(row("error", "1,2") == "csv: expected 3 columns, got 2");
}

TEST_CASE("csv.parse gives columns of one name numbers, and those without a name the column's") {
  const auto named = [](std::vector<std::string> columns) {
    std::string text;
    for (std::size_t i = 1; i < columns.size(); ++i) text += ',';
    const auto out =
        parse(with({{"duplicates", scalar("rename")}, {"on_blank", scalar("error")}}, columns),
              {{text, {}, {}}});
    std::string names;
    for (const auto& [name, value] : out.at(0).fields) names += (names.empty() ? "" : " ") + name;
    return names;
  };
  CHECK(named({"a", "a", "b", "a"}) == "a a_2 b a_3");
  CHECK(named({"a", "a", "a_2"}) == "a a_3 a_2");
  CHECK(named({"a_2", "a", "a", "a_2"}) == "a_2 a a_3 a_2_2");
  CHECK(named({"a", "", ""}) == "a column_2 column_3");
  CHECK(named({"column_3", "x", ""}) == "column_3 x column_3_2");
  CHECK(named({"", "x", "column_1", ""}) == "column_1_2 x column_1 column_4");
  CHECK(named({"a", "b"}) == "a b");
}

TEST_CASE("csv.parse renames very many columns in linear time") {
  std::string text;
  const std::vector<std::string> columns(100'000, "a");
  for (std::size_t i = 1; i < columns.size(); ++i) text += ',';
  const auto out = parse(with({{"duplicates", scalar("rename")}}, columns), {{text, {}, {}}});
  REQUIRE(out.at(0).fields.size() == columns.size());
  CHECK(out[0].fields.back().first == "a_100000");
}

TEST_CASE("csv.parse adds to the fields that are there") {
  const Datum row = {"1,2,3", {{"b", "0"}, {"z", "9"}}, {}};
  CHECK(parse(with({}), {row}).at(0).fields ==
        Fields{{"b", "\"2\""}, {"z", "9"}, {"a", "\"1\""}, {"c", "\"3\""}});
  CHECK(parse(with({{"prefix", scalar("p_")}}), {row}).at(0).fields ==
        Fields{{"b", "0"}, {"z", "9"}, {"p_a", "\"1\""}, {"p_b", "\"2\""}, {"p_c", "\"3\""}});
  CHECK(parse(with({{"into", scalar("z")}, {"types", map({{"a", scalar("integer")}})}}), {row})
            .at(0)
            .fields == Fields{{"b", "0"}, {"z", R"({"a":1,"b":"2","c":"3"})"}});
}

TEST_CASE("csv.parse reads a field") {
  const auto field = [](Options more, const std::string& value) {
    more.emplace_back("field", scalar("f"));
    const auto out = parse(with(std::move(more), {"a", "b"}), {{"t", {{"f", value}}, {}}});
    if (out.empty()) return Fields{{"dropped", ""}};
    return out[0].error.empty() ? out[0].fields : Fields{{"error", out[0].error}};
  };
  CHECK(field({}, "\"1,2\"") == Fields{{"f", "\"1,2\""}, {"a", "\"1\""}, {"b", "\"2\""}});
  CHECK(field({{"into", scalar("f")}}, "\"1,2\"") == Fields{{"f", R"({"a":"1","b":"2"})"}});
  CHECK(field({{"ragged", scalar("fit")}}, "17") ==
        Fields{{"f", "17"}, {"a", "\"17\""}, {"b", "null"}});
  CHECK(field({}, "\"1\"") == Fields{{"error", "csv: field 'f': expected 2 columns, got 1"}});
  CHECK(field({}, "\"\"") == Fields{{"error", "csv: expected a row in 'f', got empty text"}});
  CHECK(field({{"on_missing", scalar("keep")}}, "\"\"") == Fields{{"f", "\"\""}});
  CHECK(field({{"on_missing", scalar("drop")}}, "null") == Fields{{"dropped", ""}});
  CHECK(field({{"delimiter", scalar("auto")}}, "\"1;2\"") ==
        Fields{{"f", "\"1;2\""}, {"a", "\"1\""}, {"b", "\"2\""}});
}

TEST_CASE("csv.parse refuses characters and texts that cannot be") {
  CHECK(refused(option("delimiter", "||")) == "delimiter: expected one ASCII character, got '||'");
  CHECK(refused(option("delimiter", "")) == "delimiter: expected one ASCII character, got ''");
  CHECK(refused(option("delimiter", "\xc3\xa9")) ==
        "delimiter: expected one ASCII character, got '\xc3\xa9'");
  CHECK(refused(option("delimiter", "\n")) ==
        "delimiter: expected another character than a line break or NUL");
  CHECK(refused(option("delimiter", "\"")) ==
        "delimiter: expected a 'delimiter' other than 'quote'");
  CHECK(refused(with({{"delimiter", scalar("\"")}, {"quote", scalar("none")}})) == "accepted");
  CHECK(refused(with({{"delimiter", scalar("tab")}, {"quote", scalar("\t")}})) ==
        "delimiter: expected a 'delimiter' other than 'quote'");
  CHECK(refused(option("quote", "''")) == "quote: expected one ASCII character, got ''''");
  CHECK(refused(option("quote", "\r")) ==
        "quote: expected another character than a line break or NUL");
  CHECK(refused(with({{"quote", scalar("none")}, {"lazy", scalar("true")}})) ==
        "lazy: 'quote: none' takes no 'lazy'");
  CHECK(refused(option("comment", "")) == "comment: expected 1 to 16 bytes, got 0");
  CHECK(refused(option("comment", "12345678901234567")) ==
        "comment: expected 1 to 16 bytes, got 17");
  CHECK(refused(option("comment", "1234567890123456")) == "accepted");
  CHECK(refused(option("comment", "#\n")).starts_with("comment: expected text on one line"));
  CHECK(refused({{"field", scalar("f")}}) == "field: 'field' needs 'columns'");
  CHECK(refused(with({{"field", scalar("f")}, {"header", scalar("true")}})) ==
        "header: 'field' takes no 'header: true'");
  CHECK(refused(with({{"into", scalar("f")}, {"prefix", scalar("p")}})) ==
        "prefix: 'into' takes no 'prefix'");
  CHECK(refused(with({{"duplicates", scalar("rename")}}, {"a", "a"})) == "accepted");
}

TEST_CASE("csv.parse says how rows are cut") {
  const auto framing = [](Options options) {
    return kit::StageKit(types(), "csv.parse", map(std::move(options))).framing();
  };
  const Framing plain = framing(with({}));
  CHECK((plain.unit == Framing::Unit::csv && plain.delimiter == ',' && plain.quote == '"'));
  CHECK((!plain.find_delimiter && plain.comment.empty() && !plain.header));
  const Framing all =
      framing({{"delimiter", scalar("auto")}, {"quote", scalar("none")}, {"comment", scalar("#")}});
  CHECK((all.header && all.find_delimiter && all.delimiter == '\0' && all.quote == '\0'));
  CHECK(all.comment == "#");
  CHECK(framing(option("delimiter", "tab")).delimiter == '\t');
  CHECK(framing(option("field", "f")).unit == Framing::Unit::any);
}

}  // namespace weir::stages::test
