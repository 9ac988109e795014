#include <sys/resource.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "tests/stages/file/keyed_sink.h"

namespace weir::stages::test {
namespace {

TEST_CASE(
    "each file has its records in their order, however many are open, "
    "and compressed or not") {
  std::mt19937 random(61);
  for (const std::string extension : {".txt", ".gz", ".zst"}) {
    for (const int open : {1, 3, 1000}) {
      const Folder directory;
      const std::vector<Row> rows = random_rows(random, 3'000, 40);
      file::FileWriteOptions options = options_of(directory / "{k}/at {k}" + extension);
      options.max_open = open;
      Writing writing(options);
      for (std::size_t at = 0; at < rows.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random() % 300, rows.size() - at);
        const auto from = rows.begin() + static_cast<std::ptrdiff_t>(at);
        writing.write({from, from + static_cast<std::ptrdiff_t>(size)});
        at += size;
      }
      CHECK_FALSE(std::filesystem::exists(directory / "k0/at k0" + extension));
      writing.sink.commit();
      writing.sink.close();
      for (const auto& [key, content] : by_key(rows)) {
        const std::string path = directory / (key + "/at " + key + extension);
        INFO(path << ", " << open << " open");
        file::FileReadOptions read;
        read.path = {path};
        CHECK(read_stingily(read, random, 0).lines == cut(content));
        CHECK_FALSE(std::filesystem::exists(path + ".partial"));
      }
    }
  }
}

TEST_CASE("a value that is no part of one name is an error of its record") {
  const Folder directory;
  Writing writing(options_of(directory / "{k}"));
  const std::pair<std::optional<std::string>, std::string> cases[] = {
      {std::nullopt, "missing '{k}' of the path"},
      {"", "missing '{k}' of the path"},
      {"a/b", "expected a part of one name for '{k}', got 'a/b'"},
      {"/etc/passwd", "expected a part of one name for '{k}', got '/etc/passwd'"},
      {"..", "expected a name, got '..'"},
      {".", "expected a name, got '.'"},
      {".hidden", "expected a name that begins with no dot, got '.hidden'"},
      {std::string("a\0b", 3), "expected no control bytes for '{k}', got 'a\\0b'"},
      {"a\nb", "expected no control bytes for '{k}', got 'a\\nb'"},
      {std::string(248, 'x'), "expected a name of at most 247 bytes, got one of 248"},
  };
  for (const auto& [key, message] : cases) {
    INFO(message);
    CHECK(writing.write({{"x", key}}) == std::vector<std::string>{"path"});
    CHECK(writing.message.substr(0, 30) == message.substr(0, 30));
  }
  for (const std::string& good : {std::string(247, 'x'), std::string("a..b"), std::string("a b"),
                                  std::string("\xff\xfe"), std::string("-"), std::string("a{b}")}) {
    CHECK(writing.write({{"x", good}}) == std::vector<std::string>{""});
  }
  writing.sink.commit();
  CHECK(content_of(directory / "a{b}") == "x\n");
  Writing encoded(options_of(directory / "u{k|url}"));
  CHECK(encoded.write({{"x", "../a/b"}}) == std::vector<std::string>{""});
  encoded.sink.commit();
  CHECK(content_of(directory / "u..%2Fa%2Fb") == "x\n");
  Writing named(options_of(directory / "{k|name}.n"));
  CHECK(named.write({{"x", "/a/b"}, {"y", "/a/.."}}) == std::vector<std::string>{"", "path"});
  named.sink.commit();
  CHECK(content_of(directory / "b.n") == "x\n");
}

TEST_CASE("filters that would let a value out of its name are refused") {
  file::PathTemplate path;
  CHECK(file::PathTemplate::parse("{k|raw}", path).message == "'path' takes no 'raw'");
  CHECK(file::PathTemplate::parse("a/{k|json}", path).message == "'path' takes no 'json'");
  CHECK(path_of("out/b-{k}/{k}").start() == "out/");
  CHECK(path_of("{k}").start().empty());
  CHECK(path_of("/{k}").start() == "/");
  CHECK(path_of("a{{b}}").path() == "a{b}");
  CHECK_FALSE(path_of("a{{b}}").has_fields());
}

TEST_CASE("folders are made below the start, and symbolic links there are refused") {
  const Folder directory;
  std::filesystem::create_directories(directory / "out/real");
  std::filesystem::create_directories(directory / "other");
  std::filesystem::create_directory_symlink("../other", directory / "out/link");
  std::filesystem::create_symlink("../other/file", directory / "out/real/file");
  std::filesystem::create_directory_symlink("out", directory / "start");
  Writing writing(options_of(directory / "start/{k}/file"));
  CHECK(writing.write({{"x", "link"}, {"y", "real"}, {"z", "new"}}) ==
        std::vector<std::string>{"path", "path", ""});
  writing.sink.commit();
  CHECK(content_of(directory / "out/new/file") == "z\n");
  CHECK(std::filesystem::is_empty(directory / "other"));
  CHECK(error_of([&] { Writing none(options_of(directory / "none/{k}")); }).starts_with("io: "));
}

TEST_CASE("one file too many is an error, and those that there are go on") {
  const Folder directory;
  file::FileWriteOptions options = options_of(directory / "{k}");
  options.max_files = 2;
  Writing writing(options);
  CHECK(writing.write({{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "a"}}) ==
        std::vector<std::string>{"", "", "too_many_files", ""});
  writing.sink.commit();
  CHECK(content_of(directory / "a") == "1\n4\n");
  CHECK_FALSE(std::filesystem::exists(directory / "c"));
}

TEST_CASE("names count in the state") {
  const Folder directory;
  ListeningContext small(3'000);
  file::FileWrite sink(options_of(directory / "{k}"));
  sink.open(small);
  std::mt19937 random(1);
  StingyArena arena(random, 0);
  kit::NoHost host;
  std::vector<detail::RecordData> data(100);
  for (std::size_t i = 0; i < data.size(); ++i) {
    Record record(data[i], arena, host);
    arena.set_budget(1u << 20);
    record.set("k", Value(static_cast<std::int64_t>(i)));
  }
  Batch batch(data, arena, host, 1u << 20);
  sink.write(batch);
  CHECK(data.front().state == detail::RecordState::live);
  REQUIRE(data.back().state == detail::RecordState::failed);
  CHECK(data.back().extra->error.kind == "state_full");
  sink.close();
  CHECK(small.state().used() == 0);
}

TEST_CASE(
    "a failed run leaves each file as PATH.partial, cut at the record "
    "that failed") {
  const Folder directory;
  const std::string extension = GENERATE("", ".gz");
  Writing writing(options_of(directory / "{k}" + extension));
  writing.write({{"1", "a"}, {"2", "b"}, {"3", std::nullopt}, {"4", "a"}, {"5", "b"}}, true);
  writing.sink.close();
  std::mt19937 random(1);
  file::FileReadOptions read;
  for (const auto& [name, content] : {std::pair("a", "1\n"), std::pair("b", "2\n")}) {
    read.path = {directory / name + extension + ".partial"};
    CHECK(read_stingily(read, random, 0).lines == cut(content));
    CHECK_FALSE(std::filesystem::exists(directory / name + extension));
  }
  CHECK(writing.sink.leftover().ends_with(" and 1 more"));
}

TEST_CASE("append goes on behind what each file holds, at once") {
  const Folder directory;
  directory.write("a", "old\nhalf");
  file::FileWriteOptions options = options_of(directory / "{k}");
  options.append = true;
  options.max_open = 1;
  Writing writing(options);
  writing.write({{"1", "a"}, {"2", "b"}, {"3", "a"}});
  CHECK(content_of(directory / "a") == "old\n1\n3\n");
  CHECK(content_of(directory / "a.torn") == "half");
  CHECK(content_of(directory / "b") == "2\n");
  CHECK(writing.sink.leftover().empty());
}

TEST_CASE("each file of rows begins with the header") {
  const Folder directory;
  file::FileWriteOptions options = options_of(directory / "{k}.csv");
  options.written.unit = Framing::Unit::csv;
  options.written.header = true;
  options.max_open = 1;
  Writing writing(options);
  writing.write({{"h,i", std::nullopt}, {"1,2", "a"}, {"3,4", "b"}});
  writing.write({{"5,6", "a"}});
  writing.sink.commit();
  CHECK(content_of(directory / "a.csv") == "h,i\n1,2\n5,6\n");
  CHECK(content_of(directory / "b.csv") == "h,i\n3,4\n");
}

TEST_CASE(
    "two sinks that meet on one name fail, and neither writes into the "
    "other's file") {
  const Folder directory;
  for (const int open : {1, 100}) {
    file::FileWriteOptions options = options_of(directory / "{k}");
    options.max_open = open;
    Writing one(options);
    Writing other(options);
    one.write({{"1", "same"}, {"1", "only"}});
    const bool refused = other.write({{"2", "same"}}) == std::vector<std::string>{"io"};
    const std::string first = error_of([&] { one.sink.commit(); });
    const std::string second = error_of([&] { other.sink.commit(); });
    CHECK((refused || !first.empty() || !second.empty()));
    CHECK_FALSE((first.empty() && second.empty()));
    CHECK(content_of(directory / "same").find("1\n2") == std::string::npos);
  }
}

TEST_CASE(
    "more files than may be open are written, and the lower limit is "
    "said once") {
  const Folder directory;
  rlimit saved{};
  ::getrlimit(RLIMIT_NOFILE, &saved);
  const rlimit few{80, saved.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);
  std::mt19937 random(67);
  const std::vector<Row> rows = random_rows(random, 2'000, 300);
  {
    Writing writing(options_of(directory / "{k}"));
    for (const std::string& kind : writing.write(rows)) CHECK(kind.empty());
    CHECK(writing.context.said("max_open is 8, not 100") == 1);
    writing.sink.commit();
    writing.sink.close();
  }
  ::setrlimit(RLIMIT_NOFILE, &saved);
  for (const auto& [key, content] : by_key(rows)) CHECK(content_of(directory / key) == content);
}

TEST_CASE(
    "a full disk fails the records of a file, and the run if some "
    "counted as delivered") {
  const Folder directory;
  Writing writing(options_of(directory / "{k}"));
  {
    const FileSizeLimit full(100'000);
    CHECK(writing.write({{"1", "a"},
                         {std::string(70'000, 'b'), "a"},
                         {"2", "b"},
                         {std::string(50'000, 'd'), "a"},
                         {"3", "b"}}) == std::vector<std::string>{"", "", "", "io", ""});
  }
  CHECK(writing.write({{"4", "a"}}) == std::vector<std::string>{""});
  writing.sink.commit();
  CHECK(content_of(directory / "b") == "2\n3\n");
  CHECK((content_of(directory / "a") == "1\n" + std::string(70'000, 'b') + "\n4\n"));
}

}  // namespace
}  // namespace weir::stages::test
