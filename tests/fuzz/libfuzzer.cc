// The program of one target: libFuzzer calls this with what it makes up.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    weir::fuzz::WEIR_FUZZ_TARGET({reinterpret_cast<const char*>(bytes), size});
  } catch (const weir::fuzz::Broken& broken) {
    std::fprintf(stderr, "broken: %s\n", broken.what());
    std::abort();
  }
  return 0;
}
