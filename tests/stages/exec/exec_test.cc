#include <catch2/catch.hpp>
#include <chrono>
#include <set>

#include "tests/stages/exec/fixture.h"

namespace weir::stages::test {
namespace {

using exec_test::errors;
using exec_test::numbers;
using exec_test::records;
using exec_test::shell;
using exec_test::types;
using kit::Datum;
using kit::list;
using kit::map;
using kit::scalar;
using kit::StageKit;
using Fields = decltype(Datum::fields);

std::string refused(Node with) {
  try {
    StageKit(types(), "exec", std::move(with));
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("exec sends each text as a line and takes the line that comes back") {
  StageKit stage(types(), "exec", shell("while read -r x; do echo \"<$x>\"; done"));
  const auto out = stage.transform_at_every_cut(records({"a", "", "b c", "\\d"}));
  CHECK(out == records({"<a>", "<>", "<b c>", "<\\d>"}));
  CHECK(stage.count("restarts") == 0);
}

TEST_CASE("exec starts a program with its arguments as they are, found in PATH") {
  StageKit stage(types(), "exec",
                 map({{"command", list({"sh", "-c", "while read x; do echo \"$0 $x\"; done",
                                        "a  b $HOME *"})}}));
  CHECK(stage.transform(records({"1"})) == records({"a  b $HOME * 1"}));
}

TEST_CASE("each of exec's workers has one process, for all of its records") {
  StageKit stage(types(), "exec", shell("while read x; do echo $$; done"));
  stage.set_workers(3);
  const auto out = stage.transform(records(numbers(300)));
  std::set<std::string> processes;
  for (const Datum& datum : out) processes.insert(datum.text);
  CHECK(out.size() == 300);
  CHECK(processes.size() <= 3);
}

TEST_CASE("exec makes the line from a template and puts the answer into a field") {
  StageKit stage(types(), "exec",
                 map({{"command", scalar("while read x; do echo $(($x)); done")},
                      {"input", scalar("{a} + {b}")},
                      {"into", scalar("sum")}}));
  const auto out = stage.transform_at_every_cut(
      {{"text", {{"a", "1"}, {"b", "2"}}, {}}, {"", {{"a", "-1"}, {"b", "1"}}, {}}});
  CHECK(out[0].text == "text");
  CHECK(out[0].fields == Fields{{"a", "1"}, {"b", "2"}, {"sum", "\"3\""}});
  CHECK(out[1].fields.back() == std::pair<std::string, std::string>{"sum", "\"0\""});
  CHECK(stage.named_fields() == std::vector<std::string>{"a", "b"});
  CHECK(stage.kinds().gives_fields);
  CHECK_FALSE(stage.kinds().needs_text);
}

TEST_CASE("a line larger than any pipe goes through exec in both directions at once") {
  StageKit stage(types(), "exec", map({{"command", list({"cat"})}}));
  const auto input = records({std::string(3'000'000, 'x'), "y", std::string(1'000'000, 'z')});
  CHECK(stage.transform_at_every_cut(input) == input);
}

TEST_CASE("a text with a line break is an error of its record, for exec sends lines") {
  StageKit stage(types(), "exec", map({{"command", list({"cat"})}}));
  const auto out = stage.transform_at_every_cut(records({"a", "b\nc", "d"}));
  CHECK(errors(out) == std::vector<std::string>{"",
                                                "line: the text has a line break, and a process "
                                                "gets one line for a record",
                                                ""});
  CHECK_FALSE(stage.failures().at(0).retryable);
}

TEST_CASE("a process that dies fails the record in its hands, and the next one gets a new one") {
  StageKit stage(types(), "exec", shell(R"(
    while read -r x; do
      if [ "$x" = bad ]; then echo first >&2; echo "cannot do $x" >&2; exit 3; fi
      if [ "$x" = worse ]; then kill -9 $$; fi
      echo "$x!"
    done)"));
  stage.set_workers(1);
  const auto out = stage.transform_at_every_cut(records({"a", "bad", "b", "worse", "c"}));
  CHECK(errors(out) ==
        std::vector<std::string>{"", "exec: the process exited with status 3: cannot do bad", "",
                                 "exec: the process was killed by signal 9 (Killed)", ""});
  CHECK(out[4].text == "c!");
  CHECK(stage.failures().at(0).retryable);
  CHECK(stage.count("restarts") == 2);
}

TEST_CASE("a process that ends between two records is started again, and no record fails") {
  // The answer comes from a child that first sees the process itself end.
  StageKit stage(types(), "exec", shell(R"(
    read x || exit
    parent=$$
    (while kill -0 $parent 2>/dev/null && ! grep -q 'State:.Z' /proc/$parent/status; do :; done
     echo "$x") &)"));
  stage.set_workers(1);
  CHECK(stage.transform(records(numbers(5))) == records(numbers(5)));
  CHECK(stage.count("restarts") == 4);
}

TEST_CASE("a process that dies at once fails its record, and others of it wait before a restart") {
  StageKit stage(types(), "exec",
                 map({{"command", scalar("echo sorry >&2; exit 1")}, {"restart", scalar("20ms")}}));
  stage.set_workers(1);
  const auto begin = std::chrono::steady_clock::now();
  const auto out = stage.transform(records(numbers(6)));
  const auto took = std::chrono::steady_clock::now() - begin;
  for (const Datum& datum : out)
    CHECK(datum.error == "exec: the process exited with status 1: sorry");
  CHECK(stage.count("restarts") == 5);
  CHECK(took >= std::chrono::milliseconds(10 + 4 * 20));  // no storm of forks
}

TEST_CASE("what a process writes to its standard error never blocks it") {
  StageKit stage(types(), "exec", shell(R"(
    while read -r x; do
      head -c 300000 /dev/zero | tr '\0' e >&2
      echo "$x"
    done)"));
  CHECK(stage.transform(records({"a", "b", "c"})) == records({"a", "b", "c"}));
}

TEST_CASE("a process that writes more than its answer is out of step, and an error says so") {
  const std::string wanted =
      "exec: the process wrote more than one line for a record, or one before it had read its own "
      "to the end";
  StageKit twice(types(), "exec", map({{"command", list({"sed", "-u", "s/a/a\\na/"})}}));
  CHECK(errors(twice.transform(records({"b"}))) == std::vector<std::string>{""});
  StageKit chatty(types(), "exec", shell("while read x; do printf '1\\n2\\n'; done"));
  CHECK(errors(chatty.transform(records({"a"}))) == std::vector<std::string>{wanted});
  CHECK_FALSE(chatty.failures().at(0).retryable);
  StageKit flood(types(), "exec", shell("yes"));
  CHECK(errors(flood.transform(records({std::string(100'000, 'a')}))) ==
        std::vector<std::string>{wanted});
}

TEST_CASE("an answer without its line break is none when the process ends") {
  StageKit stage(types(), "exec", shell("read x; printf half"));
  CHECK(errors(stage.transform(records({"a"}))) ==
        std::vector<std::string>{"exec: the process exited with status 0"});
}

TEST_CASE("an answer that passes limits.record is an error, and is not gathered up first") {
  StageKit stage(types(), "exec", shell("read x; head -c 10000000 /dev/zero"));
  stage.set_record_limit(100'000);
  CHECK(errors(stage.transform(records({"a"}))) ==
        std::vector<std::string>{"too_big: the answer of the process passed limits.record"});
}

TEST_CASE("exec fails a run whose program is not there") {
  StageKit stage(types(), "exec", map({{"command", list({"no-such-program"})}}));
  CHECK_THROWS_WITH(stage.transform(records({"a"})),
                    "cannot start 'no-such-program': No such file or directory");
  StageKit folder(types(), "exec", map({{"command", list({"/etc/passwd"})}}));
  CHECK_THROWS_WITH(folder.transform(records({"a"})),
                    "cannot start '/etc/passwd': Permission denied");
}

TEST_CASE("exec refuses what is no command") {
  CHECK(refused(map({})) == "missing option 'command'");
  CHECK(refused(map({{"command", scalar("cat")}, {"into", scalar("")}})) ==
        "expected a name, got empty text");
  CHECK(refused(shell(" ")) == "expected a command, got nothing\n");
  CHECK(refused(map({{"command", list({})}})) == "expected a command, got nothing\n");
  CHECK(refused(map({{"command", list({"", "a"})}})) == "expected a command, got nothing\n");
  CHECK(refused(map({{"command", map({})}})) == "expected a command, got a map\n");
}

}  // namespace weir::stages::test
