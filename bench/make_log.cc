// Writes the access log that the benches read: `make_log BYTES SEED > log.ndjson`. The lines are
// those of `generate` with format ndjson, made without an engine, so that peers can be measured
// alone.

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "stages/core/generate/access_log.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: make_log BYTES SEED > FILE\n", stderr);
    return 2;
  }
  const std::uint64_t wanted = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t seed = std::strtoull(argv[2], nullptr, 10);
  std::vector<char> block(1 << 20);
  std::uint64_t written = 0;
  for (std::uint64_t number = 0; written < wanted;) {
    char* end = block.data();
    const char* const full =
        block.data() + block.size() - weir::stages::core::AccessEntry::kLongestJson - 1;
    while (end < full && written + static_cast<std::uint64_t>(end - block.data()) < wanted) {
      end = weir::stages::core::AccessEntry(seed, number++).write_json(end);
      *end++ = '\n';
    }
    const auto size = static_cast<std::size_t>(end - block.data());
    if (std::fwrite(block.data(), 1, size, stdout) != size) return 1;
    written += size;
  }
  return std::fclose(stdout) == 0 ? 0 : 1;
}
