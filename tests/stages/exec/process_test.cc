#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "tests/machine/eventually.h"
#include "tests/machine/folder.h"
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

bool alive(int pid) {
  std::string state = content_of("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = state.rfind(')');
  return name_end != std::string::npos && state.at(name_end + 2) != 'Z';
}

}  // namespace

TEST_CASE("a cancelled call kills the process that hangs and all of its children") {
  Folder folder;
  const std::string pids = folder / "pids";
  StageKit stage(types(), "exec",
                 shell("trap '' TERM INT HUP; sleep 1000 & echo $$ $! > " + pids + ".new; mv " +
                       pids + ".new " + pids + "; read x; wait"));
  std::vector<Datum> out;
  std::thread run([&] { out = stage.transform(records({"a"})); });
  CHECK(eventually([&] { return std::filesystem::exists(pids); }));
  stage.cancel();
  run.join();
  CHECK(errors(out) == std::vector<std::string>{"exec: the call was cancelled"});
  std::istringstream read(content_of(pids));
  for (int pid = 0; read >> pid;) CHECK(eventually([&] { return !alive(pid); }));
}

TEST_CASE(
    "a call may be cancelled at any moment, and the next one gets a process that is in step") {
  StageKit stage(types(), "exec", shell("while read x; do echo \"$x\"; done"));
  for (int round = 0; round < 10; ++round) {
    std::vector<Datum> out;
    std::atomic<bool> done{false};
    std::thread run([&] {
      out = stage.transform(records(numbers(300)), 30);
      done = true;
    });
    while (!done) {
      stage.cancel();
      std::this_thread::sleep_for(std::chrono::microseconds(100 * round));
    }
    run.join();
    REQUIRE(out.size() == 300);
    for (std::size_t i = 0; i < out.size(); ++i) {
      CHECK((out[i].error == "exec: the call was cancelled" || out[i] == records(numbers(300))[i]));
    }
  }
}

TEST_CASE("a process whose input ends may finish its work before it is stopped") {
  Folder folder;
  StageKit stage(
      types(), "exec",
      shell("while read x; do echo $x; done; sleep 0.05; echo bye > " + folder / "last"));
  stage.transform(records({"a"}));
  CHECK(content_of(folder / "last") == "bye\n");
}

TEST_CASE("a process that does not want to end is ended") {
  Folder folder;
  const std::string pid = folder / "pid";
  StageKit stage(types(), "exec",
                 shell("trap '' TERM; echo $$ > " + pid +
                       "; while read x; do echo $x; done; while :; do sleep 0.01; done"));
  stage.transform(records({"a"}));
  CHECK_FALSE(alive(std::stoi(content_of(pid))));
}

TEST_CASE("a process is out of the terminal's reach: it has a process group of its own") {
  StageKit stage(types(), "exec", shell("while read x; do cut -d ' ' -f 5 /proc/$$/stat; done"));
  stage.set_workers(1);
  CHECK(std::stoi(stage.transform(records({"a"})).at(0).text) != ::getpgrp());
}

TEST_CASE("a process inherits none of weir's files, nor those of its neighbours") {
  StageKit stage(types(), "exec", shell("while read x; do echo $(ls /proc/self/fd); done"));
  stage.set_workers(4);
  // `ls` itself has one more open: the folder that it lists.
  std::size_t wanted = 1;
  for (int fd = 0; fd < 1024; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0 && (fd <= STDERR_FILENO || !(flags & FD_CLOEXEC))) ++wanted;
  }
  for (const Datum& datum : stage.transform(records(numbers(40)))) {
    std::istringstream read(datum.text);
    CHECK(std::distance(std::istream_iterator<int>(read), {}) ==
          static_cast<std::ptrdiff_t>(wanted));
  }
}

TEST_CASE("a process that does not read is no signal for weir") {
  struct sigaction as_default {};
  struct sigaction before {};
  as_default.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &as_default, &before);
  StageKit stage(types(), "exec", shell("exec 0<&-; sleep 0.1; echo closed >&2; exit 7"));
  const auto out = stage.transform(records({std::string(200'000, 'x')}));
  ::sigaction(SIGPIPE, &before, nullptr);
  CHECK(errors(out) == std::vector<std::string>{"exec: the process exited with status 7: closed"});
}

}  // namespace weir::stages::test
