#include <catch2/catch.hpp>

#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

std::vector<Line> rows(const std::string& path) {
  return read_lines(with({{"path", path}, {"framing", "csv"}}));
}

/// The oracle: byte by byte, a quote opens only at the start of a field.
std::vector<Line> cut_csv(const std::string& content) {
  std::vector<Line> lines;
  std::size_t begin = 0;
  bool quoted = false;
  bool field_start = true;
  const auto end_row = [&](std::size_t end) {
    std::string text = content.substr(begin, end - begin);
    if (end < content.size() && text.ends_with('\r')) text.pop_back();
    lines.push_back({0, begin, text, {}});
    begin = end + 1;
  };
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    if (quoted) {
      if (c == '"' && content[i + 1] == '"') {
        ++i;
      } else if (c == '"') {
        quoted = field_start = false;
      }
    } else if (c == '\n') {
      end_row(i);
      field_start = true;
    } else {
      quoted = c == '"' && field_start;
      field_start = c == ',';
    }
  }
  if (begin < content.size()) end_row(content.size());
  return lines;
}

TEST_CASE("a quoted newline does not end a row") {
  const Folder directory;
  const std::string path = directory.write("rows", "a,\"b\nb\",c\r\n\"x \"\"y\"\"\r\n\",2\n\n3,4");
  const std::vector<Line> expected = {{0, 0, "a,\"b\nb\",c", {}},
                                      {0, 11, "\"x \"\"y\"\"\r\n\",2", {}},
                                      {0, 25, "", {}},
                                      {0, 26, "3,4", {}}};
  CHECK(rows(path) == expected);
}

TEST_CASE("a quote inside an unquoted field is a byte like others") {
  const Folder directory;
  CHECK(rows(directory.write("rows", "5\" disk,1\nb,2\n")) == cut("5\" disk,1\nb,2\n"));
  CHECK(rows(directory.write("rows", "\"a\"b\"c,1\nb,2\n")) == cut("\"a\"b\"c,1\nb,2\n"));
}

TEST_CASE("which quotes open a field depends on what stands between fields") {
  const Folder directory;
  const std::string content = "a;\"b\nc\";d\n";
  CHECK(rows(directory.write("rows", content)).size() == 1);
  file::FileReadOptions options;
  options.path = {directory / "rows"};
  std::mt19937 random(1);
  file::FileReadOptions semicolon = options;
  file::set_framing(semicolon, {Framing::Unit::csv, false, ';'});
  CHECK(read_stingily(semicolon, random, 0).lines.size() == 1);
  file::set_framing(options, {Framing::Unit::csv, false, ','});
  CHECK(read_stingily(options, random, 0).lines == cut(content));
}

/// The texts of the rows, framed as csv.parse wants it, with the header in brackets.
std::vector<std::string> framed(const std::string& path, const Framing& wanted) {
  file::FileReadOptions options;
  options.path = {path};
  file::set_framing(options, wanted);
  std::vector<std::string> texts;
  std::mt19937 random(1);
  for (const unsigned refuse_one_in : {0u, 5u, 2u}) {
    const Reading read = read_stingily(options, random, refuse_one_in);
    std::vector<std::string> now;
    for (const Part& part : read.parts) now.push_back("[" + part.header + "]");
    for (const Line& line : read.lines) now.push_back(line.text);
    if (refuse_one_in > 0) CHECK(now == texts);
    texts = now;
  }
  return texts;
}

TEST_CASE("quotes are those that the next stage names, or none") {
  const Folder directory;
  const std::string path = directory.write("rows", "a,'b\nc',\"d\n'x''\ny',\"\n");
  Framing wanted{Framing::Unit::csv, false, ','};
  wanted.quote = '\'';
  CHECK(framed(path, wanted) == std::vector<std::string>{"[]", "a,'b\nc',\"d", "'x''\ny',\""});
  wanted.quote = '\0';
  CHECK(framed(path, wanted) == std::vector<std::string>{"[]", "a,'b", "c',\"d", "'x''", "y',\""});
}

