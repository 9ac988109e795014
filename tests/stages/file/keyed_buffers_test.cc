#include <catch2/catch.hpp>

#include "stages/file/file_buffers.h"
#include "tests/stages/file/keyed_sink.h"

namespace weir::stages::test {
namespace {

std::vector<std::string> names_in(const Folder& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory / "")) {
    names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

std::size_t count_of(std::string_view part, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("several fields make a name together, whatever their types are") {
  const Folder directory;
  Writing writing(options_of(directory / "{a}{b|or none}-{c}"));
  const std::vector<std::pair<Row, std::string>> cases = {
      {{"0", {}, {{"a", "x"}, {"b", "y"}, {"c", 1}}}, ""},
      {{"1", {}, {{"a", "xy"}, {"b", ""}, {"c", "1"}}}, ""},
      {{"2", {}, {{"a", ""}, {"b", "xy"}, {"c", 1}}}, "path"},
      {{"3", {}, {{"b", "y"}, {"a", "x"}, {"c", "1"}}}, ""},
      {{"4", {}, {{"a", "x"}, {"c", 1.0}}}, ""},
      {{"5", {}, {{"c", "1"}, {"a", "xno"}, {"b", "ne"}}}, ""},
      {{"6", {}, {{"a", "x/y"}, {"b", "z"}, {"c", 1}}}, "path"},
      {{"7", {}, {{"a", "x"}, {"b", "/yz"}, {"c", 1}}}, "path"},
      {{"8", {}, {{"a", "."}, {"b", "x"}, {"c", 1}}}, "path"},
      {{"9", {}, {{"a", "x"}, {"b", "y"}}}, "path"},
  };
  std::vector<Row> rows;
  std::vector<std::string> kinds;
  for (const auto& [row, kind] : cases) {
    rows.push_back(row);
    kinds.push_back(kind);
  }
  CHECK(writing.write(rows) == kinds);
  CHECK(writing.write({rows[2], rows[0]}) == std::vector<std::string>{"path", ""});
  writing.sink.commit();
  CHECK(content_of(directory / "xy-1") == "0\n3\n0\n");
  CHECK(content_of(directory / "xynone-1") == "1\n");
  CHECK(content_of(directory / "xnone-1") == "4\n5\n");
  CHECK(names_in(directory) == std::vector<std::string>{"xnone-1", "xy-1", "xynone-1"});
}

TEST_CASE("the field of a name is found wherever a record has it") {
  const Folder directory;
  Writing writing(options_of(directory / "{k}"));
  const Value a = "a";
  const Value b = "b";
  CHECK(writing.write({{"1", {}, {{"x", b}, {"k", a}}},
                       {"2", {}, {{"k", b}, {"x", a}}},
                       {"3", {}, {{"x", b}, {"k", a}, {"y", b}}},
                       {"4", {}, {{"x", b}}},
                       {"5", {}, {{"kk", b}, {"k", 7}}},
                       {"6", {}, {{"x", b}, {"y", b}, {"k", "7"}}}}) ==
        std::vector<std::string>{"", "", "", "path", "", ""});
  writing.sink.commit();
  CHECK(content_of(directory / "a") == "1\n3\n");
  CHECK(content_of(directory / "b") == "2\n");
  CHECK(content_of(directory / "7") == "5\n6\n");
  CHECK(names_in(directory) == std::vector<std::string>{"7", "a", "b"});
}

TEST_CASE(
    "records of every size keep their order, also those that are larger "
    "than a buffer") {
  for (const std::string extension : {"", ".gz"}) {
    for (const std::string delimiter : {"", "\n", "\r\n--\r\n"}) {
      const Folder directory;
      file::FileWriteOptions options = options_of(directory / "{k}" + extension);
      options.delimiter = delimiter;
      Writing writing(options);
      std::string content;
      std::vector<Row> rows;
      for (const std::size_t size :
           {0u,      1u,      3u,      4u,      7u,       8u,      15u,     16u,     17u,
            33u,     255u,    257u,    65'526u, 65'527u,  65'528u, 65'532u, 65'533u, 65'534u,
            65'535u, 65'536u, 65'537u, 0u,      200'000u, 0u,      2u}) {
        std::string text;
        while (text.size() < size) text += std::to_string(size + text.size()) + " ";
        text.resize(size);
        content += text + delimiter;
        rows.push_back({text, "a"});
        rows.push_back({"b", "b"});
      }
      writing.write({rows.begin(), rows.begin() + 30});
      for (std::size_t i = 30; i < rows.size(); ++i) writing.write({rows[i]});
      writing.sink.commit();
      INFO(delimiter << extension);
      std::mt19937 random(1);
      file::FileReadOptions read;
      read.path = {directory / "a" + extension};
      if (extension.empty()) CHECK((content_of(directory / "a") == content));
      if (delimiter == "\n") CHECK(read_stingily(read, random, 0).lines == cut(content));
    }
  }
}

TEST_CASE(
    "what is gathered for many files stays inside the memory, and so do "
    "the open files") {
  const Folder directory;
  std::mt19937 random(71);
  const std::vector<Row> rows = random_rows(random, 20'000, 3'000);
  file::FileWriteOptions options = options_of(directory / "{k}");
  options.max_open = 1'500;
  Writing writing(options, 4u << 20);
  CHECK(writing.context.said("max_open is 1024, not 1500: the buffers of more "
                             "files pass limits.memory") == 1);
  for (std::size_t at = 0; at < rows.size(); at += 1'000) {
    const auto from = rows.begin() + static_cast<std::ptrdiff_t>(at);
    for (const std::string& kind : writing.write({from, from + 1'000})) CHECK(kind.empty());
  }
  writing.sink.commit();
  for (const auto& [key, content] : by_key(rows)) CHECK(content_of(directory / key) == content);

  file::FileBuffers buffers;
  buffers.bound(1u << 20);
  for (std::size_t count = 1; count <= 10'000; ++count) {
    const std::size_t size = buffers.fitting(count);
    CHECK((size * count <= 1u << 20 || size == file::FileBuffers::kSmallest));
    CHECK((2 * size * count > 1u << 20 || size == file::FileBuffer::kLargest));
  }
}

TEST_CASE("of the open files the one that was written least lately is closed") {
  const std::vector<Row> rows = {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "a"}, {"5", "b"},
                                 {"6", "d"}, {"7", "a"}, {"8", "b"}, {"9", "c"}};
  for (const std::size_t cut : {1u, 2u, 9u}) {
    const Folder directory;
    file::FileWriteOptions options = options_of(directory / "{k}.gz");
    options.max_open = 3;
    Writing writing(options);
    for (std::size_t at = 0; at < rows.size(); at += cut) {
      const auto from = rows.begin() + static_cast<std::ptrdiff_t>(at);
      writing.write({from, from + static_cast<std::ptrdiff_t>(std::min(cut, rows.size() - at))});
    }
    writing.sink.commit();
    // Each opening begins a member.
    for (const std::string name : {"a", "b", "c", "d"}) {
      INFO(name);
      const std::size_t members = count_of("\x1f\x8b\x08", content_of(directory / name + ".gz"));
      CHECK(members == (name == "c" ? 2 : 1));
    }
  }
}

TEST_CASE(
    "a disk that is full later leaves whole records in PATH.partial, and "
    "fails the run") {
  const Folder directory;
  Writing writing(options_of(directory / "{k}"));
  const auto record = [](int i) { return std::string(999, static_cast<char>('a' + i)); };
  std::string whole;
  for (int i = 0; i < 9; ++i) whole += record(i) + "\n";
  {
    const FileSizeLimit full(9'500);
    for (const int from : {0, 6}) {
      std::vector<Row> rows = {{"x", "other"}};
      for (int i = from; i < from + 6; ++i) rows.push_back({record(i), "a"});
      for (const std::string& kind : writing.write(rows)) CHECK((kind.empty() || from > 0));
    }
    CHECK(error_of([&] { writing.sink.commit(); }).find("File too large") != std::string::npos);
    writing.sink.close();
  }
  CHECK((content_of(directory / "a.partial") == whole));
  CHECK(content_of(directory / "other.partial") == "x\nx\n");
}

TEST_CASE(
    "a header for which there was no room is written before the first "
    "record that has some") {
  const Folder directory;
  file::FileWriteOptions options = options_of(directory / "{k}.csv");
  options.written.unit = Framing::Unit::csv;
  options.written.header = true;
  Writing writing(options);
  {
    const FileSizeLimit full(2);
    CHECK(writing.write({{"h,i", std::nullopt}, {"1,2", "a"}}) ==
          std::vector<std::string>{"", "io"});
  }
  CHECK(writing.write({{"3,4", "a"}}) == std::vector<std::string>{""});
  writing.sink.commit();
  CHECK(content_of(directory / "a.csv") == "h,i\n3,4\n");
}

TEST_CASE("no file is made for a record behind the one that ends the run") {
  const Folder directory;
  Writing writing(options_of(directory / "{k}"));
  writing.write({{"1", "a"}, {"2", std::nullopt}, {"3", "c"}, {"4", "a"}}, true);
  writing.sink.close();
  CHECK(names_in(directory) == std::vector<std::string>{"a.partial"});
  CHECK(content_of(directory / "a.partial") == "1\n");
}

TEST_CASE("the buffers of many keys are found again") {
  file::FileBuffers buffers;
  CHECK(buffers.find("none") == file::FileBuffers::kNone);
  CHECK(buffers.guess("none") == file::FileBuffers::kNone);
  constexpr std::uint32_t kCount = 100'000;
  for (std::uint32_t i = 0; i < kCount; ++i) REQUIRE(buffers.add(std::to_string(i)) == i);
  std::uint32_t guessed = 0;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const std::string key = std::to_string(i);
    REQUIRE(buffers.find(key) == i);
    REQUIRE(buffers.find("no " + key) == file::FileBuffers::kNone);
    guessed += buffers.guess(key) == i ? 1 : 0;
  }
  CHECK(guessed > kCount * 0.99);
}

}  // namespace
}  // namespace weir::stages::test
