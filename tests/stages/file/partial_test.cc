#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <memory>

#include "stages/file/output_file.h"
#include "stages/file/path_check.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

using file::Ending;
using file::OutputFile;

const Ending kLines{"\n", false, file::Codec::none, 1000, file::kWindow};

std::unique_ptr<OutputFile> opened(const std::string& path, std::string* said = nullptr) {
  auto file = std::make_unique<OutputFile>(path, false);
  const std::string what = file->open(kLines);
  if (said) *said = what;
  return file;
}

void write_all_of(const std::string& path, const std::string& content) {
  const auto file = opened(path);
  file->write(content);
  file->commit();
}

std::uint32_t mode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777u : 0;
}

TEST_CASE("what an earlier run left is kept, each time under a name of its own, and that is said") {
  const Folder directory;
  const std::string path = directory / "out";
  std::string said;
  directory.write("out.partial", "paid\nfor\n");
  opened(path, &said)->write("first\n");
  CHECK(said == "an earlier run's '" + path + ".partial' is kept as '" + path + ".partial.1'");
  opened(path)->write("second\nand a ha");
  opened(path, &said)->write("third\n");
  CHECK(said == "an earlier run's '" + path + ".partial' is kept as '" + path +
                    ".partial.3', which ends in half a record: its last 8 bytes");
  CHECK(content_of(path + ".partial.1") == "paid\nfor\n");
  CHECK(content_of(path + ".partial.2") == "first\n");
  CHECK(content_of(path + ".partial.3") == "second\nand a ha");
  CHECK(content_of(path + ".partial") == "third\n");
}

TEST_CASE("of an earlier run that wrote nothing, nothing is kept") {
  const Folder directory;
  directory.write("out.partial", "");
  write_all_of(directory / "out", "x\n");
  CHECK(content_of(directory / "out") == "x\n");
  CHECK_FALSE(std::filesystem::exists(directory / "out.partial.1"));
}

TEST_CASE("a link that is laid in the way of the new file is not followed") {
  const Folder directory;
  const std::string precious = directory.write("precious", "precious\n");
  const std::string partial = directory / "out.partial";
  for (const char* target : {"precious", "new", "out.partial"}) {
    std::filesystem::create_symlink(target, partial);
    CHECK(error_of([&] { opened(directory / "out"); }) ==
          "io: cannot write '" + (directory / "out") + "': '" + partial +
              "' is in the way, a symbolic link");
    std::filesystem::remove(partial);
  }
  CHECK_FALSE(std::filesystem::exists(directory / "new"));
  std::filesystem::create_hard_link(precious, partial);
  write_all_of(directory / "out", "x\n");
  CHECK(content_of(precious) == "precious\n");
  CHECK(content_of(directory / "out.partial.1") == "precious\n");
  std::filesystem::create_directory(partial);
  CHECK(error_of([&] { opened(directory / "out"); }).ends_with("is in the way, a directory"));
}

TEST_CASE("only the file that was written gets the name") {
  const Folder directory;
  const std::string path = directory.write("out", "old\n");
  const std::string partial = path + ".partial";
  const std::string problem = "io: cannot rename '" + partial + "' to '" + path +
                              "': it is not the file any more that this run has written";
  auto file = opened(path);
  file->write("mine\n");
  std::filesystem::rename(partial, directory / "away");
  CHECK(error_of([&] { file->commit(); }) == problem);
  file = opened(path);
  file->write("mine\n");
  std::filesystem::remove(partial);
  directory.write("out.partial", "another's\n");
  CHECK(error_of([&] { file->commit(); }) == problem);
  CHECK(file->leftover().empty());
  file = opened(path);
  std::filesystem::remove(partial);
  std::filesystem::create_symlink("away", partial);
  CHECK(error_of([&] { file->commit(); }) == problem);
  CHECK(content_of(path) == "old\n");
  CHECK(content_of(directory / "out.partial.1") == "another's\n");
}

