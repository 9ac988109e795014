// `exec` with `mode: once`: a process for each record.

#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <thread>

#include "tests/machine/eventually.h"
#include "tests/stages/exec/fixture.h"

namespace weir::stages::test {
namespace {

using exec_test::numbers;
using exec_test::records;
using exec_test::types;
using kit::Datum;
using kit::list;
using kit::map;
using kit::scalar;
using kit::StageKit;
using Fields = decltype(Datum::fields);
using Entries = std::vector<std::pair<std::string, Node>>;

Node once(Node command, Entries more = {}) {
  Entries entries = {{"mode", scalar("once")}, {"command", std::move(command)}};
  entries.insert(entries.end(), more.begin(), more.end());
  return map(std::move(entries));
}

std::vector<Datum> run(const Node& options, const std::vector<Datum>& input) {
  return StageKit(types(), "exec", options).transform_at_every_cut(input);
}

Datum one(const Node& options, const Datum& input) {
  const auto out = run(options, {input});
  REQUIRE(out.size() == 1);
  return out[0];
}

std::string refused(const Node& options) { return kit::refused(types(), "exec", options); }

}  // namespace

TEST_CASE(
    "a command is run for each record, with the text as its input and all it writes as text") {
  CHECK(
      run(once(list({"cat"})), records({"a", "", "b\nc\n", "\n\n", std::string(1'000'000, 'x')})) ==
      records({"a", "", "b\nc", "\n", std::string(1'000'000, 'x')}));
  const auto out =
      StageKit(types(), "exec", once(scalar("echo $$"))).transform(records(numbers(20)));
  std::set<std::string> processes;
  for (const Datum& datum : out) processes.insert(datum.text);
  CHECK(processes.size() == 20);
}

TEST_CASE("arguments are templates, and never code") {
  const Datum record{"t x", {{"a", R"("$(touch /tmp/no) "'; rm -rf *")"}, {"n", "null"}}, {}};
  const Node args = list({"{a}", "{n}", "-{record.text}-", "{none|or x}"});
  CHECK(one(once(list({"printf", "%s|"}), {{"args", args}}), record).text ==
        "$(touch /tmp/no) \"'; rm -rf *||-t x-|x|");
  CHECK(one(once(scalar("printf '%s|' \"$0\" \"$1\" \"$3\" $#"), {{"args", args}}), record).text ==
        "/bin/sh|$(touch /tmp/no) \"'; rm -rf *|-t x-|4|");
  CHECK(one(once(scalar("awk '{print $2}'")), record).text == "x");
}

TEST_CASE("the input is a template, and none if it is empty") {
  const Datum record{"text", {{"a", "\"A\""}}, {}};
  CHECK(one(once(list({"cat"}), {{"input", scalar("<{a}>\n")}}), record).text == "<A>");
  CHECK(one(once(list({"cat"}), {{"input", scalar("")}, {"into", scalar("o")}}), record) ==
        Datum{"text", {{"a", "\"A\""}, {"o", "\"\""}}, {}});
  // A command need not read its input.
  CHECK(one(once(list({"true"})), {std::string(3'000'000, 'x'), {}, {}}).text.empty());
  CHECK(one(once(scalar("head -c 3")), {std::string(3'000'000, 'x'), {}, {}}).text == "xxx");
}

TEST_CASE("each line of the output may be a record of its own") {
  const Node options = once(scalar("cat; printf \"$1\""),
                            {{"args", list({"{more}"})}, {"output", scalar("records")}});
  const auto out = run(options, {{"a\nb\n", {{"more", "\"\""}, {"k", "1"}}, {}},
                                 {"", {{"more", "\"\""}}, {}},
                                 {"", {{"more", "\"\\n\""}}, {}},
                                 {"c\r\n\nd", {{"more", "\"\""}}, {}}});
  CHECK(out == std::vector<Datum>{{"a", {{"more", "\"\""}, {"k", "1"}}, {}},
                                  {"b", {{"more", "\"\""}, {"k", "1"}}, {}},
                                  {"", {{"more", "\"\\n\""}}, {}},
                                  {"c\r", {{"more", "\"\""}}, {}},
                                  {"", {{"more", "\"\""}}, {}},
                                  {"d", {{"more", "\"\""}}, {}}});
}

TEST_CASE("an exit status that is not accepted is an error with the last line of standard error") {
  const Node command = scalar("echo first >&2; echo 'no luck' >&2; exit \"$1\"");
  const Entries entries = {{"args", list({"{s}"})}, {"exit_into", scalar("e")}};
  StageKit stage(types(), "exec", once(command, entries));
  const auto out = stage.transform_at_every_cut({{"", {{"s", "0"}}, {}}, {"", {{"s", "3"}}, {}}});
  CHECK(out[0] == Datum{"", {{"s", "0"}, {"e", "0"}}, {}});
  CHECK(out[1].error == "exec: the command exited with status 3: no luck");
  REQUIRE(stage.failures().size() == 1);
  CHECK(stage.failures()[0].retryable);
  CHECK(stage.failures()[0].told == Fields{{"e", "3"}});
  Entries accepting = entries;
  accepting.push_back({"accept_exit", list({"0", "2..5"})});
  CHECK(one(once(command, accepting), {"", {{"s", "3"}}, {}}) ==
        Datum{"", {{"s", "3"}, {"e", "3"}}, {}});
  CHECK(one(once(command, accepting), {"", {{"s", "6"}}, {}}).error ==
        "exec: the command exited with status 6: no luck");
  CHECK(one(once(scalar("kill -9 $$")), {}).error ==
        "exec: the command was killed by signal 9 (Killed)");
  CHECK(one(once(scalar("kill -9 $$"), {{"accept_exit", list({"137"})}}), {}).error.empty());
}

TEST_CASE("what no argument can be is an error of its record") {
  const Node options = once(list({"true"}), {{"args", list({"{a}", "b"})}});
  const auto error = [&](const std::string& value) {
    StageKit stage(types(), "exec", options);
    const auto out = stage.transform({{"", {{"a", '"' + value + '"'}}, {}}});
    if (!stage.failures().empty()) CHECK_FALSE(stage.failures()[0].retryable);
    return out.at(0).error;
  };
  CHECK(error(std::string("x\0y", 3)) == "exec: argument 1 has a NUL, at which it would end");
  CHECK(error(std::string(131071, 'x')).empty());
  CHECK(error(std::string(131072, 'x')) == "exec: argument 1 has 131072 bytes, of at most 131071");
}

TEST_CASE("an output above limits.record is too big, and its command is stopped") {
  StageKit stage(types(), "exec", once(scalar("yes")));
  stage.set_record_limit(100'000);
  const auto out = stage.transform({{"", {}, {}}});
  CHECK(out.at(0).error == "too_big: the output of the command passed limits.record");
}

TEST_CASE("a command that leaves others behind is not waited for, and they end with it") {
  const auto start = std::chrono::steady_clock::now();
  const Datum left =
      StageKit(types(), "exec", once(scalar("sleep 1000 & echo $!"))).transform({{}}).at(0);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(500));
  StageKit looks(
      types(), "exec",
      once(scalar("kill -0 \"$1\" 2> /dev/null || echo gone"), {{"args", list({left.text})}}));
  CHECK(eventually([&] { return looks.transform({{}}).at(0).text == "gone"; }));
  // One that closes its streams is waited for.
  CHECK(one(once(scalar("exec >&- 2>&-; sleep 0.05; exit 4"), {{"accept_exit", list({"4"})}}), {})
            .error.empty());
}

TEST_CASE("a cancelled call ends its command") {
  StageKit stage(types(), "exec", once(list({"sleep", "1000"})));
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stage.cancel();
  });
  const auto out = stage.transform({{"", {}, {}}});
  canceller.join();
  CHECK(out.at(0).error == "exec: the call was cancelled");
}

TEST_CASE("exec refuses options that do not fit its mode") {
  const auto lines = [](Entries more) {
    more.insert(more.begin(), {"command", list({"cat"})});
    return refused(map(std::move(more)));
  };
  CHECK(lines({{"args", list({"a"})}}) == "args: 'args' needs 'mode: once'");
  CHECK(lines({{"output", scalar("text")}}) == "output: 'output' needs 'mode: once'");
  CHECK(lines({{"accept_exit", list({"1"})}}) == "accept_exit: 'accept_exit' needs 'mode: once'");
  CHECK(lines({{"exit_into", scalar("e")}}) == "exit_into: 'exit_into' needs 'mode: once'");
  const Node cat = list({"cat"});
  CHECK(refused(once(cat, {{"restart", scalar("1s")}})) ==
        "restart: 'mode: once' takes no 'restart'");
  CHECK(refused(once(cat, {{"output", scalar("records")}, {"into", scalar("x")}})) ==
        "into: 'output: records' takes no 'into'");
  CHECK(refused(once(cat, {{"accept_exit", list({"0", "250..256"})}})) ==
        "accept_exit: expected 0 to 255, got 250..256");
  CHECK(refused(once(cat, {{"exit_into", scalar("")}})) ==
        "exit_into: expected a name, got empty text");
  CHECK(refused(once(cat, {{"args", list(std::vector<std::string>(1001, "a"))}})) ==
        "args: expected 0 to 1000 arguments, got 1001");
  CHECK(refused(once(cat, {{"args", list(std::vector<std::string>(1000, "a"))}})) == "accepted");
}

}  // namespace weir::stages::test
