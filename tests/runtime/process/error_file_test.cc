#include "runtime/process/error_file.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>

#include "tests/machine/checkout.h"
#include "tests/machine/folder.h"

namespace weir::cli::test {
namespace {

std::string path() { return build_dir() + "/tests/errors.ndjson"; }

flow::ErrorSample sample(std::string excerpt) {
  return {"parse", "json", "no \"value\"", {0, 0, 1234}, "in.ndjson", std::move(excerpt), 3};
}

TEST_CASE("an error is a line of JSON with where it came from") {
  ErrorFile file;
  REQUIRE(file.open(path()).empty());
  file.write(sample("{\"a\":\t1\n\xff"));
  flow::ErrorSample nameless = sample("");
  nameless.part.clear();
  nameless.attempts = 1;
  file.write(nameless);
  CHECK(file.close().empty());
  CHECK(content_of(path()) ==
        R"({"stage":"parse","kind":"json","message":"no \"value\"","attempts":3,)"
        R"("origin":{"part":"in.ndjson","position":1234},"text":"{\"a\":\t1\n)"
        "\xef\xbf\xbd\"}\n"
        R"({"stage":"parse","kind":"json","message":"no \"value\"","attempts":1,)"
        R"("origin":{"position":1234},"text":""})"
        "\n");
}

TEST_CASE("what stood in the file before is gone, also where there is no error") {
  std::ofstream(path()) << "of an earlier run\n";
  ErrorFile file;
  REQUIRE(file.open(path()).empty());
  CHECK(file.close().empty());
  CHECK(content_of(path()).empty());
}

TEST_CASE("many errors are not kept in memory until the end") {
  ErrorFile file;
  REQUIRE(file.open(path()).empty());
  for (int i = 0; i < 1000; ++i) file.write(sample(std::string(200, 'x')));
  CHECK(content_of(path()).size() > 200'000);
  CHECK(file.close().empty());
}

TEST_CASE("a file that cannot be written says so at once, a full disk at the end") {
  ErrorFile nowhere;
  CHECK(nowhere.open("/no/such/folder/errors") ==
        "cannot write '/no/such/folder/errors': No such file or directory");
  nowhere.write(sample("not opened"));
  CHECK(nowhere.close().empty());
  ErrorFile full;
  REQUIRE(full.open("/dev/full").empty());
  full.write(sample(""));
  CHECK(full.close() == "cannot write '/dev/full': No space left on device");
}

}  // namespace
}  // namespace weir::cli::test
