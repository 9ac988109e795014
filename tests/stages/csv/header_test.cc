#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "stages/csv/csv_parse.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

class Parts final : public detail::Host {
 public:
  explicit Parts(std::vector<std::string> headers) {
    // `;` instead of a header is the delimiter of a part without one.
    for (std::string& header : headers) {
      const bool delimiter = header.size() == 1 && std::string_view(",;\t|").find(header[0]) < 4;
      parts_.push_back({"file", delimiter ? "" : header, delimiter ? header[0] : '\0'});
    }
  }
  const Part& part(std::uint32_t part) const override { return parts_.at(part); }
  std::string_view stage_name(std::uint16_t) const override { return {}; }
  Value json_at(std::string_view, std::span<const std::string>, detail::Arena&) const override {
    return {};
  }

 private:
  std::vector<Part> parts_;
};

class Blocks final : public detail::Arena {
  char* grow(std::size_t size) override {
    blocks_.push_back(std::make_unique<char[]>(size + kPadding));
    return blocks_.back().get();
  }
  std::vector<std::unique_ptr<char[]>> blocks_;
};

class ScratchCall final : public Call {
 public:
  explicit ScratchCall(csv::CsvParse::Scratch& scratch) { scratch_ = &scratch; }
};

/// Parses "part:text" records with the headers of the parts.
std::vector<std::string> parsed(const std::vector<std::string>& headers,
                                const std::vector<std::pair<std::uint32_t, std::string>>& records,
                                const csv::CsvParseOptions& options = {},
                                csv::CsvParse::Scratch* kept = nullptr) {
  const Parts host(headers);
  Blocks arena;
  csv::CsvParse::Scratch own;
  ScratchCall call(kept ? *kept : own);
  const csv::CsvParse stage(options);
  std::vector<std::string> out;
  for (const auto& [part, text] : records) {
    arena.set_budget(1 << 20);
    detail::RecordData data;
    data.part = part;
    Record record(data, arena, host);
    record.set_text(text);
    std::string shown;
    try {
      stage.process(record, call);
      for (std::uint32_t i = 0; i < record.field_count(); ++i) {
        shown += (i ? " " : "") + std::string(record.field(i).name) + "=" +
                 kit::show(record.field(i).value);
      }
    } catch (const Error& e) {
      shown = e.kind() + ": " + e.what();
    }
    out.push_back(shown);
  }
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("csv.parse takes the names from each part's header") {
  CHECK(parsed({"a,b", "c,\"d \"\"e\"\"\"\r\n", "\xef\xbb\xbfx,y"},
               {{0, "1,2"}, {1, "3,4"}, {0, "5,6"}, {2, "7,8"}}) ==
        Lines{R"(a="1" b="2")", R"(c="3" d "e"="4")", R"(a="5" b="6")", R"(x="7" y="8")"});
}

TEST_CASE("csv.parse with columns ignores the header that was taken off") {
  csv::CsvParseOptions options;
  options.columns = {"p", "q"};
  options.header = true;
  CHECK(parsed({"a,b"}, {{0, "1,2"}}, options) == Lines{R"(p="1" q="2")"});
}

TEST_CASE("csv.parse takes the delimiter from each part's header, or as the source has found it") {
  csv::CsvParseOptions options;
  options.delimiter = "auto";
  const std::vector<std::pair<std::uint32_t, std::string>> records = {
      {0, "1;2,2"}, {1, "1;2,2"}, {2, "1|2"}, {0, "3;4"}};
  CHECK(parsed({"a;b", "a,b", "\"x,,\"|y"}, records, options) ==
        Lines{R"(a="1" b="2,2")", R"(a="1;2" b="2")", R"(x,,="1" y="2")", R"(a="3" b="4")"});
  options.columns = {"p", "q"};
  CHECK(parsed({";", ",", "|"}, records, options) ==
        Lines{R"(p="1" q="2,2")", R"(p="1;2" q="2")", R"(p="1" q="2")", R"(p="3" q="4")"});
  options.header = true;
  CHECK(parsed({"a;b", "a,b", "x|y"}, records, options) ==
        Lines{R"(p="1" q="2,2")", R"(p="1;2" q="2")", R"(p="1" q="2")", R"(p="3" q="4")"});
}

TEST_CASE("csv.parse makes a header's names unique where that is asked for") {
  csv::CsvParseOptions options;
  options.duplicates = csv::Duplicates::rename;
  options.prefix = "p_";
  options.types = {{"a_2", FieldType::integer}};
  CHECK(parsed({"a,a,"}, {{0, "1,2,3"}}, options) == Lines{R"(p_a="1" p_a_2=2 p_column_3="3")"});
}

TEST_CASE("csv.parse reads headers with the quote that it is told") {
  csv::CsvParseOptions options;
  options.quote = "'";
  CHECK(parsed({"'a,''b',\"c\""}, {{0, "1,2"}}, options) == Lines{"a,'b=\"1\" \"c\"=\"2\""});
  options.quote = "none";
  CHECK(parsed({"'a',\"b"}, {{0, "1,2"}}, options) == Lines{"'a'=\"1\" \"b=\"2\""});
}

TEST_CASE("csv.parse reads a header once, and keeps it for records that went on") {
  csv::CsvParse::Scratch scratch;
  parsed({"a,b", "c", "a,b", "c"}, {{0, "1,2"}, {1, "3"}, {2, "4,5"}, {3, "6"}, {0, "7,8"}}, {},
         &scratch);
  CHECK(scratch.known.size() == 2);
}

TEST_CASE("csv.parse says what is wrong with a header") {
  CHECK(parsed({""}, {{0, "1"}}) == Lines{"csv: no header: 'columns' can name the columns"});
  CHECK(parsed({"a,b,a"}, {{0, "1"}}) == Lines{"csv: header: duplicate column 'a'"});
  CHECK(parsed({"a,\"b"}, {{0, "1"}}) ==
        Lines{"csv: header: a quote that is not closed at byte 2"});
  csv::CsvParseOptions options;
  options.types = {{"z", FieldType::number}};
  CHECK(parsed({"a,b"}, {{0, "1,2"}}, options) ==
        Lines{"csv: 'types' names the column 'z', which the header does not have"});
}

}  // namespace weir::stages::test
