#include <catch2/catch.hpp>

#include "tests/stages/file/compress.h"
#include "tests/stages/file/counted_share.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

std::string error_in(const std::string& path) {
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.read", with({{"path", path}}));
  return error_of([&] { kit.read(); });
}

/// What file.read gives of a file that may be damaged.
Reading read_damaged(const std::string& path) {
  std::mt19937 random(7);
  file::FileReadOptions options;
  options.path = {path};
  return read_stingily(options, random, 0);
}

bool begins_with(const std::vector<Line>& all, const std::vector<Line>& some) {
  return some.size() <= all.size() && std::equal(some.begin(), some.end(), all.begin());
}

TEST_CASE("compressed files are known by their content and give the same records") {
  const Folder directory;
  std::mt19937 random(23);
  for (const auto& [name, compress] : kWays) {
    INFO(name);
    for (int round = 0; round < 8; ++round) {
      const std::string content = random_lines(random, random() % 400'000, 5'000);
      const std::string path = directory.write("lines", compress(content));
      CHECK(read_lines(with({{"path", path}})) == cut(content));
    }
    CHECK(read_lines(with({{"path", directory.write("empty", compress(""))}})).empty());
  }
}

TEST_CASE("members, frames and streams that follow each other are one") {
  const Folder directory;
  for (const auto& [name, compress] : kWays) {
    INFO(name);
    const std::string joined = compress("one\ntw") + compress("") + compress("o\nthree");
    const Node options = with({{"path", directory.write("joined", joined)}});
    CHECK(read_lines(options) == cut("one\ntwo\nthree"));
  }
  const std::string skipped("\x51\x2a\x4d\x18\x03\0\0\0abc", 11);
  for (const Compress compress : {zstd, lz4}) {
    const std::string joined = compress("one\n") + skipped + compress("two\n") + skipped;
    const Node options = with({{"path", directory.write("skipped", joined)}});
    CHECK(read_lines(options) == cut("one\ntwo\n"));
  }
}

TEST_CASE("zeros behind a gzip member are padding, other bytes are an error") {
  const Folder directory;
  const std::string padded = gzip("one\n") + std::string(512, '\0');
  CHECK(read_lines(with({{"path", directory.write("padded", padded)}})) == cut("one\n"));
  const std::string path = directory.write("garbage", gzip("one\n") + "garbage");
  CHECK(error_in(path) ==
        "io: the gzip data in '" + path + "' is not valid: incorrect header check, at byte 26");
}

TEST_CASE("zeros by four behind an xz stream are padding") {
  const Folder directory;
  for (const Compress compress : {xz, xz_in_blocks}) {
    const auto padded = [&](std::size_t zeros, const std::string& behind) {
      return directory.write("padded", compress("one\n") + std::string(zeros, '\0') + behind);
    };
    for (const std::size_t zeros : {0, 4, 512}) {
      CHECK(read_lines(with({{"path", padded(zeros, "")}})) == cut("one\n"));
      CHECK(read_lines(with({{"path", padded(zeros, compress("two"))}})) == cut("one\ntwo"));
    }
    CHECK_THAT(error_in(padded(3, "")), Catch::Contains("ends too early"));
    CHECK_THAT(error_in(padded(3, compress("two"))), Catch::Contains("another stream"));
  }
}

TEST_CASE("other bytes behind the last stream are an error, and all before them is read") {
  const Folder directory;
  const std::string content = "one\ntwo\n";
  for (const auto& [name, compress] : kWays) {
    for (const std::string garbage : {"x", "garbage", "BZ", "\x28\xb5", "garbage that is longer"}) {
      INFO(name << ' ' << garbage);
      const std::string path = directory.write("garbage", compress(content) + garbage);
      const Reading reading = read_damaged(path);
      CHECK(reading.lines == cut(content));
      CHECK_THAT(reading.error,
                 Catch::StartsWith("the " + std::string(name) + " data in '" + path));
      CHECK(reading.error_position == 8);
    }
  }
}

TEST_CASE("a compressed file can be a record as a whole") {
  const Folder directory;
  for (const auto& [name, compress] : kWays) {
    const std::string path = directory.write("whole", compress("one\ntwo\n"));
    const Node options = with({{"path", path}, {"framing", "file"}});
    CHECK(read_lines(options) == std::vector<Line>{{0, 0, "one\ntwo\n", {}}});
  }
}

