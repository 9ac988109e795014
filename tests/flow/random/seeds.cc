#include "tests/flow/random/seeds.h"

#include <cstdlib>

namespace weir::flow::test {

std::ranges::iota_view<std::uint64_t, std::uint64_t> seeds(const char* variable,
                                                           std::uint64_t count) {
  std::uint64_t from = 1;
  if (const char* given = std::getenv(variable)) {
    char* end = nullptr;
    from = std::strtoull(given, &end, 10);
    if (*end == ':') count = std::strtoull(end + 1, nullptr, 10);
  }
  return {from, from + count};
}

}  // namespace weir::flow::test
