#include <zlib.h>
#include <zstd.h>
#include <catch2/catch.hpp>

#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

std::string gzip(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& content) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(content.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), content.data(), content.size()));
  ZSTD_freeCCtx(context);
  return out;
}

using Compress = std::string (*)(const std::string&);

std::string error_in(const std::string& path) {
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.read", with({{"path", path}}));
  return error_of([&] { kit.read(); });
}

TEST_CASE("compressed files are known by their content and give the same records") {
  const Folder directory;
  std::mt19937 random(23);
  for (const Compress compress : {gzip, zstd}) {
    for (int round = 0; round < 8; ++round) {
      const std::string content = random_lines(random, random() % 400'000, 5'000);
      const std::string path = directory.write("lines", compress(content));
      CHECK(read_lines(with({{"path", path}})) == cut(content));
    }
    CHECK(read_lines(with({{"path", directory.write("empty", compress(""))}})).empty());
  }
}

TEST_CASE("members and frames that follow each other are one stream") {
  const Folder directory;
  for (const Compress compress : {gzip, zstd}) {
    const std::string joined = compress("one\ntw") + compress("") + compress("o\nthree");
    const Node options = with({{"path", directory.write("joined", joined)}});
    CHECK(read_lines(options) == cut("one\ntwo\nthree"));
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

TEST_CASE("a compressed file can be a record as a whole") {
  const Folder directory;
  for (const Compress compress : {gzip, zstd}) {
    const std::string path = directory.write("whole", compress("one\ntwo\n"));
    const Node options = with({{"path", path}, {"framing", "file"}});
    CHECK(read_lines(options) == std::vector<Line>{{0, 0, "one\ntwo\n", {}}});
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
  for (const Compress compress : {gzip, zstd}) {
    const std::string whole = compress(content);
    const std::string half = directory.write("half", whole.substr(0, whole.size() / 2));
    const std::string name = compress == gzip ? "gzip" : "zstd";
    CHECK(error_in(half) == "io: the " + name + " data in '" + half + "' ends too early, at byte " +
                                std::to_string(whole.size() / 2));
    std::string bad = whole;
    for (std::size_t i = 0; i < 40; ++i) bad[bad.size() / 2 + i] = 'x';
    const std::string path = directory.write("bad", bad);
    CHECK_THAT(error_in(path),
               Catch::StartsWith("io: the " + name + " data in '" + path + "' is not valid: "));
    std::string checksum = whole;
    checksum[checksum.size() - (compress == gzip ? 8 : 4)] ^= 1;
    CHECK_THAT(error_in(directory.write("sum", checksum)), Catch::Contains("is not valid: "));
  }
}

TEST_CASE("all records before the damage are read, however batches are cut") {
  const Folder directory;
  std::mt19937 random(31);
  const std::string content = random_lines(random, 600'000, 500);
  const std::vector<Line> whole = cut(content);
  for (const Compress compress : {gzip, zstd}) {
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
      if (truncated) {
        CHECK(std::equal(reading.lines.begin(), reading.lines.end(), whole.begin()));
      }
      for (const unsigned refuse_one_in : {0, 3}) {
        CHECK(read_stingily(options, random, refuse_one_in).lines == reading.lines);
      }
    }
  }
}

}  // namespace
}  // namespace weir::stages::test