TEST_CASE("a comment is a line, whatever quotes it has, and no header") {
  const Folder directory;
  Framing wanted{Framing::Unit::csv, true, ','};
  wanted.comment = "#";
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string path = directory.write("rows", "# a,\"b" + end + "#" + end + "x,y" + end +
                                                         "\"#\n\",1" + end + "#,\"" + end + "2,3");
    CHECK(framed(path, wanted) == std::vector<std::string>{"[x,y]", "\"#\n\",1", "#,\"", "2,3"});
  }
  CHECK(framed(directory.write("rows", "# only"), wanted) == std::vector<std::string>{"[]"});
  // An explicit framing is that of RFC 4180.
  file::FileReadOptions options;
  options.path = {directory.write("rows", "# \"\n1,\"\n\"\n")};
  options.framing.choice = file::FramingChoice::csv;
  file::set_framing(options, wanted);
  std::mt19937 random(1);
  CHECK(read_stingily(options, random, 0).parts.at(0).header == "# \"");
}

TEST_CASE("rows without quotes are read in ranges, behind the header") {
  const Folder directory;
  std::string content = "a;b\r\n";
  std::vector<std::string> expected = {"[a;b]"};
  for (int i = 0; i < 20'000; ++i) {
    expected.push_back("\"" + std::to_string(i) + ";" +
                       std::string(static_cast<std::size_t>(i % 7), '"'));
    content += expected.back() + (i % 2 ? "\n" : "\r\n");
  }
  Framing wanted{Framing::Unit::csv, true, ';'};
  wanted.quote = '\0';
  CHECK(framed(directory.write("rows", content), wanted) == expected);
  CHECK(framed(directory.write("rows", "a;b"), wanted) == std::vector<std::string>{"[a;b]"});
  CHECK(framed(directory.write("rows", "a;b\r1;2\r3;4\r"), wanted) ==
        std::vector<std::string>{"[a;b]", "1;2", "3;4"});
  wanted.header = false;
  CHECK(framed(directory.write("rows", "1;2\n\n3;4"), wanted) ==
        std::vector<std::string>{"[]", "1;2", "", "3;4"});
}

TEST_CASE("a quote that is never closed ends with the input") {
  const Folder directory;
  const std::vector<Line> expected = {{0, 0, "a", {}}, {0, 2, "\"b\nc\n", {}}};
  CHECK(rows(directory.write("rows", "a\n\"b\nc\n")) == expected);
}

