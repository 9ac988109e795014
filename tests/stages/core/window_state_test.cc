#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "tests/stages/core/window_fixture.h"

namespace weir::stages::test {

using namespace window_test;

TEST_CASE("windows of records out of order agree with a simple count") {
  std::mt19937 random(11);
  for (const int lateness : {0, 7, 40}) {
    std::vector<Datum> input;
    std::map<std::pair<int, int>, int> counts;  // By end and key.
    std::uint64_t late = 0;
    int largest = -1000;
    for (int i = 0; i < 3000; ++i) {
      const int time = i / 4 + static_cast<int>(random() % 30);
      const int key = static_cast<int>(random() % 5);
      input.push_back(of({{"t", std::to_string(time)}, {"k", std::to_string(key)}}));
      largest = std::max(largest, time);
      bool counted = false;
      for (int start = time / 5 * 5; start > time - 15; start -= 5) {
        if (start + 15 <= largest - lateness) continue;
        ++counts[{start + 15, key}];
        counted = true;
      }
      late += !counted;
    }
    kit::StageKit stage = window({{"every", "15s"},
                                  {"slide", "5s"},
                                  {"time", "t"},
                                  {"lateness", std::to_string(lateness) + "s"}},
                                 {}, {"k"});
    std::map<std::pair<int, int>, int> given;
    int end = 0;
    for (const Datum& datum : stage.transform_at_every_cut(input)) {
      if (!datum.error.empty()) continue;
      CHECK(std::stoi(datum.fields[2].second) >= end);
      end = std::stoi(datum.fields[2].second);
      given[{end, std::stoi(datum.fields[0].second)}] += std::stoi(datum.fields[3].second);
    }
    CHECK(given == counts);
    CHECK(stage.failures().size() == late);
    CHECK(stage.state_used() == 0);
  }
}

TEST_CASE("sessions of records out of order agree with sessions of all of them, if none is late") {
  std::mt19937 random(5);
  std::vector<Datum> input;
  std::map<int, std::multiset<int>> times;
  for (int i = 0; i < 3000; ++i) {
    const int time = i + static_cast<int>(random() % 200);
    const int key = static_cast<int>(random() % 40);
    input.push_back(of({{"t", std::to_string(time)}, {"k", std::to_string(key)}}));
    times[key].insert(time);
  }
  std::set<std::string> expected;
  for (const auto& [key, all] : times) {
    int start = *all.begin();
    int last = start;
    int count = 0;
    std::int64_t sum = 0;
    const auto close = [&, key = key] {
      expected.insert(std::to_string(key) + ':' + std::to_string(start) + ':' +
                      std::to_string(last) + ':' + std::to_string(count) + ':' +
                      std::to_string(sum));
      count = 0;
      sum = 0;
    };
    for (const int time : all) {
      if (time - last >= 20) {
        close();
        start = time;
      }
      last = time;
      ++count;
      sum += time;
    }
    close();
  }
  kit::StageKit stage = window({{"session", "20s"}, {"time", "t"}, {"lateness", "200s"}},
                               {{"n", "count"}, {"sum", "sum(t)"}}, {"k"});
  std::set<std::string> given;
  for (const Datum& datum : stage.transform_at_every_cut(input)) given.insert(shown({datum}));
  CHECK(given == expected);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a long session holds no record and little state") {
  kit::StageKit stage =
      window({{"session", "30m"}, {"time", "t"}}, {{"n", "count"}, {"v", "max(v)"}}, {"k"});
  stage.set_state_limit(4000);
  stage.open();
  std::vector<Datum> input(1000);
  for (int i = 0; i < 20'000;) {
    for (Datum& datum : input) {
      datum = of({{"t", std::to_string(i)}, {"k", std::to_string(i % 3)}, {"v", "\"abc\""}});
      ++i;
    }
    REQUIRE(stage.feed(input).empty());
  }
  CHECK(stage.state_used() < 4000);
  CHECK(shown(stage.finish()) ==
        "2:2:19997:6666:\"abc\" 0:0:19998:6667:\"abc\" 1:1:19999:6667:\"abc\"");
}

TEST_CASE("one record may close more windows than a call may emit") {
  kit::StageKit stage = window({{"every", "10s"}, {"time", "t"}}, {}, {"k"});
  std::vector<Datum> input;
  std::string expected;
  for (int i = 1000; i < 4000; ++i) {
    input.push_back(at("1", "k" + std::to_string(i)));
    expected += "\"k" + std::to_string(i) + "\":0:10:1 ";
  }
  for (const char* time : {"100", "101", "102"}) input.push_back(at(time, "last"));
  stage.set_record_limit(100'000);
  stage.open();
  stage.feed({input.begin(), input.end() - 3});
  const std::size_t first = stage.feed({input[3000]}).size();
  CHECK(first > 50);
  CHECK(first < 1000);
  CHECK(stage.feed({input[3001]}).size() == first);
  stage.finish();
  CHECK(shown(stage.transform_at_every_cut(input)) == expected + "\"last\":100:110:3");
}

TEST_CASE("what closes with a record makes room for it") {
  const std::string text = '"' + std::string(1000, 'x') + '"';
  kit::StageKit stage = window({{"every", "10s"}, {"time", "t"}}, {{"v", "first(v)"}}, {"k"});
  stage.set_state_limit(2400);
  const auto record = [&](const char* time) { return of({{"t", time}, {"k", "1"}, {"v", text}}); };
  const std::vector<Datum> out =
      stage.transform_at_every_cut({record("1"), record("11"), record("21")});
  REQUIRE(out.size() == 3);
  for (const Datum& datum : out) CHECK(datum.error.empty());
}

TEST_CASE("a key without room is an error or takes that of the key not seen for longest") {
  const std::vector<Datum> input = {at("1", "a"), at("2", "b"), at("3", "a"), at("4", "c"),
                                    at("5", "b")};
  kit::StageKit stage = window({{"every", "10s"}, {"time", "t"}}, {}, {"k"});
  stage.set_key_limit(2, KeyPolicy::WhenFull::error);
  CHECK(shown(stage.transform_at_every_cut(input)) == "state_full \"a\":0:10:2 \"b\":0:10:2");
  stage.set_key_limit(2, KeyPolicy::WhenFull::evict);
  CHECK(shown(stage.transform_at_every_cut(input)) ==
        "\"b\":0:10:1 \"a\":0:10:2 \"c\":0:10:1 \"b\":0:10:1");
  CHECK(stage.count("evicted") == 2);
  CHECK(stage.state_used() == 0);

  std::vector<Datum> many;
  for (int i = 0; i < 100; ++i) many.push_back(at("1", std::to_string(i)));
  kit::StageKit small = window({{"every", "10s"}, {"time", "t"}}, {}, {"k"});
  small.set_state_limit(5000);
  small.set_key_limit(0, KeyPolicy::WhenFull::evict);
  CHECK(small.transform_at_every_cut(many).size() == 100);
  CHECK(small.count("evicted") > 80);
  small.set_key_limit(0, KeyPolicy::WhenFull::error);
  CHECK(shown(small.transform_at_every_cut(many)).find("state_full state_full") == 0);
  CHECK(small.state_used() == 0);
}

TEST_CASE("a window that would show too much is an error of the record") {
  kit::StageKit stage = window({{"count", "100"}}, {{"v", "collect(v)"}});
  stage.set_record_limit(9000);
  std::vector<Datum> input(10, of({{"v", '"' + std::string(600, 'x') + '"'}}));
  const std::vector<Datum> out = stage.transform_at_every_cut(input);
  CHECK_THAT(out[0].error, Catch::StartsWith("too_big: "));
  CHECK(out.back().error.empty());
}

}  // namespace weir::stages::test
