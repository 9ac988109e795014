#include "graph/flow/memory/check.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>

namespace weir::flow {

void check_failed(const char* condition, const char* file, int line) noexcept {
  const char* const name = std::strrchr(file, '/');
  char text[256];
  const int size =
      std::snprintf(text, sizeof text, "weir: a defect of weir: expected %s, in %s:%d\n", condition,
                    name ? name + 1 : file, line);
  [[maybe_unused]] const auto written =
      ::write(STDERR_FILENO, text, std::min<std::size_t>(static_cast<std::size_t>(size), 255));
  std::terminate();
}

}  // namespace weir::flow
