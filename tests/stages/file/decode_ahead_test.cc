#include "stages/file/decode_ahead.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/stages/file/compress.h"
#include "tests/stages/file/counted_share.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

/// A list of files, most of them compressed, and the lines that they hold.
struct Files {
  std::vector<std::string> paths;
  std::vector<Line> lines;
};

std::string numbered(const Folder& directory, std::size_t i, const std::string& bytes) {
  return directory.write("file" + std::to_string(i), bytes);
}

Files random_files(const Folder& directory, std::mt19937& random, std::size_t count) {
  Files files;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = random() % 8 == 0 ? 900'000 : random() % 3 == 0 ? 0 : random() % 9'000;
    const std::string content = size == 0 ? "" : random_lines(random, size, 3'000);
    const std::size_t way = random() % (std::size(kWays) + 2);
    const bool plain = way >= std::size(kWays);
    files.paths.push_back(numbered(directory, i, plain ? content : kWays[way].compress(content)));
    const std::vector<Line> lines = cut(content, "\n", true, static_cast<std::uint32_t>(i));
    files.lines.insert(files.lines.end(), lines.begin(), lines.end());
  }
  return files;
}

TEST_CASE("files that are decoded ahead are read in their order") {
  const Folder directory;
  std::mt19937 random(3);
  const Files files = random_files(directory, random, 90);
  file::FileReadOptions options;
  options.path = files.paths;
  for (const int threads : {1, 2, 8}) {
    for (const unsigned refuse_one_in : {0, 3}) {
      INFO(threads << ' ' << refuse_one_in);
      const Reading reading = read_stingily(options, random, refuse_one_in, threads);
      CHECK(reading.error.empty());
      CHECK(reading.lines == files.lines);
      REQUIRE(reading.parts.size() == files.paths.size());
      for (std::size_t i = 0; i < files.paths.size(); ++i) {
        CHECK(reading.parts[i].name == files.paths[i]);
      }
    }
  }
}

TEST_CASE("what is decoded ahead keeps inside its memory, and waits where there is none") {
  const Folder directory;
  std::mt19937 random(5);
  const Files files = random_files(directory, random, 40);
  file::FileReadOptions options;
  options.path = files.paths;
  for (const int threads : {2, 8}) {
    for (const std::uint64_t limit : {12 * kMiB, 24 * kMiB, 100 * kMiB}) {
      for (const unsigned grant_one_in : {0, 2}) {
        INFO(threads << ' ' << limit << ' ' << grant_one_in);
        CountedShare share(limit, grant_one_in);
        const Reading reading = read_stingily(options, random, 0, threads, &share);
        CHECK(reading.error.empty());
        CHECK(reading.lines == files.lines);
        CHECK(share.most() <= limit);
        CHECK(share.held() == 0);
      }
    }
  }
}

TEST_CASE("a file that needs the memory of those ahead gets it") {
  const Folder directory;
  std::mt19937 random(7);
  // 8 MiB for each of xz, of 10 that there are; those of gzip fill the half that is for what is
  // ahead.
  std::vector<Line> lines;
  file::FileReadOptions options;
  for (std::uint32_t i = 0; i < 24; ++i) {
    const std::string content = random_lines(random, 700'000, 3'000);
    std::string packed = i % 6 == 3 ? xz_blocks(content, 4 * kMiB) : gzip(content);
    if (i % 6 == 3) {
      lzma_stream stream = LZMA_STREAM_INIT;
      REQUIRE(lzma_easy_encoder(&stream, 6, LZMA_CHECK_CRC32) == LZMA_OK);
      packed = run_lzma(stream, content);
    }
    options.path.push_back(numbered(directory, i, packed));
    const std::vector<Line> some = cut(content, "\n", true, i);
    lines.insert(lines.end(), some.begin(), some.end());
  }
  CountedShare share(10 * kMiB, 0);
  const Reading reading = read_stingily(options, random, 0, 2, &share);
  CHECK(reading.error.empty());
  CHECK(reading.lines == lines);
  CHECK(share.most() > 8 * kMiB);
  CHECK(share.held() == 0);
}

TEST_CASE("damage ahead is met in its place") {
  const Folder directory;
  std::mt19937 random(9);
  for (const auto& [name, compress] : kWays) {
    const std::string first = random_lines(random, 200'000, 3'000);
    const std::string second = random_lines(random, 600'000, 3'000);
    const std::string packed = compress(second);
    file::FileReadOptions options;
    options.path = {numbered(directory, 0, gzip(first)),
                    numbered(directory, 1, packed.substr(0, packed.size() / 2)),
                    numbered(directory, 2, compress("never\n"))};
    const Reading one = read_stingily(options, random, 0, 1);
    CHECK_THAT(one.error, Catch::Contains("ends too early"));
    CHECK(one.lines.size() > cut(first).size());
    for (const int threads : {2, 8}) {
      INFO(name << ' ' << threads);
      const Reading reading = read_stingily(options, random, 0, threads);
      CHECK(reading.error == one.error);
      CHECK(reading.error_position == one.error_position);
      CHECK(reading.lines == one.lines);
    }
  }
}

TEST_CASE("a file that is gone is an error in its place") {
  const Folder directory;
  std::mt19937 random(11);
  for (const int threads : {1, 2, 8}) {
    file::FileReadOptions options;
    for (std::size_t i = 0; i < 9; ++i) {
      options.path.push_back(numbered(directory, i, gzip("line " + std::to_string(i))));
    }
    const Reading reading = read_stingily(options, random, 0, threads, nullptr,
                                          [&] { std::filesystem::remove(options.path[5]); });
    REQUIRE(reading.lines.size() == 9);
    CHECK(reading.lines[5].error == "io");
    CHECK(reading.lines[6].text == "line 6");
  }
}

TEST_CASE("a source that is closed early gives all memory back") {
  const Folder directory;
  std::mt19937 random(13);
  const Files files = random_files(directory, random, 30);
  file::FileReadOptions options;
  options.path = files.paths;
  for (int round = 0; round < 20; ++round) {
    CountedShare share(50 * kMiB, 0);
    {
      file::FileRead source(options);
      SmallContext context(4);
      source.open(context);
      source.share_memory(share);
      const std::atomic<bool> never{false};
      for (int batch = 0; batch < round; ++batch) {
        StingyArena arena(random, 0);
        StingyFeed feed(arena, 100, 20'000);
        source.read(feed, Stop(never, -1));
      }
      source.close();
    }
    CHECK(share.held() == 0);
  }
}

}  // namespace
}  // namespace weir::stages::test
