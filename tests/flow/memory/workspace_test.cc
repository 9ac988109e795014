#include "graph/flow/memory/workspace.h"

#include <catch2/catch.hpp>

namespace weir::flow::test {

TEST_CASE("an array that has less than it is to be cut to stays as it is") {
  MemoryPool pool(1 << 20, 0);
  PooledArray<int> array(pool);
  array.truncate(7);
  CHECK(array.size() == 0);
  array.push(1, Lane::normal);
  array.truncate(7);
  CHECK(array.size() == 1);
  array.truncate(0);
  CHECK(array.size() == 0);
}

}  // namespace weir::flow::test