TEST_CASE("without compression a file's bytes are read as they are") {
  const Folder directory;
  for (const auto& [name, compress] : kWays) {
    const std::string bytes = compress("one\ntwo\n");
    const std::string path = directory.write("raw", bytes);
    CHECK(read_lines(with({{"path", path}, {"compression", "none"}})) == cut(bytes));
    const Node whole = with({{"path", path}, {"framing", "file"}, {"compression", "none"}});
    CHECK(read_lines(whole) == std::vector<Line>{{0, 0, bytes, {}}});
  }
}

TEST_CASE("what weir cannot undo is named") {
  const Folder directory;
  const std::pair<std::string, std::string> kinds[] = {
      {"PK\x03\x04....", "a zip archive"},
      {"PK\x05\x06....", "a zip archive"},
      {"7z\xbc\xaf\x27\x1c..", "a 7z archive"},
      {"\x1f\x9d....", "a file of compress"},
      {"LZIP\x01....", "lzip"},
      {"\x02\x21\x4c\x18....", "lz4 of the old format"}};
  for (const auto& [bytes, name] : kinds) {
    const std::string path = directory.write("foreign", bytes);
    CHECK(error_in(path) == "io: expected text or gzip | zstd | xz | bzip2 | lz4 in '" + path +
                                "', got " + name + "; 'compression: none' reads it as it is");
    CHECK(read_lines(with({{"path", path}, {"compression", "none"}})).size() == 1);
    CHECK(read_lines(with({{"path", path}, {"framing", "file"}})).size() == 1);
  }
  for (const std::string text : {"PK", "PK\x03", "LZIP", "LZIPPER", "BZh", "BZh9", "BZhello 1AY&SY",
                                 "\xfd\x37zX", "\x1f\x8b", "7z"}) {
    CHECK(read_lines(with({{"path", directory.write("text", text)}})) == cut(text));
  }
}

TEST_CASE("the byte order mark of a compressed file is cut off") {
  const Folder directory;
  const Node options = with({{"path", directory.write("bom", gzip("\xef\xbb\xbfone\n"))}});
  CHECK(read_lines(options) == std::vector<Line>{{0, 3, "one", {}}});
}

TEST_CASE("truncated and corrupt data is an error that names the file and the byte") {
  const Folder directory;
  std::mt19937 random(29);
  const std::string content = random_lines(random, 300'000, 500);
  for (const auto& [name, compress] : kWays) {
    INFO(name);
    const std::string whole = compress(content);
    const std::string half = directory.write("half", whole.substr(0, whole.size() / 2));
    const std::string start = "io: the " + std::string(name) + " data in '";
    CHECK_THAT(error_in(half), Catch::StartsWith(start + half + "' ends too early, at byte " +
                                                 std::to_string(whole.size() / 2)));
    std::string bad = whole;
    for (std::size_t i = 0; i < 40; ++i) bad[bad.size() / 2 + i] = 'x';
    const std::string path = directory.write("bad", bad);
    CHECK_THAT(error_in(path), Catch::StartsWith(start + path + "' is not valid: "));
  }
  const std::pair<Compress, int> kChecksums[] = {{gzip, 8}, {zstd, 4}};
  for (const auto& [compress, from_end] : kChecksums) {
    std::string checksum = compress(content);
    checksum[checksum.size() - static_cast<std::size_t>(from_end)] ^= 1;
    CHECK_THAT(error_in(directory.write("sum", checksum)), Catch::Contains("is not valid: "));
  }
}

TEST_CASE("all records before the damage are read, however batches are cut") {
  const Folder directory;
  std::mt19937 random(31);
  const std::string content = random_lines(random, 600'000, 500);
  const std::vector<Line> whole = cut(content);
  for (const auto& [name, compress] : kWays) {
    INFO(name);
    const std::string good = compress(content);
    std::string bad = good;
    for (std::size_t i = 0; i < 40; ++i) bad[bad.size() * 3 / 4 + i] = 'x';
    file::FileReadOptions options;
    for (const bool truncated : {true, false}) {
      options.path = {
          directory.write("bad", truncated ? good.substr(0, good.size() * 3 / 4) : bad)};
      const Reading reading = read_stingily(options, random, 0);
      CHECK_FALSE(reading.error.empty());
      CHECK(reading.lines.size() > whole.size() / 2);
      CHECK(reading.lines.size() < whole.size());
      if (truncated) CHECK(begins_with(whole, reading.lines));
      for (const unsigned refuse_one_in : {0, 3}) {
        CHECK(read_stingily(options, random, refuse_one_in).lines == reading.lines);
      }
    }
  }
}

TEST_CASE("a stream that is cut anywhere is an error behind what came before") {
  const Folder directory;
  const std::string content = "one\ntwo\nthree three three three three three\nfour";
  for (const auto& [name, compress] : kWays) {
    if (compress == bgzf || compress == zstd_frames) continue;  // They may end in more places.
    const std::string first = compress(content.substr(0, 20));
    const std::string whole = first + compress(content.substr(20));
    for (std::size_t size = file::kMagicSize; size < whole.size(); ++size) {
      INFO(name << ' ' << size << " of " << whole.size());
      const Reading reading = read_damaged(directory.write("cut", whole.substr(0, size)));
      // Between two streams nobody can tell that one is missing.
      CHECK(reading.error.empty() == (size == first.size()));
      // The last of them may be half a record: what the file held of it.
      std::vector<Line> lines = reading.lines;
      if (reading.error.empty()) lines.pop_back();
      CHECK(begins_with(cut(content), lines));
      if (size >= first.size()) CHECK(lines.size() >= 2);
    }
  }
}

TEST_CASE("no flipped byte gives other records without an error") {
  const Folder directory;
  const std::string content = "one\ntwo\nthree three three three three three\nfour\n";
  for (const auto& [name, compress] : kWays) {
    const std::string whole = compress(content.substr(0, 20)) + compress(content.substr(20));
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const int flip : {0x01, 0x80, 0xff}) {
        std::string bytes = whole;
        bytes[i] = static_cast<char>(bytes[i] ^ flip);
        file::Detected kind;
        file::detect_codec(std::string_view(bytes).substr(0, file::kMagicSize), true, kind);
        if (kind.codec == file::Codec::none) continue;  // text, for all that anybody knows
        INFO(name << ' ' << i << " of " << whole.size() << " by " << flip);
        const Reading reading = read_damaged(directory.write("flipped", bytes));
        // The length that makes a frame be skipped can lead behind all of it.
        const bool skips = kind.codec == file::Codec::zstd && bytes[0] != whole[0];
        if (reading.error.empty() && !skips) CHECK(reading.lines == cut(content));
      }
    }
  }
}

