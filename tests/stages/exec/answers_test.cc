#include <catch2/catch.hpp>

#include "tests/stages/exec/fixture.h"

namespace weir::stages::test {
namespace {

using exec_test::errors;
using exec_test::numbers;
using exec_test::records;
using exec_test::shell;
using exec_test::types;
using kit::Datum;
using kit::StageKit;

const std::string kTooMany =
    "exec: the process wrote more than one line for a record, or one before it had read its own to "
    "the end";

const std::string kTooManyAtTheEnd =
    "a process wrote more lines than it was asked for: its answers may be those of other records";

}  // namespace

TEST_CASE("after a line too many no record gets another's answer, however slow the process is") {
  const int workers = GENERATE(1, 2, 8);
  StageKit stage(types(), "exec", shell(R"(
    while read -r x; do
      if [ "$x" = 3 ]; then echo stray; sleep 0.02; fi
      sleep 0.002
      echo "$x"
    done)"));
  stage.set_workers(workers);
  const auto input = records(numbers(200));
  const auto out = stage.transform(input);
  REQUIRE(out.size() == input.size());
  // What came first is taken for the answer; the true one shows up before the next.
  CHECK(out[3].text == "stray");
  std::size_t failed = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    failed += out[i].error == kTooMany;
    if (i != 3) CHECK((out[i] == input[i] || out[i].error == kTooMany));
  }
  CHECK(failed == 1);
  CHECK(stage.count("restarts") == 1);
}

TEST_CASE("a line that a process writes before it reads is no record's answer") {
  StageKit stage(
      types(), "exec",
      shell("sleep 0.02; echo hello; while read -r x; do sleep 0.01; echo \"$x\"; done"));
  stage.set_workers(1);
  CHECK(errors(stage.transform(records({"a", "b", "c"}))) == std::vector(3, kTooMany));
  CHECK(stage.count("restarts") == 2);
}

TEST_CASE("a process that answers before it has read its line is out of step") {
  StageKit stage(types(), "exec", shell("sleep 0.05; echo a; echo b; sleep 1000"));
  CHECK(errors(stage.transform(records({"x"}))) == std::vector{kTooMany});
}

TEST_CASE("a process that takes what it reads at once for a line is told to read to its end") {
  StageKit stage(types(), "exec",
                 shell("while x=$(dd bs=4096 count=1 2>/dev/null); do echo \"$x\"; done"));
  // Its answer to the line's end may be there before the record is answered, or be found behind it.
  std::vector<std::string> told;
  try {
    told = errors(stage.transform(records({"x"})));
  } catch (const std::exception& e) {
    told = {e.what()};
  }
  CHECK((told == std::vector{kTooMany} || told == std::vector{kTooManyAtTheEnd}));
}

TEST_CASE("a line too many at the end fails the run, for the answers may be of other records") {
  const int workers = GENERATE(1, 2);
  StageKit stage(types(), "exec", shell("while read -r x; do echo \"$x\"; done; echo more"));
  stage.set_workers(workers);
  CHECK_THROWS_WITH(stage.transform(records({"a", "b"})), kTooManyAtTheEnd);
}

TEST_CASE("what a process has not read when it ends is for the next one, and no record fails") {
  const int workers = GENERATE(1, 2, 8);
  const std::string linger = GENERATE("", "sleep 0.01", "exec 0<&-; sleep 0.01");
  StageKit stage(types(), "exec", shell("read -r x; echo \"$x\"; " + linger));
  stage.set_workers(workers);
  const auto input = records(numbers(100));
  CHECK(stage.transform(input) == input);
  CHECK(stage.count("restarts") >= 100 - static_cast<std::uint64_t>(workers));
}

TEST_CASE("what a process has read in part when it ends is that record's failure") {
  StageKit stage(types(), "exec", shell("read -r x; echo \"$x\"; head -c 1 > /dev/null; exit 3"));
  stage.set_workers(1);
  const auto out = stage.transform(records({"one", "two", "three"}));
  CHECK(errors(out) == std::vector<std::string>{"", "exec: the process exited with status 3", ""});
  CHECK(stage.failures().at(0).retryable);
}

TEST_CASE("empty lines, and lines around the size of a page, get their own answers") {
  StageKit stage(types(), "exec", shell("while IFS= read -r x; do echo \"$x\"; done"));
  std::vector<std::string> texts = {"", "a", "", ""};
  for (const std::size_t size : {4094, 4095, 4096, 4097, 8191, 8192, 8193}) {
    texts.push_back(std::string(size, 'x'));
    texts.push_back("");
  }
  const auto input = records(texts);
  CHECK(stage.transform_at_every_cut(input) == input);
}

}  // namespace weir::stages::test
