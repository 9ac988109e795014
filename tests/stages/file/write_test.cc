#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <thread>

#include "stages/file/file_write.h"
#include "tests/stages/file/feed.h"
#include "tests/stages/file/file_size_limit.h"

namespace weir::stages::test {
namespace {

std::vector<kit::Datum> records(std::vector<std::string> texts) {
  std::vector<kit::Datum> out;
  for (std::string& text : texts) out.push_back({std::move(text), {}, {}});
  return out;
}

void write(const Node& with, const std::vector<kit::Datum>& input, std::size_t cut = 0,
           bool commit = true) {
  const Registry registry = file_registry();
  kit::StageKit(registry, "file.write", with).write(input, cut, commit);
}

/// Writes one batch to an open sink; returns the indices of the records that it failed.
std::vector<std::size_t> failed_of(Sink& sink, const std::vector<std::string>& texts,
                                   std::string* message = nullptr) {
  std::mt19937 random(1);
  StingyArena arena(random, 0);
  kit::NoHost host;
  std::vector<detail::RecordData> records(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Record(records[i], arena, host).adopt_text(texts[i]);
  }
  Batch batch(records, arena, host, 16u << 20);
  sink.write(batch);
  std::vector<std::size_t> failed;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].state != detail::RecordState::failed) continue;
    failed.push_back(i);
    if (message) *message = std::string(records[i].extra->error.message);
  }
  return failed;
}

TEST_CASE("each record's text is followed by the delimiter") {
  const Folder directory;
  const std::string path = directory / "out";
  write(with({{"path", path}}), records({"a", "", std::string("n\0l", 3)}));
  CHECK(content_of(path) == std::string("a\n\nn\0l\n", 7));
  write(with({{"path", path}, {"delimiter", ""}}), records({"a", "b"}));
  CHECK(content_of(path) == "ab");
}

TEST_CASE("what is written does not depend on how batches are cut") {
  const Folder directory;
  std::mt19937 random(53);
  std::vector<kit::Datum> input;
  for (const Line& line : cut(random_lines(random, 900'000, 200'000))) {
    input.push_back({line.text, {}, {}});
  }
  for (const char* name : {"out", "out.gz", "out.zst"}) {
    const std::string path = directory / name;
    write(with({{"path", path}}), input, 0);
    const std::string all = content_of(path);
    for (const std::size_t cut : {1, 7}) {
      write(with({{"path", path}}), input, cut);
      CHECK((content_of(path) == all));
    }
    std::vector<std::string> texts;
    for (const Line& line : read_lines(framed(path, "delimiter", "\n"))) {
      texts.push_back(line.text);
    }
    REQUIRE(texts.size() == input.size());
    for (std::size_t i = 0; i < texts.size(); ++i) REQUIRE(texts[i] == input[i].text);
  }
}

TEST_CASE("the file has its name only after a commit") {
  const Folder directory;
  const std::string path = directory.write("out", "old\n");
  const std::string partial = path + ".partial";
  directory.write("out.partial", "left over from an earlier run, longer than what comes now");
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.write", with({{"path", path}}));
  kit.write(records({"new"}), 0, false);
  CHECK(content_of(path) == "old\n");
  CHECK(content_of(partial) == "new\n");
  CHECK(content_of(partial + ".1").starts_with("left over from an earlier run"));
  CHECK(dynamic_cast<Sink&>(kit.stage()).leftover() == partial);
  kit.write(records({"new"}));
  CHECK(content_of(path) == "new\n");
  CHECK_FALSE(std::filesystem::exists(partial));
  CHECK(dynamic_cast<Sink&>(kit.stage()).leftover().empty());
}

TEST_CASE("a compressed file that was not committed can be read") {
  const Folder directory;
  for (const char* name : {"out.gz", "out.zst"}) {
    const std::string path = directory / name;
    write(with({{"path", path}}), records({"a", "b"}), 1, false);
    CHECK(read_lines(with({{"path", path + ".partial"}})) == cut("a\nb\n"));
  }
}

TEST_CASE("a file that is read and written by one pipeline is not destroyed") {
  const Folder directory;
  const std::string path = directory.write("same", "a\nb\n");
  const Registry registry = file_registry();
  file::FileReadOptions options;
  options.path = {path};
  std::mt19937 random(1);
  const std::vector<Line> lines = [&] {
    file::FileWriteOptions out;
    out.path = path;
    file::FileWrite sink(out);
    SmallContext context;
    sink.open(context);
    std::vector<Line> read = read_stingily(options, random, 0).lines;
    failed_of(sink, {"c"});
    sink.commit();
    sink.close();
    return read;
  }();
  CHECK(lines == cut("a\nb\n"));
  CHECK(content_of(path) == "c\n");
}