TEST_CASE("a few bytes that stand for many are read in little memory") {
  const Folder directory;
  const std::string zeros(50'000'000, '\0');
  for (const auto& [name, compress] : kWays) {
    INFO(name);
    const std::string path = directory.write("bomb", compress(zeros));
    std::mt19937 random(37);
    file::FileReadOptions options;
    options.path = {path};
    options.max_record = Bytes{1000};
    const Reading reading = read_stingily(options, random, 0);
    REQUIRE(reading.lines.size() == 1);
    CHECK(reading.lines[0].error == "too_long");
  }
}

/// Decodes all of `bytes`, in steps, until there is a failure.
std::string decode_all(file::Decoder& decoder, std::string_view bytes, std::string& failure) {
  std::string made;
  std::string out(1000, '\0');
  for (int idle = 0; idle < 100;) {
    std::string_view step = bytes.substr(0, 700);
    const std::size_t before = step.size();
    const std::size_t size = decoder.decode(step, out, before == bytes.size());
    made.append(out, 0, size);
    bytes.remove_prefix(before - step.size());
    failure = decoder.failure();
    if (!failure.empty() || (bytes.empty() && decoder.complete())) break;
    idle = size > 0 || step.size() < before ? 0 : idle + 1;
  }
  return made;
}

TEST_CASE("a decoder takes its memory from the share, waits for it, and gives it back") {
  std::mt19937 random(41);
  const std::string content = random_lines(random, 300'000, 500);
  for (const auto& [name, compress] : kWays) {
    INFO(name);
    const std::string bytes = compress(content);
    file::Detected kind;
    file::detect_codec(bytes, true, kind);
    for (const int threads : {1, 2, 8}) {
      CountedShare share(64 << 20, 3);
      std::string failure;
      {
        const auto decoder = file::make_decoder(kind.codec, {0, &share}, threads);
        CHECK(decode_all(*decoder, bytes, failure) == content);
        CHECK(decoder->complete());
        CHECK(share.held() >= 48 * 1024);
      }
      CHECK(failure.empty());
      CHECK(share.held() == 0);
      CHECK(share.most() <= share.limit());
      CountedShare little(40'000, 0);
      CHECK(decode_all(*file::make_decoder(kind.codec, {0, &little}, threads), bytes, failure)
                .empty());
      CHECK_THAT(failure, Catch::StartsWith("needs ") &&
                              Catch::EndsWith(" of memory, more than its share of limits.memory, "
                                              "40 KiB"));
      CHECK(little.held() == 0);
    }
  }
}

}  // namespace
}  // namespace weir::stages::test
