#include "runtime/report/line_number.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/machine/checkout.h"

namespace weir::cli::test {
namespace {

std::string file_of(const std::string& name, const std::string& bytes) {
  const std::string path = build_dir() + "/tests/" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST_CASE("a byte's line is counted from 1") {
  const std::string path = file_of("lines.txt", "ab\ncd\n\nef");
  CHECK(line_number(path, 0) == 1);
  CHECK(line_number(path, 2) == 1);
  CHECK(line_number(path, 3) == 2);
  CHECK(line_number(path, 6) == 3);
  CHECK(line_number(path, 7) == 4);
  CHECK(line_number(path, 9) == 4);
  CHECK_FALSE(line_number(path, 10));
}

TEST_CASE("lines are counted across the chunks in which a file is read") {
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += "xyz\n";
  CHECK(line_number(file_of("many_lines.txt", bytes), 4 * 199'999) == 200'000);
}

TEST_CASE("what is no plain file has no lines") {
  CHECK_FALSE(line_number(file_of("packed.gz", "\x1f\x8b\x08\n\n\n"), 3));
  CHECK_FALSE(line_number(file_of("packed.zst", "\x28\xb5\x2f\xfd\n\n"), 5));
  CHECK_FALSE(line_number(build_dir(), 0));
  CHECK_FALSE(line_number("no/such/file", 0));
}

TEST_CASE("a named pipe is not opened, which would wait for its writer") {
  const std::string path = build_dir() + "/tests/pipe";
  std::filesystem::remove(path);
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK_FALSE(line_number(path, 0));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace weir::cli::test
