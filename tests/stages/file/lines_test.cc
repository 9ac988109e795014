#include <catch2/catch.hpp>

#include "tests/stages/file/fixture.h"

namespace weir::stages::test {
namespace {

TEST_CASE("lines are cut as a plain loop cuts them") {
  const Folder directory;
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    const std::size_t size = round < 30 ? random() % 200 : random() % 30'000;
    const std::string content = random_lines(random, size, 1 + random() % 6'000);
    const std::string path = directory.write("lines", content);
    INFO("round " << round << ", " << content.size() << " bytes");
    CHECK(read_lines(with({{"path", path}})) == cut(content));
  }
}

TEST_CASE("what ends a file makes no record of its own") {
  const Folder directory;
  const std::pair<std::string, std::vector<std::string>> cases[] = {
      {"", {}},
      {"\n", {""}},
      {"\r\n", {""}},
      {"\r", {"\r"}},
      {"a", {"a"}},
      {"a\n", {"a"}},
      {"a\r\n", {"a"}},
      {"a\r", {"a\r"}},
      {"a\n\n", {"a", ""}},
      {"\n\na", {"", "", "a"}},
      {"a\r\r\nb", {"a\r", "b"}},
  };
  for (const auto& [content, expected] : cases) {
    const std::string path = directory.write("small", content);
    std::vector<std::string> texts;
    for (const Line& line : read_lines(with({{"path", path}}))) texts.push_back(line.text);
    INFO(content);
    CHECK(texts == expected);
  }
}

TEST_CASE("a byte order mark is no part of the first record") {
  const Folder directory;
  const std::string path = directory.write("bom",
                                           "\xef\xbb\xbf"
                                           "a\nb\n");
  const std::vector<Line> expected = {{0, 3, "a", {}}, {0, 5, "b", {}}};
  CHECK(read_lines(with({{"path", path}})) == expected);
  CHECK(read_lines(framed(path, "delimiter", "\n")) == expected);
  CHECK(read_lines(with({{"path", directory.write("bom", "\xef\xbb\xbf")}})).empty());
}

TEST_CASE("a delimiter of one byte is cut exactly") {
  const Folder directory;
  std::mt19937 random(11);
  const std::string content = random_lines(random, 20'000, 3'000);
  const std::string path = directory.write("lines", content);
  const Node nul = framed(path, "delimiter", std::string(1, '\0'));
  CHECK(read_lines(nul) == cut(content, std::string_view("\0", 1), false));
  CHECK(read_lines(framed(path, "delimiter", "\n")) == cut(content, "\n", false));
}

TEST_CASE("a line longer than max_record is an error with its beginning") {
  const Folder directory;
  std::mt19937 random(13);
  for (const std::size_t most : {10, 1'500, 5'000}) {
    const std::string content = random_lines(random, 50'000, 20'000);
    const std::string path = directory.write("lines", content);
    const Node options = with({{"path", path}, {"max_record", std::to_string(most)}});
    CHECK(read_lines(options) == limited(cut(content), most));
  }
}

TEST_CASE("the error of a long line says how long it is and which limit it passed") {
  const Folder directory;
  const Registry registry = file_registry();
  const std::string path = directory.write("lines", std::string(3'000, 'x') + "\nb\n");
  kit::StageKit by_option(registry, "file.read", with({{"path", path}, {"max_record", "2KiB"}}));
  CHECK(by_option.read()[0].error ==
        "too_long: a record of 3000 bytes, longer than max_record (2KiB)");
  kit::StageKit by_limit(registry, "file.read", with({{"path", path}, {"max_record", "2MiB"}}));
  by_limit.set_record_limit(1024);
  CHECK(by_limit.read()[0].error ==
        "too_long: a record of 3000 bytes, longer than limits.record (1KiB)");
}

TEST_CASE("whole files are a record each") {
  const Folder directory;
  const std::string a = directory.write("a", "one\ntwo\r\n");
  const std::string b = directory.write("b", "");
  const std::string c = directory.write("c", std::string(100'000, 'c'));
  const Node all = kit::map({{"path", kit::list({a, b, c})}, {"framing", kit::scalar("file")}});
  const std::vector<Line> expected = {
      {0, 0, "one\ntwo\r\n", {}}, {1, 0, "", {}}, {2, 0, std::string(100'000, 'c'), {}}};
  CHECK(read_lines(all) == expected);
  const Node small = kit::map({{"path", kit::list({a, c})},
                               {"framing", kit::scalar("file")},
                               {"max_record", kit::scalar("2000")}});
  CHECK(read_lines(small) ==
        limited({{0, 0, "one\ntwo\r\n", {}}, {1, 0, expected[2].text, {}}}, 2'000));
}

}  // namespace
}  // namespace weir::stages::test
