#include <catch2/catch.hpp>

#include "stages/file/file_read.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

using Paths = std::vector<std::string>;

/// What each stream reads; nothing: all is one.
std::optional<std::vector<Paths>> streams_of(Paths paths,
                                             file::Streams streams = file::Streams::per_file) {
  file::FileReadOptions options;
  options.path = std::move(paths);
  options.streams = streams;
  const auto split = file::split_streams(options);
  if (!split) return std::nullopt;
  std::vector<Paths> all;
  for (const file::FileReadOptions& stream : *split) all.push_back(stream.path);
  return all;
}

TEST_CASE("each file that is named is a stream, in the order in which they would be read") {
  const Folder directory;
  const std::string b = directory.write("b.log", "b\n");
  const std::string a = directory.write("a.log", "a\n");
  CHECK(streams_of({directory / "*.log"}) == std::vector<Paths>{{a}, {b}});
  CHECK(streams_of({b, directory / "a*"}) == std::vector<Paths>{{b}, {a}});
}

TEST_CASE("files are one stream unless it is said that each is one") {
  const Folder directory;
  directory.write("a.log", "a\n");
  CHECK_FALSE(streams_of({directory / "*.log"}, file::Streams::one));
  CHECK_FALSE(streams_of({directory / "*.log"}, file::FileReadOptions().streams));
}

TEST_CASE("where a file is missing there is no stream: who opens the source says so") {
  const Folder directory;
  const std::string a = directory.write("a.log", "a\n");
  CHECK(streams_of({directory / "*.csv"}) == std::vector<Paths>{});
  CHECK(streams_of({a, directory / "missing"}) == std::vector<Paths>{});
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.read",
                    with({{"path", directory / "*.csv"}, {"streams", "per_file"}}));
  CHECK(error_of([&] { kit.read(); }) == "io: no file matches '" + directory / "*.csv" + "'");
}

TEST_CASE("a stream takes over how its file is cut") {
  const Folder directory;
  file::FileReadOptions options;
  options.path = {directory.write("a.csv", "x;y\n"), directory.write("b.csv", "x;y\n")};
  options.streams = file::Streams::per_file;
  file::set_framing(options, {Framing::Unit::csv, true, ';'});
  const auto streams = file::split_streams(options);
  REQUIRE(streams);
  REQUIRE(streams->size() == 2);
  for (const file::FileReadOptions& stream : *streams) {
    CHECK(stream.framing.choice == file::FramingChoice::csv);
    CHECK(stream.header == true);
    CHECK(stream.csv.delimiter == ';');
    CHECK(stream.streams == file::Streams::one);
  }
}

TEST_CASE("a stream whose file looks like a glob reads that file alone") {
  const Folder directory;
  const std::string odd = directory.write("a[1].log", "x\n");
  directory.write("a1.log", "y\n");
  const auto streams = streams_of({odd});
  REQUIRE(streams == std::vector<Paths>{{odd}});
  CHECK(read_lines(kit::map({{"path", kit::list(streams->front())}})) == cut("x\n"));
}

}  // namespace
}  // namespace weir::stages::test
