#include "stages/file/decode_ahead.h"
#include "stages/file/frame_cut.h"

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
    for (std::size_t i = 0; i < 9; ++i) {
      CHECK(reading.lines[i].error == (i == 5 ? "io" : ""));
      CHECK(reading.lines[i].text == (i == 5 ? "" : "line " + std::to_string(i)));
    }
  }
}

TEST_CASE("the parts of one file are decoded by all threads, and read in order") {
  const Folder directory;
  std::mt19937 random(15);
  for (const Compress compress : {bgzf, zstd_frames}) {
    const std::string content = random_lines(random, 6'000'000, 30'000);
    const std::string packed = compress(content);
    REQUIRE(packed.size() > 4 * file::kPartSize);
    file::FileReadOptions options;
    options.path = {numbered(directory, 0, packed), numbered(directory, 1, gzip("next\n")),
                    numbered(directory, 2, packed)};
    std::vector<Line> expected = cut(content);
    expected.push_back({1, 0, "next", {}});
    const std::vector<Line> again = cut(content, "\n", true, 2);
    expected.insert(expected.end(), again.begin(), again.end());
    for (const int threads : {1, 2, 8}) {
      for (const std::uint64_t limit : {3 * kMiB, 100 * kMiB}) {
        CountedShare share(limit, 0);
        const Reading reading = read_stingily(options, random, 0, threads, &share);
        CHECK(reading.error.empty());
        CHECK((reading.lines == expected));
        CHECK(share.held() == 0);
      }
    }
  }
}

TEST_CASE("a file is cut behind blocks of bgzf and frames of zstd only") {
  const Folder directory;
  std::mt19937 random(17);
  const std::string content = random_lines(random, 4'000'000, 3'000);
  const auto parts = [&](const std::string& packed, file::Codec codec) {
    file::Input input;
    input.path = directory.write("packed", packed);
    const file::Fd fd = file::open_input(input);
    std::vector<std::string> all;
    for (std::uint64_t begin = 0; begin < packed.size();) {
      const std::uint64_t end = file::part_end(fd, codec, begin, packed.size());
      REQUIRE(end > begin);
      REQUIRE(end <= packed.size());
      all.push_back(packed.substr(begin, end - begin));
      begin = end;
    }
    return all;
  };
  CHECK(parts(gzip(content), file::Codec::gzip).size() == 1);
  CHECK(parts(zstd(content), file::Codec::zstd).size() == 1);
  CHECK(parts(xz_in_blocks(content), file::Codec::xz).size() == 1);
  const std::pair<Compress, file::Codec> kCut[] = {{bgzf, file::Codec::gzip},
                                                   {zstd_frames, file::Codec::zstd}};
  for (const auto& [compress, codec] : kCut) {
    std::string whole;
    for (const std::string& part : parts(compress(content), codec)) {
      std::string failure;
      const auto decoder = file::make_decoder(codec, {});
      std::string out(1 << 20, '\0');
      for (std::string_view left = part; !left.empty() || !decoder->complete();) {
        whole.append(out, 0, decoder->decode(left, out, true));
        REQUIRE(decoder->failure().empty());
      }
    }
    CHECK((whole == content));
  }
}

TEST_CASE("damage in a part is an error, and what came before stays") {
  const Folder directory;
  std::mt19937 random(19);
  for (const Compress compress : {bgzf, zstd_frames}) {
    const std::string content = random_lines(random, 4'000'000, 3'000);
    const std::vector<Line> expected = cut(content);
    const std::string packed = compress(content);
    for (int round = 0; round < 25; ++round) {
      std::string bytes = packed;
      const std::size_t at = 100 + random() % (bytes.size() - 200);
      const unsigned kind = random() % 3;
      if (kind == 0) bytes.resize(at);
      if (kind == 1) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      if (kind == 2) bytes += "garbage";
      file::FileReadOptions options;
      options.path = {numbered(directory, 0, bytes)};
      const Reading reading = read_stingily(options, random, 0, round % 2 ? 2 : 8);
      INFO(kind << " at " << at << " of " << packed.size());
      // The garbage of a header that nobody reads, or a cut between two frames, is none.
      if (reading.error.empty()) {
        std::vector<Line> lines = reading.lines;
        if (kind == 0 && !lines.empty()) lines.pop_back();
        CHECK(kind < 2);
        CHECK(std::equal(lines.begin(), lines.end(), expected.begin()));
        CHECK((kind == 0 || lines.size() == expected.size()));
      } else {
        CHECK(reading.error_position <= content.size());
        std::vector<Line> lines = reading.lines;
        // Blocks whose checksum is wrong are known only when they were read.
        const std::size_t sure = lines.size() - std::min<std::size_t>(lines.size(), 60'000 / 10);
        lines.resize(kind == 1 ? sure : lines.size());
        CHECK(std::equal(lines.begin(), lines.end(), expected.begin()));
        if (kind == 2) CHECK((reading.lines == expected));
      }
    }
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
