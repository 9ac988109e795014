#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

/// What the oracle says: the number of line feeds before the record's first byte, and one.
std::vector<std::uint64_t> numbers(const std::string& content, const std::vector<Line>& lines) {
  std::vector<std::uint64_t> all;
  for (const Line& line : lines) {
    const auto end = content.begin() + static_cast<std::ptrdiff_t>(line.position);
    all.push_back(1 + static_cast<std::uint64_t>(std::count(content.begin(), end, '\n')));
  }
  return all;
}

file::FileReadOptions numbered(const std::string& path) {
  file::FileReadOptions options;
  options.path = {path};
  options.lines = true;
  return options;
}

TEST_CASE("every record knows the line of its first byte, at every cut and under every refusal") {
  const Folder directory;
  std::mt19937 random(17);
  for (int round = 0; round < 40; ++round) {
    const std::string content = random_lines(random, random() % 40'000, 1 + random() % 3'000);
    file::FileReadOptions options = numbered(directory.write("lines", content));
    if (round % 4 == 1) options.max_record = Bytes{50};
    if (round % 4 == 2) options.framing.choice = file::FramingChoice::csv;
    const Reading read = read_stingily(options, random, round % 3 == 0 ? 0 : 5);
    INFO("round " << round);
    CHECK(read.error.empty());
    CHECK(read.numbers == numbers(content, read.lines));
  }
}

TEST_CASE("lines are counted where records are rows of several lines, and in each file anew") {
  const Folder directory;
  std::mt19937 random(19);
  file::FileReadOptions rows = numbered(directory.write("a.csv", "h,i\n\"x\ny\",1\nz,2\n"));
  rows.framing.choice = file::FramingChoice::csv;
  rows.header = true;
  rows.path.push_back(directory.write("b.csv", "h,i\n\n\nq,3"));
  CHECK(read_stingily(rows, random, 0).numbers == std::vector<std::uint64_t>{2, 4, 2, 3, 4});
  file::FileReadOptions parts = numbered(directory.write("parts", "a;b\nc;\n;d"));
  parts.framing.keys.delimiter = ";";
  parts.framing.key = "delimiter";
  CHECK(read_stingily(parts, random, 0).numbers == std::vector<std::uint64_t>{1, 1, 2, 3});
}

TEST_CASE("a record of several lines knows that of its first one") {
  const Folder directory;
  std::mt19937 random(29);
  file::FileReadOptions traces =
      numbered(directory.write("traces", "above\n1 a\n x\n y\n2 b\n3 c\n z"));
  traces.framing.keys.begin = Pattern{"^[0-9]"};
  traces.framing.key = "begin";
  CHECK(read_stingily(traces, random, 0).numbers == std::vector<std::uint64_t>{1, 2, 5, 6});
}

TEST_CASE("without anyone who reads lines, records have none and ranges are handed out") {
  const Folder directory;
  std::mt19937 random(23);
  file::FileReadOptions options = numbered(directory.write("lines", "a\nb\n"));
  options.lines = false;
  CHECK(read_stingily(options, random, 0).numbers == std::vector<std::uint64_t>{0, 0});
}

}  // namespace
}  // namespace weir::stages::test
