// Keys: in order within each, parallel across them, with state for each.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>

#include "tests/flow/kit/keyed_records.h"
#include "tests/flow/kit/shape_stages.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

std::string keyed(std::uint64_t count, const std::string& keys, const std::string& above = {}) {
  return around(count,
                "  - uses: late.label\n    name: label\n  - uses: late.keyed\n"
                "    name: state\n" +
                    keys,
                "", above);
}

/// Counts the records of its key.
void count(Record& record, KeyState& state, Call&) {
  const std::string key(record.get("k").as_text());
  if (state.key.empty()) state.key = key;
  const bool right = state.key == key;
  record.set_text(std::string(record.text()) + " " + key + " " + std::to_string(++state.count) +
                  (right ? "" : " of another key"));
}

/// What comes of that, one record after the other.
std::vector<std::string> counted(std::uint64_t count, std::uint64_t keys) {
  std::map<std::string, std::uint64_t> counts;
  std::vector<std::string> texts;
  for (const std::string& text : numbers(count)) {
    const std::string key = key_of(text, keys);
    texts.push_back(text + " " + key + " " + std::to_string(++counts[key]));
  }
  return texts;
}

/// The texts of each key, in their order.
std::map<std::string, std::vector<std::string>> by_key(const std::vector<std::string>& texts) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const std::string& text : texts) {
    const std::size_t at = text.find(' ') + 1;
    groups[text.substr(at, text.find(' ', at) - at)].push_back(text);
  }
  return groups;
}

}  // namespace

TEST_CASE("each key has a state of its own and sees its records in order") {
  const int threads = GENERATE(1, 2, 8);
  const std::uint64_t keys = GENERATE(1, 13, 1000);
  const std::string order = GENERATE(std::string("input"), std::string("key"), std::string("none"));
  constexpr std::uint64_t kCount = 3000;
  Pipeline pipeline(keyed(kCount, "    key: k\n    workers: 8\n    order: " + order + "\n"),
                    threads);
  label(pipeline, keys);
  stage_of<ScriptedKeyed>(pipeline, "state").act = [](Record& record, KeyState& state, Call& c) {
    if (mix(5, record.text()) % 64 == 0) {
      std::this_thread::sleep_for(microseconds(mix(6, record.text()) % 300));
    }
    count(record, state, c);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  const std::vector<std::string> expected = counted(kCount, keys);
  CHECK(texts.size() == kCount);
  if (order == "input") {
    CHECK(texts == expected);
  } else if (order == "key") {
    CHECK(by_key(texts) == by_key(expected));
  } else {
    std::vector<std::string> sorted = texts;
    std::vector<std::string> all = expected;
    std::ranges::sort(sorted);
    std::ranges::sort(all);
    CHECK(sorted == all);
  }
  CHECK(sums_up(report));
}

TEST_CASE("a call that waits keeps its own key alone") {
  // The first record of key k0 is held until all records of the other keys are through.
  const std::string order = GENERATE(std::string("key"), std::string("none"));
  constexpr std::uint64_t kCount = 2000;
  constexpr std::uint64_t kKeys = 10;
  Pipeline pipeline(
      keyed(kCount, "    key: k\n    workers: 4\n    timeout: 1h\n    order: " + order + "\n"), 2);
  label(pipeline, kKeys);
  const auto slow = static_cast<std::uint64_t>(std::ranges::count_if(
      numbers(kCount), [&](const auto& t) { return key_of(t, kKeys) == "k0"; }));
  auto& sink = stage_of<ScriptedSink>(pipeline, "out");
  bool others_through = false;
  stage_of<ScriptedKeyed>(pipeline, "state").act = [&](Record& record, KeyState& state, Call& c) {
    if (record.get("k").as_text() == "k0" && state.count == 0) {
      others_through = eventually([&] { return sink.count.load() >= kCount - slow; });
    }
    count(record, state, c);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(others_through);
  REQUIRE(sink.texts().size() == kCount);
  CHECK(by_key(sink.texts()) == by_key(counted(kCount, kKeys)));
}

TEST_CASE("in the end each key emits what is left, in the order of first appearance") {
  const int threads = GENERATE(1, 8);
  constexpr std::uint64_t kCount = 4000;
  constexpr std::uint64_t kKeys = 1500;
  Pipeline pipeline(keyed(kCount, "    key: k\n    workers: 8\n"), threads);
  label(pipeline, kKeys);
  auto& state = stage_of<ScriptedKeyed>(pipeline, "state");
  state.act = [](Record& record, KeyState& s, Call& call) {
    ++s.count;
    s.key = record.get("k").as_text();
    call.aggregate(record);
  };
  state.end = [](KeyState& s, Call& call) {
    call.emit().set_text(s.key + " " + std::to_string(s.count));
    call.emit().set_text(s.key + " end");
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  std::vector<std::string> order;
  std::map<std::string, std::uint64_t> counts;
  for (const std::string& text : numbers(kCount)) {
    const std::string key = key_of(text, kKeys);
    if (++counts[key] == 1) order.push_back(key);
  }
  std::vector<std::string> expected;
  for (const std::string& key : order) {
    expected.push_back(key + " " + std::to_string(counts[key]));
    expected.push_back(key + " end");
  }
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == expected);
  CHECK(count_of(report, Outcome::aggregated) == kCount);
  CHECK(sums_up(report));
}

TEST_CASE("one key more than there may be is an error of its record") {
  Pipeline pipeline(
      keyed(2000, "    key: { fields: [k], max: 20 }\n    on_error: keep\n    workers: 4\n"), 2);
  label(pipeline, 50);
  stage_of<ScriptedKeyed>(pipeline, "state").act = count;
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  // The first 20 keys have a state; those of the others are kept as they were.
  std::map<std::string, std::uint64_t> counts;
  std::vector<std::string> expected;
  std::uint64_t refused = 0;
  for (const std::string& text : numbers(2000)) {
    const std::string key = key_of(text, 50);
    if (!counts.contains(key) && counts.size() == 20) {
      expected.push_back(text);
      ++refused;
    } else {
      expected.push_back(text + " " + key + " " + std::to_string(++counts[key]));
    }
  }
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == expected);
  CHECK(errors_of(report, "state", "state_full") == refused);
}

TEST_CASE("with evict the key unused longest goes, and begins anew when it comes again") {
  // One worker and one record at a time: nothing else is in a line when a key is evicted.
  Pipeline pipeline(
      keyed(600, "    key: { fields: [k], max: 5, when_full: evict }\n    workers: 1\n",
            "limits: { records: 2 }\n"),
      1);
  label(pipeline, 9);
  stage_of<ScriptedKeyed>(pipeline, "state").act = count;
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  std::vector<std::pair<std::string, std::uint64_t>> recent;  // The one used last at the end.
  std::vector<std::string> expected;
  for (const std::string& text : numbers(600)) {
    const std::string key = key_of(text, 9);
    auto found = std::ranges::find(recent, key, &std::pair<std::string, std::uint64_t>::first);
    std::uint64_t n = 0;
    if (found != recent.end()) {
      n = found->second;
      recent.erase(found);
    } else if (recent.size() == 5) {
      recent.erase(recent.begin());
    }
    recent.emplace_back(key, n + 1);
    expected.push_back(text + " " + key + " " + std::to_string(n + 1));
  }
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == expected);
}

