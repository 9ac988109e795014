#include "graph/flow/input/shed_order.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <set>
#include <utility>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {

TEST_CASE("the lowest hash is shed first, whatever comes and goes between") {
  ShedOrder order(1);
  MemoryPool pool(1 << 20, 0);
  SlabPool slabs(pool);
  std::deque<Slot> slots;
  std::set<std::pair<std::uint64_t, std::uint64_t>>
      model;  // Of equal hashes the youngest is first.
  Chance chance(17);
  std::vector<Slot*> in;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    if (in.empty() || chance.below(5) < 3) {
      Slot& slot = slots.emplace_back(slabs, Piece{});
      slot.number = i;
      slot.shed_hash = chance.below(500);
      order.add(slot);
      in.push_back(&slot);
      model.emplace(slot.shed_hash, ~slot.number);
    } else {
      const auto at = chance.below(4) == 0
                          ? std::find(in.begin(), in.end(), order.first())
                          : in.begin() + static_cast<long>(chance.below(in.size()));
      order.remove(**at);
      model.erase({(*at)->shed_hash, ~(*at)->number});
      in.erase(at);
    }
    REQUIRE((order.first() == nullptr) == model.empty());
    if (model.empty()) continue;
    CHECK(order.first()->shed_hash == model.begin()->first);
    CHECK(order.first()->number == ~model.begin()->second);
  }
}

TEST_CASE("an origin's place among those that are shed depends on the seed and nothing else") {
  const ShedOrder one(1), same(1), other(2);
  const Origin origin{0, 3, 4711};
  CHECK(one.hash(origin) == same.hash(origin));
  CHECK(one.hash(origin) != other.hash(origin));
  CHECK(one.hash(origin) != one.hash({0, 4, 4711}));
  CHECK(one.hash(origin) != one.hash({1, 3, 4711}));
}

}  // namespace weir::flow::test