TEST_CASE("the new file keeps the old one's permissions, and a link stays a link") {
  const Folder directory;
  const std::string path = directory.write("out", "old\n");
  ::chmod(path.c_str(), 0640);
  const std::string link = directory / "link";
  std::filesystem::create_symlink("out", link);
  write(with({{"path", link}}), records({"new"}));
  CHECK(std::filesystem::is_symlink(link));
  CHECK(content_of(path) == "new\n");
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
}

TEST_CASE("append adds to the file itself, also to a compressed one") {
  const Folder directory;
  for (const char* name : {"out", "out.gz", "out.zst"}) {
    const std::string path = directory / name;
    const Node options = with({{"path", path}, {"append", "true"}});
    write(options, records({"a"}));
    write(options, records({"b"}), 0, false);
    CHECK(read_lines(with({{"path", path}})) == cut("a\nb\n"));
    CHECK_FALSE(std::filesystem::exists(path + ".partial"));
  }
}

TEST_CASE("a device and a fifo are written themselves") {
  write(with({{"path", "/dev/null"}}), records({"a"}));
  const Folder directory;
  const std::string fifo = directory / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  std::string got;
  std::thread reader([&] { got = content_of(fifo); });
  write(with({{"path", fifo}}), records({"a", "b"}));
  reader.join();
  CHECK(got == "a\nb\n");
}

TEST_CASE("what cannot be written is said when the sink is opened") {
  const Folder directory;
  const auto problem = [](const std::string& path) {
    return error_of([&] { write(with({{"path", path}}), {}); });
  };
  CHECK(problem(directory / "no/out") == "io: cannot create '" + (directory / "no/out") +
                                             "': there is no directory '" + (directory / "no") +
                                             "'");
  CHECK(problem(directory / "") == "io: cannot write '" + (directory / "") + "': Is a directory");
  CHECK(problem("") == "expected a path, got empty text");
}

TEST_CASE("a full device fails every record of the batch") {
  file::FileWriteOptions options;
  options.path = "/dev/full";
  file::FileWrite sink(options);
  SmallContext context;
  sink.open(context);
  std::string message;
  CHECK(failed_of(sink, {"a", std::string(100'000, 'b'), "c"}, &message) ==
        std::vector<std::size_t>{0, 1, 2});
  CHECK(message == "cannot write '/dev/full': No space left on device");
  sink.close();
}

TEST_CASE("a compressed file that lost bytes takes no more and is not committed") {
  file::FileWriteOptions options;
  options.path = "/dev/full";
  options.compression = file::Compression::gzip;
  file::FileWrite sink(options);
  SmallContext context;
  sink.open(context);
  std::mt19937 random(59);
  std::string noise;
  for (int i = 0; i < 300'000; ++i) noise += static_cast<char>(random());
  CHECK(failed_of(sink, {"a", noise}) == std::vector<std::size_t>{0, 1});
  CHECK(failed_of(sink, {"b"}) == std::vector<std::size_t>{0});
  CHECK(error_of([&] { sink.commit(); }) ==
        "io: cannot write '/dev/full': No space left on device");
  sink.close();
}

TEST_CASE(
    "exactly the records that were not wholly written fail, and the file ends with the last whole "
    "one") {
  const Folder directory;
  for (const bool append : {false, true}) {
    const std::string path = directory / (append ? "log" : "out");
    file::FileWriteOptions options;
    options.path = path;
    options.append = append;
    file::FileWrite sink(options);
    SmallContext context;
    sink.open(context);
    const std::string file = append ? path : path + ".partial";
    {
      const FileSizeLimit limit(100'000);
      CHECK(failed_of(sink, {"first"}).empty());
      const std::vector<std::string> texts = {"a", std::string(70'000, 'b'), "c",
                                              std::string(40'000, 'd'), "e"};
      CHECK(failed_of(sink, texts) == std::vector<std::size_t>{3, 4});
      CHECK((content_of(file) == "first\na\n" + texts[1] + "\nc\n"));
    }
    CHECK(failed_of(sink, {"later"}).empty());
    sink.commit();
    sink.close();
    CHECK(content_of(path).ends_with("\nc\nlater\n"));
  }
}

TEST_CASE("records that ended before are not written") {
  const Folder directory;
  file::FileWriteOptions options;
  options.path = directory / "out";
  file::FileWrite sink(options);
  SmallContext context;
  sink.open(context);
  std::mt19937 random(1);
  StingyArena arena(random, 0);
  kit::NoHost host;
  std::vector<detail::RecordData> data(3);
  for (detail::RecordData& record : data) Record(record, arena, host).adopt_text("x");
  data[1].state = detail::RecordState::dropped;
  Batch batch(data, arena, host, 1000);
  sink.write(batch);
  sink.commit();
  CHECK(content_of(options.path.path()) == "x\nx\n");
}

}  // namespace
}  // namespace weir::stages::test
