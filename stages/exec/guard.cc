#include "stages/exec/guard.h"

#include <sys/wait.h>

#include <cerrno>
#include <string>

#include "stages/exec/spawn.h"

namespace weir::stages::exec {
namespace {

/// Reads lines `+ GROUP` and `- GROUP`, and at the end kills the groups that are left. All commands
/// are built into the shell, so that no process has to be started when it counts.
constexpr const char* kScript = R"(
trap '' HUP INT QUIT TERM TSTP
groups=
while read -r what group; do
  case $what in
    +) groups="$groups $group" ;;
    -) left=
       for one in $groups; do [ "$one" = "$group" ] || left="$left $one"; done
       groups=$left ;;
  esac
done
for one in $groups; do kill -s KILL -- "-$one"; done
)";

}  // namespace

Guard::Guard() {
  Fd its_input;
  make_pipe(its_input, input_);
  pid_ = spawn({"/bin/sh", "-c", kScript, "weir-guard"}, {.input = its_input.get()});
}

Guard::~Guard() {
  input_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Guard::tell(char what, pid_t group) const {
  // A line is shorter than PIPE_BUF, so it is written in one piece, whichever thread writes it.
  const std::string line = {what, ' '};
  write_quietly(input_.get(), line, std::to_string(group) + '\n');
}

}  // namespace weir::stages::exec
