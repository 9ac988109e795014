#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <thread>

#include "tests/machine/skip.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

std::string open_error(const Node& with) {
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.read", with);
  return error_of([&] { kit.read(); });
}

Node paths(std::vector<std::string> list) {
  return kit::map({{"path", kit::list(std::move(list))}});
}

TEST_CASE("a list is read in its order, globs sorted, each file a part") {
  const Folder directory;
  const std::string b = directory.write("b.log", "b1\nb2");
  const std::string a = directory.write("a.log", "a1\n");
  const std::string large = directory.write("c.log", std::string(40'000, 'c') + "\nc2");
  const std::vector<Line> expected = {{0, 0, "b1", {}},     {0, 3, "b2", {}},
                                      {1, 0, "a1", {}},     {2, 0, "b1", {}},
                                      {2, 3, "b2", {}},     {3, 0, std::string(40'000, 'c'), {}},
                                      {3, 40'001, "c2", {}}};
  CHECK(read_lines(paths({b, directory / "*.log"})).size() == 7);
  std::vector<Line> read = read_lines(paths({b, directory / "*.log"}));
  CHECK(read == expected);
}

TEST_CASE("a file whose name looks like a glob is read as it is") {
  const Folder directory;
  const std::string path = directory.write("a[1].log", "x\n");
  directory.write("a1.log", "y\n");
  CHECK(read_lines(with({{"path", path}})) == cut("x\n"));
}

TEST_CASE("a file that does not say its size is read to its end") {
  const std::string path = "/proc/self/limits";
  CHECK(read_lines(with({{"path", path}})) == cut(content_of(path)));
}

TEST_CASE("what cannot be read is named before anything is read") {
  const Folder directory;
  const std::string good = directory.write("good", "x\n");
  const std::string missing = directory / "missing";
  CHECK(open_error(paths({good, missing})) ==
        "io: cannot open '" + missing + "': No such file or directory");
  CHECK(open_error(with({{"path", directory / ""}})) ==
        "io: cannot read '" + (directory / "") + "': Is a directory");
  CHECK(open_error(with({{"path", directory / "*.csv"}})) ==
        "io: no file matches '" + (directory / "*.csv") + "'");
}

TEST_CASE("a glob takes files by the bytes of their names, no dots, and passes folders over") {
  const Folder directory;
  namespace fs = std::filesystem;
  fs::create_directories(directory / "a.log/deep");
  fs::create_directories(directory / ".hidden");
  fs::create_directories(directory / "old");
  const auto file = [&](const std::string& name) { directory.write(name, name + "\n"); };
  for (const char* name :
       {"b.log", "B.log", "\xc3\xa4.log", ".c.log", "a.log/x.log", "a.log/deep/.y.log",
        "a.log/deep/z.log", ".hidden/h.log", "old/o.log", "b.tmp"}) {
    file(name);
  }
  fs::create_symlink("nowhere", directory / "gone.log");
  fs::create_symlink("b.log", directory / "link.log");
  fs::create_directory_symlink("a.log", directory / "around");
  using Names = std::vector<std::string>;
  const auto texts = [&](const std::string& glob, const Names& exclude = {}) {
    Node options = with({{"path", directory / glob}});
    if (!exclude.empty()) {
      options.entries.push_back({kit::scalar("exclude"), kit::list(exclude)});
    }
    Names names;
    for (const Line& line : read_lines(options)) names.push_back(line.text);
    return names;
  };
  CHECK(texts("*.log") == Names{"B.log", "b.log", "b.log", "\xc3\xa4.log"});
  CHECK(texts(".*.log") == Names{".c.log"});
  CHECK(open_error(with({{"path", directory / "[.]c.*"}})).starts_with("io: no file matches"));
  CHECK(texts("**/*.log") == Names{"B.log", "a.log/deep/z.log", "a.log/x.log", "b.log", "b.log",
                                   "old/o.log", "\xc3\xa4.log"});
  CHECK(texts("around/*.log") == Names{"a.log/x.log"});
  CHECK(texts("a.log/**") == Names{"a.log/deep/z.log", "a.log/x.log"});
  CHECK(texts("**/**/deep/*") == Names{"a.log/deep/z.log"});
  CHECK(texts("?.log/?.log") == Names{"a.log/x.log"});
  CHECK(texts("**/[bo]*", {"*.tmp", directory / "old/**"}) == Names{"b.log"});
  CHECK(texts("**/*", {"*.log"}) == Names{"b.tmp"});
}

TEST_CASE("a file of a glob that nobody may read is an error, and the others are read") {
  if (::geteuid() == 0) return say_skipped("root may read everything");
  const Folder directory;
  directory.write("a", "a\n");
  std::filesystem::permissions(directory.write("b", "b\n"), std::filesystem::perms::none);
  directory.write("c", "c\n");
  std::filesystem::create_directory(directory / "d");
  std::filesystem::permissions(directory / "d", std::filesystem::perms::none);
  const std::vector<Line> expected = {{0, 0, "a", {}}, {1, 0, "", "io"}, {2, 0, "c", {}}};
  CHECK(read_lines(with({{"path", directory / "*"}})) == expected);
  CHECK(read_lines(with({{"path", directory / "**/*"}})).back() == Line{3, 0, "", "io"});
  std::filesystem::permissions(directory / "d", std::filesystem::perms::owner_all);
}

TEST_CASE("a file of a glob that vanishes is an error, and the others are read") {
  const Folder directory;
  for (const char* name : {"a", "b", "c"}) directory.write(name, std::string(name) + "\n");
  file::FileReadOptions options;
  options.path = {directory / "*"};
  file::FileRead source(options);
  SmallContext context;
  source.open(context);
  std::filesystem::remove(directory / "b");
  std::mt19937 random(3);
  std::vector<Line> lines;
  const std::atomic<bool> never{false};
  for (bool more = true; more;) {
    StingyArena arena(random, 0);
    StingyFeed feed(arena, 100, 10'000);
    more = source.read(feed, Stop(never, -1));
    feed.collect(lines);
  }
  CHECK(lines == std::vector<Line>{{0, 0, "a", {}}, {1, 0, "", "io"}, {2, 0, "c", {}}});
}

TEST_CASE("options that do not go together are refused") {
  const Registry registry = file_registry();
  const auto problem = [&](std::vector<std::pair<std::string, std::string>> options) {
    options.emplace_back("path", "x");
    return error_of([&] { kit::StageKit(registry, "file.read", with(options)); });
  };
  CHECK(problem({{"header", "true"}}) == "'header' needs 'framing: csv'");
  CHECK(problem({{"framing", "file"}, {"header", "true"}}) == "'framing: file' takes no 'header'");
  CHECK(problem({{"framing", "rows"}}) ==
        "expected one of auto | lines | csv | file | json | json_array, got 'rows'\n");
  CHECK(error_of([&] { kit::StageKit(registry, "file.read", paths({})); }) ==
        "expected at least one path, got none");
}

TEST_CASE("the size is known of regular files only") {
  const Folder directory;
  const std::string a = directory.write("a", "12345");
  const std::string b = directory.write("b", "123");
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.read", paths({a, b}));
  kit.read();
  auto& source = dynamic_cast<Source&>(kit.stage());
  CHECK(source.size() == 8);
  CHECK_FALSE(source.blocking());
  kit::StageKit null(registry, "file.read", paths({a, "/dev/null"}));
  null.read();
  auto& device = dynamic_cast<Source&>(null.stage());
  CHECK_FALSE(device.size().has_value());
  CHECK(device.blocking());
}

TEST_CASE("a fifo gives what its writer writes, in whatever pieces") {
  const Folder directory;
  std::mt19937 random(41);
  const std::string content = random_lines(random, 300'000, 100'000);
  const std::string fifo = directory / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  for (const std::size_t size : {1, 7, 0}) {
    std::thread writer([&] {
      std::mt19937 pieces(43);
      const file::Fd fd(::open(fifo.c_str(), O_WRONLY));
      for (std::size_t at = 0; at < content.size();) {
        const std::size_t n = std::min<std::size_t>(1 + pieces() % 9'000, content.size() - at);
        const ssize_t written = ::write(fd.get(), content.data() + at, n);
        if (written > 0) at += static_cast<std::size_t>(written);
      }
    });
    const Registry registry = file_registry();
    kit::StageKit kit(registry, "file.read", with({{"path", fifo}}));
    const std::vector<Line> lines = lines_of(kit, size);
    writer.join();
    CHECK(lines == cut(content));
  }
}

/// A source over a pipe whose writing end the test holds.
struct Piped {
  Piped() {
    REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
    file::FileReadOptions options;
    options.path = {directory / "fifo"};
    source.emplace(options);
    source->open(context);
    // Opened for both, so that there is a writer before the reader asks.
    writer = file::Fd(::open((directory / "fifo").c_str(), O_RDWR));
  }
  void write(std::string_view text) const {
    REQUIRE(::write(writer.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  std::vector<Line> read(const Stop& stop) {
    std::mt19937 random(1);
    StingyArena arena(random, 0);
    StingyFeed feed(arena, 100, 100'000);
    more = source->read(feed, stop);
    std::vector<Line> lines;
    feed.collect(lines);
    return lines;
  }

  Folder directory;
  SmallContext context;
  std::optional<file::FileRead> source;
  file::Fd writer;
  bool more = true;
};

TEST_CASE("complete records are given at once, the rest of a line when it has come") {
  Piped pipe;
  const std::atomic<bool> never{false};
  const Stop stop(never, -1);
  pipe.write("(");  // might be the first byte of zstd's magic
  pipe.write("a\nb\nc");
  CHECK(pipe.read(stop) == std::vector<Line>{{0, 0, "(a", {}}, {0, 3, "b", {}}});
  pipe.write("c\n");
  CHECK(pipe.read(stop) == std::vector<Line>{{0, 5, "cc", {}}});
  CHECK(pipe.more);
}

TEST_CASE("a source that waits for a pipe comes back when it is asked to stop") {
  Piped pipe;
  int fds[2];
  REQUIRE(::pipe(fds) == 0);
  const file::Fd read_end(fds[0]);
  const file::Fd write_end(fds[1]);
  std::atomic<bool> flag{false};
  std::thread stopper([&] {
    flag.store(true, std::memory_order_release);
    [[maybe_unused]] const auto written = ::write(write_end.get(), "x", 1);
  });
  CHECK(pipe.read(Stop(flag, read_end.get())).empty());
  CHECK(pipe.more);
  stopper.join();
}

/// Puts a file in stdin's place for a while.
class Stdin {
 public:
  explicit Stdin(const std::string& path, off_t offset) : saved_(::dup(STDIN_FILENO)) {
    const file::Fd fd(::open(path.c_str(), O_RDONLY));
    ::lseek(fd.get(), offset, SEEK_SET);
    ::dup2(fd.get(), STDIN_FILENO);
  }
  ~Stdin() { ::dup2(saved_.get(), STDIN_FILENO); }
  Stdin(const Stdin&) = delete;
  Stdin& operator=(const Stdin&) = delete;

 private:
  file::Fd saved_;
};

TEST_CASE("stdin from a regular file is handed out in ranges, from where it stands") {
  const Folder directory;
  std::mt19937 random(47);
  const std::string content = random_lines(random, 50'000, 300);
  const std::string path = directory.write("lines", "skipped\n" + content);
  const Stdin in(path, 8);
  std::vector<Line> expected = cut(content);
  for (Line& line : expected) line.position += 8;
  CHECK(read_lines(with({{"path", "-"}})) == expected);
}

TEST_CASE("no descriptor stays open behind many files") {
  const Folder directory;
  const auto open_now = [] {
    const std::filesystem::directory_iterator fds("/proc/self/fd");
    return std::distance(begin(fds), end(fds));
  };
  std::vector<std::string> files;
  for (int i = 0; i < 50; ++i) {
    files.push_back(directory.write("f" + std::to_string(i), std::string(20'000, 'x') + "\n"));
  }
  const auto before = open_now();
  file::FileReadOptions options;
  options.path = files;
  file::FileRead source(options);
  SmallContext context;
  source.open(context);
  std::mt19937 random(1);
  const std::atomic<bool> never{false};
  for (bool more = true; more;) {
    StingyArena arena(random, 0);
    StingyFeed feed(arena, 1'000, 30'000);
    more = source.read(feed, Stop(never, -1));
    StingyFeed loaded(arena, 1'000, 30'000);
    while (!feed.split.done()) source.load(feed.split, loaded);
    CHECK(open_now() <= before + 1);
  }
  source.close();
  CHECK(open_now() == before);
}

TEST_CASE("real logs are read as they are", "[.real_data]") {
  for (const char* name : {"apache.log", "openssh.log", "hdfs.log", "amazon_cellphones.ndjson"}) {
    const auto path = real_log(name);
    if (!path) continue;
    const std::string content = content_of(*path);
    const std::vector<Line> lines = read_lines(with({{"path", path->string()}}));
    CHECK(lines == cut(content));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      REQUIRE(content.compare(lines[i].position, lines[i].text.size(), lines[i].text) == 0);
      if (i > 0) REQUIRE(lines[i - 1].position < lines[i].position);
    }
  }
}

}  // namespace
}  // namespace weir::stages::test
