#include "stages/file/framing.h"

#include <catch2/catch.hpp>

#include "tests/stages/file/fixture.h"

namespace weir::stages::test {
namespace {

std::string problem(const Node& framing) {
  std::string said = kit::refused(file_registry(), "file.read",
                                  kit::map({{"path", kit::scalar("x")}, {"framing", framing}}));
  if (said.ends_with('\n')) said.pop_back();
  return said;
}

TEST_CASE("a framing is one of its names or a map of one key") {
  CHECK(problem(kit::scalar("lines")) == "accepted");
  CHECK(problem(kit::map({{"delimiter", kit::scalar("--")}})) == "accepted");
  CHECK(problem(kit::scalar("rows")) ==
        "expected one of auto | lines | csv | file | json | json_array, got 'rows'");
  CHECK(problem(kit::scalar("delimiter")) ==
        "expected one of auto | lines | csv | file | json | json_array, got 'delimiter' "
        "[write 'framing: { delimiter: ... }']");
  CHECK(problem(kit::map({})) ==
        "expected one of begin | continue | end | delimiter | json_array, got none");
}

TEST_CASE("a delimiter has 1 to 64 bytes") {
  const auto delimiter = [](const std::string& bytes) {
    return problem(kit::map({{"delimiter", kit::scalar(bytes)}}));
  };
  CHECK(delimiter(std::string(64, '-')) == "accepted");
  CHECK(delimiter("") == "expected 1 to 64 bytes, got empty text");
  CHECK(delimiter(std::string(65, '-')) == "expected 1 to 64 bytes, got 65");
}

}  // namespace
}  // namespace weir::stages::test
