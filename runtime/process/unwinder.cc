#include "runtime/process/unwinder.h"

#include <execinfo.h>

namespace weir::cli {

void load_unwinder() {
  void* frame = nullptr;
  ::backtrace(&frame, 1);
}

}  // namespace weir::cli
