#include <sys/resource.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "tests/stages/file/following.h"

namespace weir::stages::test {
namespace {

using Texts = std::vector<std::string>;

void add(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

file::FileReadOptions options_of(std::vector<std::string> paths) {
  file::FileReadOptions options;
  options.path = std::move(paths);
  return options;
}

/// What is in one and not in the other, so that a failure can be read.
Texts without(Texts from, Texts those) {
  std::ranges::sort(from);
  std::ranges::sort(those);
  Texts rest;
  std::ranges::set_difference(from, those, std::back_inserter(rest));
  return rest;
}

TEST_CASE("lines come as they are written, and half a line waits for its end") {
  const Folder directory;
  const std::string path = directory.write("a.log", "one\ntw");
  Following following(options_of({path}));
  CHECK(following.first(1) == Texts{"one"});
  add(path, "o\nthree");
  CHECK(following.first(2) == Texts{"one", "two"});
  add(path, "\n\r\n");
  CHECK(following.first(4) == Texts{"one", "two", "three", ""});
  add(path, "half");
  following.stop();
  CHECK(following.texts().size() == 4);
}

TEST_CASE("a file that was renamed is read to its end, the new one from its beginning") {
  const Folder directory;
  const std::string path = directory.write("a.log", "1\n");
  Following following(options_of({path}));
  following.first(1);
  std::ofstream late(path, std::ios::app);
  std::filesystem::rename(path, directory / "elsewhere");
  late << "2\n3, half" << std::flush;
  add(path, "4\n");
  following.first(3);
  late << " done\n5, half" << std::flush;
  eventually([&] { return following.all().size() >= 5; });
  Texts texts = following.texts();
  std::ranges::sort(texts);
  CHECK(texts == Texts{"1", "2", "3, half done", "4", "5, half"});
}

TEST_CASE("a file that is renamed into the glob is not read twice") {
  const Folder directory;
  const std::string path = directory.write("a.log", "1\n2\n");
  Following following(options_of({directory / "a.log*"}));
  following.first(2);
  std::filesystem::rename(path, directory / "a.log.1");
  add(path, "3\n");
  following.first(3);
  std::filesystem::rename(directory / "a.log.1", directory / "a.log.2");
  std::filesystem::rename(path, directory / "a.log.1");
  add(path, "4\n");
  CHECK(following.first(4) == Texts{"1", "2", "3", "4"});
  // Also when it has ended, and when somebody goes on with it then.
  eventually([n = 0]() mutable { return ++n > 8'000; });
  add(directory / "a.log.2", "late\n");
  CHECK(following.first(5) == Texts{"1", "2", "3", "4", "late"});
}

TEST_CASE("a deleted file is read to its end, and its half line is a record") {
  const Folder directory;
  const std::string path = directory.write("a.log", "1\n");
  Following following(options_of({path}));
  following.first(1);
  std::ofstream open(path, std::ios::app);
  std::filesystem::remove(path);
  open << "2\nhalf" << std::flush;
  CHECK(following.first(3) == Texts{"1", "2", "half"});
  add(path, "new\n");
  CHECK(following.first(4).back() == "new");
}

TEST_CASE("a truncated file is read from its beginning, and said to be") {
  const Folder directory;
  const bool longer = GENERATE(false, true);
  const std::string path = directory.write("a.log", "one\ntwo\nhalf");
  Following following(options_of({path}));
  following.first(2);
  std::filesystem::resize_file(path, 0);
  add(path, longer ? "another beginning, which is longer than the file was\n" : "x\n");
  const Texts texts = following.first(4);
  CHECK(texts.at(2) == "half");
  CHECK(texts.at(3) == (longer ? "another beginning, which is longer than the file was" : "x"));
  CHECK(following.all().at(3).position == 0);
  CHECK(following.context.said("was truncated") == 1);
}

TEST_CASE("from the end begins behind the last whole line, new files at their beginning") {
  const Folder directory;
  const std::string path = directory.write("a.log", std::string(200'000, 'x') + "\nold\nbeg");
  file::FileReadOptions options = options_of({directory / "*.log"});
  options.start = file::FollowStart::end;
  options.lines = true;
  Following following(options);
  add(path, "un\nnext\n");
  following.first(2);
  directory.write("b.log", "all\nof it\n");
  CHECK(following.first(4) == Texts{"begun", "next", "all", "of it"});
  CHECK(following.all().at(0).line == 3);
  CHECK(following.all().at(0).position == 200'005);
  CHECK(following.all().at(3).line == 2);
}

TEST_CASE("rows of csv have the header of their file, also from its end") {
  const Folder directory;
  const std::string path = directory.write("a.csv", "h,i\n1,\"x\ny\"\n2,");
  file::FileReadOptions options = options_of({path});
  options.framing.choice = file::FramingChoice::csv;
  options.header = true;
  if (GENERATE(false, true)) {
    options.start = file::FollowStart::end;
    Following following(options);
    add(path, "z\n");
    CHECK(following.first(1) == Texts{"2,z"});
  } else {
    Following following(options);
    following.first(1);
    add(path, "z\n3");
    CHECK(following.first(2) == Texts{"1,\"x\ny\"", "2,z"});
  }
}

TEST_CASE("lines that a pattern puts together are a record when nothing has come for a while") {
  const Folder directory;
  const std::string path = directory.write("a.log", "2 one\n more\n");
  file::FileReadOptions options = options_of({path});
  options.framing.key = "begin";
  options.framing.keys.begin = Pattern{"^[0-9]"};
  options.framing.keys.idle = std::chrono::milliseconds(20);
  options.lines = true;
  Following following(options);
  CHECK(following.first(1) == Texts{"2 one\n more"});
  add(path, "3 two\n and\n4 thr");
  add(path, "ee\n");
  CHECK(following.first(3).back() == "4 three");
  CHECK(following.all().at(2).line == 5);
  add(path, " late\n5 five\n");
  CHECK(following.first(5) == Texts{"2 one\n more", "3 two\n and", "4 three", " late", "5 five"});
  CHECK(following.context.said("") == 0);
}

TEST_CASE("lines of one record that come slowly stay together without an idle that is passed") {
  const Folder directory;
  const std::string path = directory.write("a.log", "1 a\n");
  file::FileReadOptions options = options_of({path});
  options.framing.key = "begin";
  options.framing.keys.begin = Pattern{"^[0-9]"};
  options.framing.keys.idle = std::chrono::minutes(10);
  Following following(options);
  for (int i = 0; i < 50; ++i) add(path, " b\n");
  add(path, "2 c\n");
  std::string whole = "1 a";
  for (int i = 0; i < 50; ++i) whole += "\n b";
  CHECK(following.first(1) == Texts{whole});
  std::filesystem::remove(path);
  CHECK(following.first(2).back() == "2 c");
}

TEST_CASE("streams that follow a file each do not read a file twice, whatever it is called") {
  const Folder directory;
  const std::string path = directory.write("a.log", "1\n");
  directory.write("a.log.1", "0\n");
  file::FileReadOptions options = options_of({directory / "a.log*"});
  options.follow = true;
  options.streams = file::Streams::per_file;
  const auto streams = file::split_streams(options);
  REQUIRE(streams->size() == 2);
  Following log(streams->at(0));
  Following old(streams->at(1));
  CHECK(log.first(1) == Texts{"1"});
  CHECK(old.first(1) == Texts{"0"});
  for (int i = 2; i < 5; ++i) {
    std::filesystem::rename(path + ".1", path + ".2");
    std::filesystem::rename(path, path + ".1");
    add(path, std::to_string(i) + "\n");
    log.first(static_cast<std::size_t>(i));
  }
  // Also when the renamed file has ended, and goes on then.
  eventually([n = 0]() mutable { return ++n > 8'000; });
  add(path + ".1", "late\n");
  CHECK(log.first(5) == Texts{"1", "2", "3", "4", "late"});
  CHECK(old.texts() == Texts{"0"});
}

TEST_CASE("compressed files are passed over, and that is said once") {
  const Folder directory;
  directory.write("a.gz", "\x1f\x8b\x08 and so on");
  directory.write("b.xz", std::string_view("\xfd"
                                           "7zXZ\0 more",
                                           11));
  directory.write("c.log", "plain\n");
  Following following(options_of({directory / "*"}));
  following.first(1);
  add(directory / "d.gz", "\x1f");
  add(directory / "d.gz", "\x8b\x08 more");
  add(directory / "c.log", "more\n");
  CHECK(following.first(2) == Texts{"plain", "more"});
  eventually([&] { return following.context.said("passed over") > 0; });
  CHECK(following.context.said("passed over") == 1);
}

TEST_CASE("what comes later is found: files, folders, and a path that was not there") {
  const Folder directory;
  Following following(options_of({directory / "late.log", directory / "**/x*.log"}));
  CHECK(following.context.said("is not there yet") == 1);
  add(directory / "late.log", "1\n");
  following.first(1);
  std::filesystem::create_directories(directory / "a/b");
  add(directory / "a/b/x1.log", "2\n");
  following.first(2);
  std::filesystem::create_symlink(directory / "late.log", directory / "x2.log");
  add(directory / "late.log", "3\n");
  CHECK(following.first(3) == Texts{"1", "2", "3"});
}

TEST_CASE("an excluded file is not followed, whatever folder it is in") {
  const Folder directory;
  std::filesystem::create_directories(directory / "old");
  file::FileReadOptions options = options_of({directory / "**/*.log"});
  options.exclude = {"x*.log", directory / "old/**"};
  directory.write("xa.log", "no\n");
  directory.write("old/a.log", "no\n");
  directory.write("a.log", "yes\n");
  Following following(options);
  directory.write("old/b.log", "no\n");
  directory.write("b.log", "yes\n");
  CHECK(following.first(2) == Texts{"yes", "yes"});
}

TEST_CASE("what cannot be followed is said at the start") {
  const Folder directory;
  file::FileReadOptions options = options_of({directory.path().string()});
  CHECK(error_of([&] { Following following(options); }).ends_with("': it is a directory"));
  options.path = {"-"};
  CHECK(error_of([&] { Following following(options); }) == "'-' takes no 'follow'");
  options.path = {"x"};
  options.framing.choice = file::FramingChoice::file;
  options.framing.named = true;
  CHECK(error_of([&] { Following following(options); }) == "'framing: file' takes no 'follow'");
  options.follow = false;
  options.framing.choice = file::FramingChoice::automatic;
  options.rotate_wait = std::chrono::seconds(1);
  CHECK(error_of([&] { file::FileRead read(options); }) == "'rotate_wait' needs 'follow: true'");
}

/// A limit of open files, for as long as it lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t most) {
    ::getrlimit(RLIMIT_NOFILE, &saved_);
    rlimit limit = saved_;
    limit.rlim_cur = most;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &saved_); }

 private:
  rlimit saved_{};
};

TEST_CASE("a thousand files are followed with few descriptors") {
  const Folder directory;
  constexpr int kFiles = 1'000;
  const auto name = [&](int i) { return directory / ("f" + std::to_string(i) + ".log"); };
  for (int i = 0; i < kFiles; ++i) add(name(i), "begun\nhalf ");
  Texts expected(kFiles, "begun");
  {
    const FewDescriptors few(64);
    Following following(options_of({directory / "f*.log*"}));
    following.first(kFiles);
    for (int i = 0; i < kFiles; ++i) add(name(i), std::to_string(i) + "\n");
    following.first(2 * kFiles);
    for (int i = 0; i < kFiles; i += 7) {
      std::filesystem::rename(name(i), name(i) + ".1");
      add(name(i), "new " + std::to_string(i) + "\n");
    }
    for (int i = 0; i < kFiles; ++i) expected.push_back("half " + std::to_string(i));
    for (int i = 0; i < kFiles; i += 7) expected.push_back("new " + std::to_string(i));
    following.first(expected.size());
    following.stop();
    CHECK(without(expected, following.texts()) == Texts());
    CHECK(without(following.texts(), expected) == Texts());
  }
}

/// Writers that rotate as loggers do, against what they have written.
TEST_CASE("nothing is lost or doubled by renames, whatever the writers do") {
  const Folder directory;
  std::mt19937 random(GENERATE(1, 2, 3, 4));
  const unsigned refuse = random() % 2 == 0 ? 0 : 20;
  file::FileReadOptions options = options_of({directory / "*.log*"});
  options.lines = true;
  Following following(options, refuse);
  Texts expected;
  int numbers = 0;
  struct Log {
    std::string path;
    std::ofstream out;
    int kept = 0;
  };
  std::vector<Log> logs(5);
  for (std::size_t i = 0; i < logs.size(); ++i) {
    logs[i].path = directory / ("w" + std::to_string(i) + ".log");
    logs[i].out.open(logs[i].path, std::ios::app);
  }
  for (int step = 0; step < 4'000; ++step) {
    Log& log = logs[random() % logs.size()];
    if (random() % 20 == 0) {
      for (int i = log.kept; i > 0; --i) {
        std::filesystem::rename(log.path + "." + std::to_string(i),
                                log.path + "." + std::to_string(i + 1));
      }
      ++log.kept;
      std::filesystem::rename(log.path, log.path + ".1");
      if (random() % 2 == 0) {  // The writer goes on with the old file for a moment.
        expected.push_back("late " + std::to_string(numbers++));
        log.out << expected.back() << "\n" << std::flush;
      }
      log.out = std::ofstream(log.path, std::ios::app);
    }
    for (unsigned i = random() % 4; i > 0; --i) {
      expected.push_back(std::to_string(numbers++) + std::string(random() % 80, 'x'));
      const std::size_t half = random() % expected.back().size();
      log.out << expected.back().substr(0, half) << std::flush;
      log.out << expected.back().substr(half) << "\n" << std::flush;
    }
  }
  eventually([&] { return following.all().size() >= expected.size(); });
  following.stop();
  Texts texts = following.texts();
  CHECK(without(expected, texts) == Texts());
  CHECK(without(texts, expected) == Texts());
  CHECK(following.context.said("truncated") == 0);
}

}  // namespace
}  // namespace weir::stages::test
