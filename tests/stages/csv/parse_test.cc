#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::list;
using kit::map;
using kit::scalar;

constexpr auto types = kit::types_of<add_csv_stages>;

/// The fields of one record as "name=value", or its error.
std::string parsed(const std::string& text, Node with) {
  kit::StageKit stage(types(), "csv.parse", std::move(with));
  const Datum out = stage.transform_at_every_cut({{text, {}, {}}}).at(0);
  if (!out.error.empty()) return out.error;
  std::string shown;
  for (const auto& [name, value] : out.fields) {
    shown += (shown.empty() ? "" : " ") + name + "=" + value;
  }
  return shown;
}

std::string parsed(const std::string& text) {
  return parsed(text, map({{"columns", list({"a", "b", "c"})}}));
}

}  // namespace

TEST_CASE("csv.parse makes a field of each column") {
  CHECK(parsed("1,x y,") == R"(a="1" b="x y" c="")");
  CHECK(parsed(",,") == R"(a="" b="" c="")");
  CHECK(parsed(" 1 , 2,3 ") == R"(a=" 1 " b=" 2" c="3 ")");
  CHECK(parsed("1;2;3", map({{"columns", list({"a", "b", "c"})}, {"delimiter", scalar(";")}})) ==
        R"(a="1" b="2" c="3")");
  CHECK(parsed("", map({{"columns", list({"a"})}})) == R"(a="")");
}

TEST_CASE("csv.parse understands quotes as RFC 4180 has them") {
  CHECK(parsed(R"("a,b","c""d","")") == R"(a="a,b" b="c"d" c="")");
  CHECK(parsed("\"x\ny\",\"\"\"\",\"a\r\nb\"") == "a=\"x\ny\" b=\"\"\" c=\"a\r\nb\"");
  CHECK(parsed(R"(1,"2",3)") == R"(a="1" b="2" c="3")");
  CHECK(parsed(R"("a""""b",2,"""")") == R"(a="a""b" b="2" c=""")");
}

TEST_CASE("csv.parse says where quotes are wrong") {
  CHECK(parsed(R"(1,"2,3)") == "csv: a quote that is not closed at byte 2");
  CHECK(parsed(R"(1,"2"")") == "csv: a quote that is not closed at byte 2");
  CHECK(parsed(R"(1,2"x,3)") == "csv: a quote in a field without quotes at byte 3");
  CHECK(parsed(R"("1"x,2,3)") == "csv: expected a delimiter behind the closing quote at byte 3");
  CHECK(parsed(R"(1,"2" ,3)") == "csv: expected a delimiter behind the closing quote at byte 5");
}

TEST_CASE("csv.parse has an error for missing and surplus columns") {
  CHECK(parsed("1,2") == "csv: expected 3 columns, got 2");
  CHECK(parsed("1,2,3,4,5") == "csv: expected 3 columns, got 5");
  CHECK(parsed(" ") == "csv: expected 3 columns, got 1");
  const Node fill = map({{"columns", list({"a", "b", "c"})}, {"ragged", scalar("fill")}});
  CHECK(parsed("1", fill) == R"(a="1" b=null c=null)");
  CHECK(parsed("1,2,3,4", fill) == "csv: expected 3 columns, got 4");
}

TEST_CASE("csv.parse drops a record without text, or fails it where that is asked for") {
  const std::vector<Datum> rows = {{"1,2", {}, {}}, {"", {}, {}}, {"3,4", {}, {}}};
  const auto parse = [&](Node with) {
    return kit::StageKit(types(), "csv.parse", std::move(with)).transform_at_every_cut(rows);
  };
  CHECK(parse(map({{"columns", list({"a", "b"})}})).size() == 2);
  const auto out = parse(map({{"columns", list({"a", "b"})}, {"on_blank", scalar("error")}}));
  REQUIRE(out.size() == 3);
  CHECK(out[1].error == "csv: expected 2 columns, got 1");
  CHECK(parsed("", map({{"columns", list({"a"})}})) == "a=\"\"");
}

TEST_CASE("csv.parse makes columns what types says") {
  const Node with = map({{"columns", list({"n", "i", "b", "t"})},
                         {"types", map({{"n", scalar("number")},
                                        {"i", scalar("integer")},
                                        {"b", scalar("boolean")},
                                        {"t", scalar("text")}})}});
  CHECK(parsed("1.5,-7,true,01", with) == R"(n=1.5 i=-7 b=true t="01")");
  CHECK(parsed("200,9223372036854775807,false,\"\"", with) ==
        R"(n=200 i=9223372036854775807 b=false t="")");
  CHECK(parsed(",,,", with) == R"(n=null i=null b=null t="")");
  CHECK(parsed("1e3,\"5\",true,x", with) == R"(n=1e3 i=5 b=true t="x")");
  CHECK(parsed("19.90,1,true,x", with) == R"(n=19.90 i=1 b=true t="x")");
  CHECK(parsed("123456789012345678901234567890,1,true,x", with) ==
        R"(n=123456789012345678901234567890 i=1 b=true t="x")");
  CHECK(parsed("007.50,007,true,x", with) == R"(n=7.5 i=7 b=true t="x")");
  CHECK(parsed("x1,1,true,", with) == "csv: column 'n': expected a number, got 'x1'");
  CHECK(parsed("1,1.5,true,", with) == "csv: column 'i': expected an integer, got '1.5'");
  CHECK(parsed("1,1,yes,", with) == "csv: column 'b': expected a boolean, got 'yes'");
  CHECK(parsed("inf,1,true,", with) == "csv: column 'n': expected a number, got 'inf'");
  CHECK(parsed("1,9223372036854775808,true,", with) ==
        "csv: column 'i': expected an integer, got '9223372036854775808'");
}

TEST_CASE("csv.parse wants a header where no columns are named") {
  CHECK(parsed("1,2", map({})) == "csv: no header: 'columns' can name the columns");
}

TEST_CASE("csv.parse refuses options that do not go together") {
  const auto refused = [](Node with) {
    try {
      kit::StageKit(types(), "csv.parse", std::move(with));
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  CHECK(refused(map({{"header", scalar("false")}})) == "expected 'columns' beside 'header: false'");
  CHECK(refused(map({{"columns", list({"a", "b", "a"})}})) == "duplicate column 'a'");
  CHECK(refused(map({{"delimiter", scalar(", ")}})) == "expected one ASCII character, got ', '");
  CHECK(refused(map({{"delimiter", scalar("\"")}})) == "expected a 'delimiter' other than 'quote'");
  CHECK(refused(map({{"columns", list({"a"})}, {"types", map({{"b", scalar("number")}})}})) ==
        "unknown column 'b'");
}

TEST_CASE("csv.parse asks for CSV framing, with a header unless columns are named") {
  kit::StageKit with_header(types(), "csv.parse", map({{"delimiter", scalar(";")}}));
  CHECK(with_header.framing().unit == Framing::Unit::csv);
  CHECK(with_header.framing().header);
  CHECK(with_header.framing().delimiter == ';');
  kit::StageKit named(types(), "csv.parse", map({{"columns", list({"a"})}}));
  CHECK_FALSE(named.framing().header);
  kit::StageKit both(types(), "csv.parse",
                     map({{"columns", list({"a"})}, {"header", scalar("true")}}));
  CHECK(both.framing().header);
}

}  // namespace weir::stages::test
