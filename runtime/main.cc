#include <fcntl.h>
#include <unistd.h>

#include "runtime/cli.h"

namespace {

/// A descriptor of ours must not take the number of a standard stream that was closed.
void open_standard_streams() {
  while (true) {
    const int fd = ::open("/dev/null", O_RDWR);
    if (fd < 0 || fd > 2) {
      if (fd > 2) ::close(fd);
      return;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  return weir::run_cli(argc, argv);
}
