#include "stages/exec/guard.h"

#include <signal.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <memory>

#include "stages/exec/spawn.h"

namespace weir::stages::test {

TEST_CASE("a guard that ends kills the groups that it watches, and no other") {
  const std::vector<std::string> sleeps = {"/bin/sh", "-c", "trap '' TERM; sleep 1000"};
  auto guard = std::make_unique<exec::Guard>();
  const pid_t watched = exec::spawn(sleeps, {});
  const pid_t forgotten = exec::spawn(sleeps, {});
  const pid_t other = exec::spawn(sleeps, {});
  guard->watch(watched);
  guard->watch(forgotten);
  guard->forget(forgotten);
  guard.reset();
  int status = 0;
  CHECK(::waitpid(watched, &status, 0) == watched);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
  for (const pid_t left : {forgotten, other}) {
    CHECK(::waitpid(left, &status, WNOHANG) == 0);
    ::kill(-left, SIGKILL);
    CHECK(::waitpid(left, &status, 0) == left);
  }
}

}  // namespace weir::stages::test