TEST_CASE("a quote that is never closed takes no more memory than max_record") {
  const Folder directory;
  const std::string open = "\"" + std::string(300'000, '\n');
  const Node options = with({{"path", directory.write("rows", "a\n" + open)},
                             {"framing", "csv"},
                             {"max_record", "5000"}});
  const std::vector<Line> expected = {{0, 0, "a", {}}, {0, 2, open.substr(0, 1024), "too_long"}};
  CHECK(read_lines(options) == expected);
}

TEST_CASE("random rows are cut as RFC 4180 says") {
  const Folder directory;
  std::mt19937 random(37);
  for (int round = 0; round < 40; ++round) {
    std::string content;
    for (unsigned field = random() % 3'000; field > 0; --field) {
      if (random() % 3 == 0) {
        content += '"';
        for (unsigned n = random() % 12; n > 0; --n) content += random() % 3 ? "q\n" : "\"\"";
        content += '"';
      } else {
        for (unsigned n = random() % 12; n > 0; --n) content += random() % 9 ? "u" : "u\"";
      }
      content += random() % 4 == 0 ? "\r\n" : random() % 4 == 0 ? "\n" : ",";
    }
    INFO("round " << round);
    CHECK(rows(directory.write("rows", content)) == cut_csv(content));
  }
}

TEST_CASE("rows end with CR where the first 64 KiB have no LF outside of quotes") {
  const Folder directory;
  const auto texts = [&](const std::string& content) {
    std::vector<std::string> all;
    for (const Line& line : rows(directory.write("rows", content))) all.push_back(line.text);
    return all;
  };
  using Texts = std::vector<std::string>;
  CHECK(texts("a,b\r1,\"x\ry\"\r\r2,z") == Texts{"a,b", "1,\"x\ry\"", "", "2,z"});
  CHECK(texts("a\rb\r") == Texts{"a", "b"});
  CHECK(texts("a,b\r1,\"x\n\"\"y\n\"\r2,z\r") == Texts{"a,b", "1,\"x\n\"\"y\n\"", "2,z"});
  CHECK(texts("a\r") == Texts{"a"});
  CHECK(texts("a\rb\nc\r\nd") == Texts{"a\rb", "c", "d"});
  const std::string many = "a\r" + std::string(70'000, 'x') + "\rb\nc\r\nd";
  CHECK(texts(many) == Texts{"a", std::string(70'000, 'x'), "b", "c", "d"});
  std::mt19937 random(5);
  std::string content;
  for (int i = 0; i < 2'000; ++i) content += std::string(random() % 100, 'y') + ",x\r";
  file::FileReadOptions options;
  options.path = {directory.write("rows", content)};
  options.framing.choice = file::FramingChoice::csv;
  for (const unsigned refuse_one_in : {0, 3}) {
    CHECK(read_stingily(options, random, refuse_one_in).lines.size() == 2'000);
  }
}

TEST_CASE("each file's header is taken off and given as the part's") {
  const Folder directory;
  const std::string a = directory.write("a", "\xef\xbb\xbfid,\"the\nname\"\r\n1,x\n");
  const std::string b = directory.write("b", "");
  const std::string c = directory.write("c", "only");
  const std::string d = directory.write("d", "id\n2\n");
  file::FileReadOptions options;
  options.path = {a, b, c, d};
  file::set_framing(options, {Framing::Unit::csv, true});
  CHECK(options.framing.choice == file::FramingChoice::csv);
  const Node with = kit::map({{"path", kit::list({a, b, c, d})},
                              {"framing", kit::scalar("csv")},
                              {"header", kit::scalar("true")}});
  const std::vector<Line> expected = {{0, 18, "1,x", {}}, {3, 3, "2", {}}};
  CHECK(read_lines(with) == expected);
  std::mt19937 random(1);
  for (const unsigned refuse_one_in : {0, 2}) {
    const Reading reading = read_stingily(options, random, refuse_one_in);
    CHECK(reading.lines == expected);
    REQUIRE(reading.parts.size() == 4);
    CHECK(reading.parts[0].header == "id,\"the\nname\"");
    CHECK(reading.parts[1].header.empty());
    CHECK(reading.parts[2].header == "only");
    CHECK(reading.parts[3].name == d);
  }
}

TEST_CASE("a header longer than max_record ends the run") {
  const Folder directory;
  const std::string path = directory.write("rows", "\"" + std::string(300'000, 'x'));
  const Registry registry = file_registry();
  kit::StageKit kit(
      registry, "file.read",
      with({{"path", path}, {"framing", "csv"}, {"header", "true"}, {"max_record", "4KiB"}}));
  CHECK(error_of([&] { kit.read(); }) ==
        "too_long: the header of '" + path + "' is longer than max_record (4KiB)");
}

TEST_CASE("what the next stage wants counts only where the options leave it open") {
  using file::FramingChoice;
  const auto framing = [](FramingChoice choice, Framing wanted) {
    file::FileReadOptions options;
    options.framing.choice = choice;
    file::set_framing(options, wanted);
    return options.framing.choice;
  };
  CHECK(framing(FramingChoice::automatic, {Framing::Unit::any, false}) == FramingChoice::lines);
  CHECK(framing(FramingChoice::automatic, {Framing::Unit::file, false}) == FramingChoice::file);
  CHECK(framing(FramingChoice::lines, {Framing::Unit::csv, true}) == FramingChoice::lines);
  file::FileReadOptions options;
  options.header = false;
  file::set_framing(options, {Framing::Unit::csv, true});
  CHECK_FALSE(*options.header);
  file::FileReadOptions delimited;
  delimited.framing.key = "delimiter";
  delimited.framing.keys.delimiter = ";";
  file::set_framing(delimited, {Framing::Unit::csv, true});
  CHECK(delimited.framing.choice == FramingChoice::automatic);
}

}  // namespace
}  // namespace weir::stages::test