TEST_CASE("the state of all keys stays inside its limit") {
  Pipeline pipeline(keyed(3000, "    key: k\n    on_error: skip\n",
                          "limits: { memory: 64MiB, record: 256KiB, state: 20KiB }\n"),
                    2);
  label(pipeline, 1000);
  stage_of<ScriptedKeyed>(pipeline, "state").act = count;
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::uint64_t full = errors_of(report, "state", "state_full");
  CHECK(full > 0);
  CHECK(count_of(report, Outcome::skipped) == full);
  std::vector<std::string> keys;
  for (const auto& [key, texts] : by_key(stage_of<ScriptedSink>(pipeline, "out").texts())) {
    keys.push_back(key);
  }
  CHECK_FALSE(keys.empty());
  CHECK(keys.size() * sizeof(KeyState) <= 20 * 1024);
}

TEST_CASE("a key of several fields is all of them, and a missing one is a value too") {
  Pipeline pipeline(keyed(900, "    key: { fields: [a, b] }\n"), 2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    const std::uint64_t number = number_of(record);
    // The two fields run into each other if they are just put together.
    const bool even = number % 2 == 0;
    record.set("a", Value(std::string_view(even ? "x" : "xy")));
    if (number % 3 != 0) record.set("b", Value(std::string_view(even ? "yz" : "z")));
  };
  stage_of<ScriptedKeyed>(pipeline, "state").act = [](Record& record, KeyState& state, Call&) {
    record.set_text(std::string(record.text()) + " " + std::to_string(++state.count));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  std::array<std::uint64_t, 4> counts{};
  std::vector<std::string> expected;
  for (std::uint64_t i = 0; i < 900; ++i) {
    const std::size_t key = i % 2 * 2 + (i % 3 == 0 ? 1 : 0);
    expected.push_back(std::to_string(i) + " " + std::to_string(++counts[key]));
  }
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == expected);
}

}  // namespace weir::flow::test
