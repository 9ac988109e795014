#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/cli.h"
#include "runtime/process/last_words.h"
#include "runtime/process/unwinder.h"

namespace {

/// Occupies the numbers of standard streams that were closed, so that no file opened later gets one
/// of them. The placeholder is open for the wrong direction, so that using it stays an error.
bool occupy_closed_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    int fd = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (fd < 0) fd = ::open("/", O_PATH);  // For a system without /dev.
    if (fd != stream) return false;
  }
  return true;
}

}  // namespace

// The program exports these (CMakeLists.txt), so that plugins and their libraries find them before
// the C library's: a run must not end well because one of them ended the process.
extern "C" {
[[noreturn]] void _exit(int code) { weir::cli::exit_called("_exit", code); }
[[noreturn]] void _Exit(int code) noexcept { weir::cli::exit_called("_Exit", code); }
}

int main(int argc, char** argv) {
  if (!occupy_closed_streams()) return 1;
  weir::cli::load_unwinder();
  return weir::cli::run_cli(argc, argv);
}
