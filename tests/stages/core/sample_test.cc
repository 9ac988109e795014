#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <thread>

#include "stages/core/core.h"
#include "tests/kit/no_host.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

constexpr auto registry = kit::types_of<core::add_sample>;

std::unique_ptr<kit::StageKit> sample(const std::string& share, const std::string& seed = "0") {
  return std::make_unique<kit::StageKit>(registry(), "sample",
                                         map({{"share", scalar(share)}, {"seed", scalar(seed)}}));
}

/// The texts that are kept of 0, 1, 2... 9,999.
std::set<std::string> kept(const std::string& share, const std::string& seed = "0") {
  static const std::vector<Datum> input = [] {
    std::vector<Datum> made;
    for (int i = 0; i < 10'000; ++i) made.push_back({std::to_string(i), {}, {}});
    return made;
  }();
  std::set<std::string> texts;
  for (const Datum& datum : sample(share, seed)->transform_at_every_cut(input)) {
    texts.insert(datum.text);
  }
  return texts;
}

bool includes(const std::set<std::string>& all, const std::set<std::string>& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

struct ByHand : Call {};
struct NoMemory final : detail::Arena {
  char* grow(std::size_t) override { throw detail::OutOfMemory(); }
};

bool keeps(const Transform& stage, const Origin& origin) {
  const kit::NoHost host;
  NoMemory arena;
  ByHand call;
  detail::RecordData data;
  data.part = detail::part_of(origin.source, origin.part);
  data.position = origin.position;
  Record record(data, arena, host);
  stage.process(record, call);
  return data.state == detail::RecordState::live;
}

}  // namespace

TEST_CASE("sample keeps nearly its share, in percent or not") {
  CHECK(kept("0").empty());
  CHECK(kept("0%").empty());
  CHECK(kept("1").size() == 10'000);
  CHECK(kept("100%").size() == 10'000);
  for (const char* share : {"10%", "0.1"}) {
    CHECK(kept(share).size() > 850);  // five standard deviations are 150
    CHECK(kept(share).size() < 1150);
  }
  CHECK(kept("10%") == kept("0.1"));
  CHECK(kept("0.5%").size() > 15);
  CHECK(kept("0.5%").size() < 85);
}

TEST_CASE("a smaller sample is part of a larger one, and another seed makes another sample") {
  CHECK(includes(kept("30%"), kept("10%")));
  CHECK(kept("10%", "7") == kept("10%", "7"));
  const std::set<std::string> one = kept("10%", "1");
  const std::set<std::string> other = kept("10%", "2");
  std::vector<std::string> both;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(),
                        std::back_inserter(both));
  CHECK(both.size() < 150);  // 100 are expected of independent ones
  CHECK(both.size() > 50);
}

TEST_CASE("a record is chosen by source, part and position") {
  const auto stage = sample("50%");
  const auto& transform = dynamic_cast<Transform&>(stage->stage());
  const auto differ = [&](auto&& other) {
    int count = 0;
    for (std::uint64_t at = 0; at < 1000; ++at) {
      const Origin origin{1, 2, at * 261};
      count += keeps(transform, origin) != keeps(transform, other(origin)) ? 1 : 0;
    }
    return count;
  };
  CHECK(differ([](Origin o) { return o; }) == 0);
  CHECK(differ([](Origin o) { return Origin{2, o.part, o.position}; }) > 400);
  CHECK(differ([](Origin o) { return Origin{o.source, 3, o.position}; }) > 400);
  CHECK(differ([](Origin o) { return Origin{o.source, o.part, o.position + 1}; }) > 400);
}

TEST_CASE("threads that share a sample stage choose what one alone does") {
  const auto stage = sample("20%");
  const auto& transform = dynamic_cast<Transform&>(stage->stage());
  constexpr std::size_t kRecords = 4096;
  const auto choose = [&](int threads) {
    std::vector<char> chosen(kRecords);
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
      running.emplace_back([&, t] {
        for (std::size_t i = static_cast<std::size_t>(t); i < kRecords;
             i += static_cast<std::size_t>(threads)) {
          chosen[i] = keeps(transform, {0, 0, i}) ? 1 : 0;
        }
      });
    }
    for (std::thread& thread : running) thread.join();
    return chosen;
  };
  const std::vector<char> alone = choose(1);
  CHECK(choose(2) == alone);
  CHECK(choose(8) == alone);
}

TEST_CASE("a share is from 0 to 1 or has a percent sign") {
  const std::string wanted = "expected a share such as 10% or 0.1, got ";
  CHECK_THROWS_WITH(sample("10"), wanted + "'10' [did you mean '10%'?]\n");
  CHECK_THROWS_WITH(sample("101%"), wanted + "'101%'\n");
  CHECK_THROWS_WITH(sample("-1%"), wanted + "'-1%'\n");
  CHECK_THROWS_WITH(sample("nan"), wanted + "'nan'\n");
  CHECK_THROWS_WITH(sample("half"), wanted + "'half'\n");
  CHECK_THROWS_WITH(sample("10 %"), wanted + "'10 %'\n");
  CHECK_THROWS_WITH(kit::StageKit(registry(), "sample", map({})), "missing option 'share'");
}

}  // namespace weir::stages::test