TEST_CASE("a directory that is renamed meanwhile keeps its file") {
  const Folder directory;
  std::filesystem::create_directory(directory / "a");
  const auto file = opened(directory / "a/out");
  file->write("x\n");
  std::filesystem::rename(directory / "a", directory / "b");
  std::filesystem::create_directory(directory / "a");
  file->commit();
  CHECK(content_of(directory / "b/out") == "x\n");
  CHECK(std::filesystem::is_empty(directory / "a"));
}

TEST_CASE("who may read the new file is as with the old one before it holds anything") {
  const Folder directory;
  const ::mode_t mask = ::umask(0);
  for (const std::uint32_t mode : {0600u, 0640u, 0666u, 0200u}) {
    const std::string path = directory.write("out" + std::to_string(mode), "old\n");
    ::chmod(path.c_str(), mode);
    const auto file = opened(path);
    CHECK(mode_of(path + ".partial") == mode);
    file->commit();
    CHECK(mode_of(path) == mode);
  }
  ::umask(027);
  write_all_of(directory / "fresh", "x\n");
  CHECK(mode_of(directory / "fresh") == 0640);
  ::umask(mask);
}

TEST_CASE("one run at a time writes a file, and the other disturbs nothing") {
  const Folder directory;
  const std::string path = directory / "out";
  const auto file = opened(path);
  file->write("mine\n");
  CHECK(error_of([&] { opened(path); }) ==
        "io: cannot write '" + path + "': another run, or another sink, is writing it");
  CHECK(error_of([&] {
          opened(directory / "./out");
        }).ends_with("another run, or another sink, is writing it"));
  CHECK_FALSE(std::filesystem::exists(path + ".partial.1"));
  file->commit();
  CHECK(content_of(path) == "mine\n");
}

TEST_CASE("a link that leads nowhere yet leads to the new file") {
  const Folder directory;
  std::filesystem::create_directory(directory / "data");
  std::filesystem::create_symlink("data/today", directory / "latest");
  std::filesystem::create_symlink("latest", directory / "link");
  write_all_of(directory / "link", "x\n");
  CHECK(std::filesystem::is_symlink(directory / "link"));
  CHECK(std::filesystem::is_symlink(directory / "latest"));
  CHECK(content_of(directory / "data/today") == "x\n");
  std::filesystem::create_symlink("round", directory / "round");
  CHECK(error_of([&] {
          opened(directory / "round");
        }).ends_with("Too many levels of symbolic links"));
}

TEST_CASE("a path that asks for what there is not is refused") {
  const auto problem = [](const std::string& path, bool output) {
    return error_of([&] { output ? file::check_output_path(path) : file::check_input_path(path); });
  };
  for (const bool output : {false, true}) {
    CHECK(problem("s3://bucket/key", output) ==
          "expected a path, got 's3://bucket/key': a file of this machine is all that is read or "
          "written here");
    CHECK(problem("file:///tmp/x", output) ==
          "expected a path, got 'file:///tmp/x': write it without 'file://'");
    CHECK(problem("~/x", output).ends_with("'~' is for shells, '${env.HOME}' says the same here"));
    for (const char* good :
         {"a/b.c", "-", "a%20b", "%d0%bf", "50%", "a$", "{}", "a:b", "://x", "a~"}) {
      CHECK(problem(good, output).empty());
    }
  }
  CHECK(problem("a-%Y.b", true) ==
        "expected a path, got 'a-%Y.b': nothing is put in for '%Y'; a field's value is put in for "
        "'{field}'");
  for (const char* bad : {"%Y-%m-%d.log", "$HOME/x", "$(date)", "x-%H"}) {
    CHECK_FALSE(problem(bad, true).empty());
    CHECK(problem(bad, false).empty());
  }
  const Registry registry = file_registry();
  for (const char* name : {"x.xz", "x.bz2", "x.lz4"}) {
    CHECK_FALSE(error_of([&] {
                  kit::StageKit(registry, "file.write", with({{"path", name}}));
                }).empty());
    CHECK(error_of([&] {
            kit::StageKit(registry, "file.write", with({{"path", name}, {"compression", "none"}}));
          }).empty());
  }
}

}  // namespace
}  // namespace weir::stages::test
