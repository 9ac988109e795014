#include <catch2/catch.hpp>

#include "stages/file/output_file.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

using file::Codec;
using file::Ending;
using file::OutputFile;

Ending lines(const std::string& delimiter = "\n") {
  return {delimiter, false, Codec::none, 100'000, file::kWindow};
}

/// Appends `text`; returns what was said of what stood there.
std::string append(const std::string& path, const std::string& text, const Ending& ending) {
  OutputFile file(path, true);
  std::string said = file.open(ending);
  file.write(text);
  file.commit();
  return said;
}

std::string compressed(const std::string& text, Codec codec) {
  std::string out(1000 + text.size() * 2, '\0');
  std::string_view in = text;
  const auto encoder = file::make_encoder(codec);
  std::size_t size = 0;
  do {
    size += encoder->encode(in, {out.data() + size, out.size() - size}, true);
  } while (!in.empty());
  out.resize(size);
  return out;
}

TEST_CASE("half a record at the end is put aside, and nothing is glued to it") {
  const Folder directory;
  const std::string path = directory.write("log", "a\nb\nhalf");
  CHECK(append(path, "c\n", lines()) ==
        "'" + path + "' ended in half a record: its last 4 bytes are in '" + path + ".torn' now");
  CHECK(content_of(path) == "a\nb\nc\n");
  CHECK(content_of(path + ".torn") == "half");
  CHECK(append(path, "d\n", lines()).empty());
  directory.write("log", "x");
  CHECK(append(path, "c\n", lines()).ends_with("its last 1 byte are in '" + path + ".torn.1' now"));
  CHECK(content_of(path) == "c\n");
  CHECK(content_of(path + ".torn") == "half");
}

TEST_CASE(
    "wherever a file of lines was torn, its whole records and all its bytes are still there") {
  const Folder directory;
  std::mt19937 random(71);
  for (const std::string delimiter : {"\n", "--", "\r\n\r\n"}) {
    for (int i = 0; i < 60; ++i) {
      std::string whole;
      const unsigned records = random() % 4;
      for (unsigned r = 0; r < records; ++r) {
        // Now and then longer than what is read at a time.
        const std::size_t most = random() % 8 == 0 ? 90'000 : 20;
        whole += std::string(random() % most, "-\rab"[random() % 4]) + "x" + delimiter;
      }
      const std::string torn =
          std::string(random() % 30, 'h') + delimiter.substr(0, delimiter.size() - 1);
      const std::string path = directory.write("log", whole + torn);
      std::filesystem::remove(path + ".torn");
      CHECK(append(path, "new" + delimiter, lines(delimiter)).empty() == torn.empty());
      CHECK((content_of(path) == whole + "new" + delimiter));
      CHECK(content_of(path + ".torn") == torn);
    }
  }
}

TEST_CASE("a line break in the quotes of a row ends no record") {
  const Folder directory;
  const std::string whole = "a,b\n1,\"x\"\"\ny\"\n\"\",\"\n\"\n5\" disk,2\n";
  const std::string last = "2,\"p\nq\n\"\"r\",3";
  Ending ending = lines();
  ending.csv = true;
  for (std::size_t size = 0; size <= last.size(); ++size) {
    const std::string path = directory.write("rows", whole + last.substr(0, size));
    append(path, "new\n", ending);
    CHECK(content_of(path) == whole + "new\n");
  }
}

TEST_CASE("what is no file of records is refused and left as it is") {
  const Folder directory;
  const std::string path = directory.write("log", "a\n" + std::string(200'000, 'x'));
  const std::string before = content_of(path);
  CHECK(error_of([&] { append(path, "b\n", lines()); }) ==
        "io: cannot append to '" + path +
            "': its last 200000 bytes are no whole record and more than one can have");
  Ending gzip = lines();
  gzip.codec = Codec::gzip;
  CHECK(error_of([&] { append(path, "b\n", gzip); }) ==
        "io: cannot append to '" + path + "': it is not compressed as gzip");
  CHECK((content_of(path) == before));
  CHECK_FALSE(std::filesystem::exists(path + ".torn"));
}

TEST_CASE("wherever a compressed file was torn, its whole members are still there") {
  const Folder directory;
  for (const Codec codec : {Codec::gzip, Codec::zstd}) {
    const std::string first = compressed("first\n", codec);
    const std::string second = compressed("second\n", codec);
    Ending ending = lines();
    ending.codec = codec;
    for (std::size_t size = 0; size <= second.size(); ++size) {
      const std::string path = directory.write("log", first + second.substr(0, size));
      append(path, second, ending);
      const bool whole = size == second.size();
      CHECK((content_of(path) == first + (whole ? second : "") + second));
    }
    const std::string path = directory.write("log", first.substr(0, first.size() - 1));
    append(path, second, ending);
    CHECK((content_of(path) == second));
  }
}

TEST_CASE("one run at a time appends to a file") {
  const Folder directory;
  const std::string path = directory / "log";
  OutputFile file(path, true);
  CHECK(file.open(lines()).empty());
  file.write("half");
  CHECK(error_of([&] { append(path, "x\n", lines()); }) ==
        "io: cannot write '" + path + "': another run, or another sink, is writing it");
  file.write(" and half\n");
  file.commit();
  CHECK(append(path, "x\n", lines()).empty());
  CHECK(content_of(path) == "half and half\nx\n");
}

}  // namespace
}  // namespace weir::stages::test
