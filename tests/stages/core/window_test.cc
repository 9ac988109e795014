#include <catch2/catch.hpp>

#include "tests/stages/core/window_fixture.h"

namespace weir::stages::test {

using namespace window_test;

TEST_CASE("a key may have very many open sessions, which records join and extend backwards") {
  kit::StageKit stage = window({{"session", "2s"}, {"time", "t"}, {"lateness", "1000h"}});
  std::vector<Datum> input;
  for (int i = 20'000; i > 0; --i) input.push_back(at(std::to_string(10 * i)));
  for (int i = 1; i <= 20'000; ++i) input.push_back(at(std::to_string(10 * i - 1)));
  input.push_back(at("100009"));  // With the ones before and behind: a session of 4.
  input.push_back(at("100008"));
  const auto out = stage.transform(input);
  REQUIRE(out.size() == 20'000);
  CHECK(shown({out.front()}) == "9:10:2");
  CHECK(shown({out[10'000]}) == "100008:100010:4");
  CHECK(shown({out.back()}) == "199999:200000:2");
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a number leaves the key of a window as its first record wrote it") {
  kit::StageKit stage = window({{"every", "10s"}, {"time", "t"}, {"lateness", "1m"}}, {}, {"k"});
  CHECK(shown(stage.transform_at_every_cut(
            {of({{"t", "1"}, {"k", "#19.90"}}), of({{"t", "2"}, {"k", "#19.900000000000000"}}),
             of({{"t", "11"}, {"k", "19.9"}}), of({{"t", "12"}, {"k", "#1E5"}})})) ==
        "19.90:0:10:2 19.90:10:20:1 1E5:10:20:1");
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a window of time counts what is in it, from multiples of its length on") {
  CHECK(run({{"every", "10s"}, {"time", "t"}}, {at("101"), at("109.5"), at("110"), at("135")}) ==
        "100:110:2 110:120:1 130:140:1");
  CHECK(run({{"every", "10s"}, {"time", "t"}}, {at("-1"), at("0")}) == "-10:0:1 0:10:1");
  CHECK(run({{"every", "500ms"}, {"time", "t"}}, {at("1.2"), at("1.7")}) == "1:1.5:1 1.5:2:1");
  CHECK(run({{"every", "10s"}, {"time", "t"}}, {}).empty());
}

TEST_CASE("times of a window are shown as its records have them") {
  CHECK(run({{"every", "1m"}, {"time", "t"}},
            {at("\"2026-01-31T23:59:30Z\""), at("\"2026-02-01 01:00:01.25+01:00\"")}) ==
        "\"2026-01-31T23:59:00Z\":\"2026-02-01T00:00:00Z\":1 "
        "\"2026-02-01T00:00:00Z\":\"2026-02-01T00:01:00Z\":1");
  CHECK(run({{"every", "250ms"}, {"time", "t"}}, {at("\"1969-12-31T23:59:59.3Z\"")}) ==
        "\"1969-12-31T23:59:59.25Z\":\"1969-12-31T23:59:59.5Z\":1");
}

TEST_CASE("a window is emitted by the record that closes it") {
  kit::StageKit stage = window({{"every", "10s"}, {"time", "t"}, {"lateness", "5s"}});
  stage.open();
  CHECK(stage.feed({at("1"), at("14.9")}).empty());
  CHECK(shown(stage.feed({at("15")})) == "0:10:1");
  CHECK(shown(stage.finish()) == "10:20:2");
}

TEST_CASE("a record within lateness is counted, one behind it is late") {
  const std::vector<Datum> input = {at("12"), at("9"), at("15"), at("9.9"), at("10"), at("26")};
  CHECK(run({{"every", "10s"}, {"time", "t"}, {"lateness", "5s"}}, input) ==
        "0:10:1 late 10:20:3 20:30:1");
  kit::StageKit stage = window({{"every", "10s"}, {"time", "t"}});
  CHECK(shown(stage.transform_at_every_cut(input)) == "late late 10:20:3 20:30:1");
  CHECK(stage.failures().size() == 2);
  CHECK_FALSE(stage.failures()[0].retryable);
}

TEST_CASE("sliding windows have each record several times") {
  CHECK(run({{"every", "10s"}, {"slide", "5s"}, {"time", "t"}}, {at("1"), at("6"), at("12")}) ==
        "-5:5:1 0:10:2 5:15:2 10:20:1");
  // Only what has not closed takes a record that is behind.
  CHECK(run({{"every", "10s"}, {"slide", "5s"}, {"time", "t"}}, {at("1"), at("11"), at("8")}) ==
        "-5:5:1 0:10:1 5:15:2 10:20:1");
}

TEST_CASE("a session lasts as long as no gap does, from its first to its last record") {
  CHECK(run({{"session", "10s"}, {"time", "t"}},
            {at("1"), at("10"), at("19"), at("29"), at("50")}) == "1:19:3 29:29:1 50:50:1");
}

TEST_CASE("a record between two sessions makes them one") {
  kit::StageKit stage =
      window({{"session", "10s"}, {"time", "t"}, {"lateness", "1m"}}, {{"n", "count"},
                                                                       {"sum", "sum(t)"},
                                                                       {"first", "first(t)"},
                                                                       {"last", "last(t)"},
                                                                       {"all", "collect(t)"},
                                                                       {"p50", "p50(t)"},
                                                                       {"max", "max(t)"}});
  CHECK(shown(stage.transform_at_every_cut({at("15"), at("0"), at("8"), at("70"), at("100")})) ==
        "0:15:3:23:15:8:[0,15,8]:8:15 70:70:1:70:70:70:[70]:70:70 "
        "100:100:1:100:100:100:[100]:100:100");
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a session takes a record that is behind it only while it is open") {
  CHECK(run({{"session", "10s"}, {"time", "t"}, {"lateness", "20s"}},
            {at("100"), at("95"), at("81"), at("70"), at("80")}) == "late 80:81:2 95:100:2");
  CHECK(run({{"session", "10s"}, {"time", "t"}}, {at("100"), at("91"), at("85"), at("75")}) ==
        "late 85:100:3");
}

TEST_CASE("windows of a number of records, of each key by itself") {
  const std::vector<Datum> input = {at("1", "a"), at("2", "b"), at("3", "a"), at("4", "a"),
                                    at("5", "a"), at("6", "b"), at("7", "a")};
  CHECK(run({{"count", "3"}}, input) == "3 3 1");
  CHECK(run({{"count", "2"}}, input, {"k"}) == "\"a\":2 \"a\":2 \"b\":2 \"a\":1");
  kit::StageKit stage = window({{"count", "4"}, {"slide", "2"}}, {{"t", "collect(t)"}});
  CHECK(shown(stage.transform_at_every_cut(input)) == "[1,2,3,4] [3,4,5,6] [5,6,7] [7]");
}

TEST_CASE("windows close in the order of their ends, then of their keys' first records") {
  CHECK(run({{"every", "10s"}, {"time", "t"}},
            {at("5", "b"), at("6", "a"), at("12", "a"), at("13", "b"), at("14", "c"), at("3", "c"),
             at("30", "c")},
            {"k"}) ==
        "\"b\":0:10:1 \"a\":0:10:1 late \"a\":10:20:1 \"b\":10:20:1 \"c\":10:20:1 \"c\":30:40:1");
  CHECK(run({{"session", "10s"}, {"time", "t"}},
            {at("1", "b"), at("2", "a"), at("5", "b"), at("40", "a")},
            {"k"}) == "\"a\":2:2:1 \"b\":1:5:2 \"a\":40:40:1");
}

TEST_CASE("a record without a time is an error of its own") {
  const std::vector<Datum> out = window({{"every", "10s"}, {"time", "t"}})
                                     .transform_at_every_cut({at("\"noon\""), of({}), at("1")});
  REQUIRE(out.size() == 3);
  CHECK(out[0].error ==
        "time: field 't': expected a time such as 2026-01-31T23:59:59Z, got 'noon'");
  CHECK(out[1].error == "time: field 't' is missing");
}

TEST_CASE("a window's time may be written in any format") {
  Node time = map({{"field", scalar("t")},
                   {"format", kit::list({"unix_ms", "%d/%b/%Y:%H:%M:%S"})},
                   {"zone", scalar("Europe/Berlin")}});
  kit::StageKit stage(registry(), "window",
                      map({{"every", scalar("10s")}, {"time", std::move(time)}}));
  const std::vector<Datum> out = stage.transform_at_every_cut(
      {at("\"31/Jan/2026:12:00:01\""), at("\"1769857203500\""), at("\"noon\""), at("1769857215000"),
       at("\"31/Jan/2026:11:00:01\"")});
  REQUIRE(out.size() == 4);
  CHECK(out[0].error ==
        "time: field 't': expected milliseconds since 1970 or a time such as '%d/%b/%Y:%H:%M:%S', "
        "got 'noon'");
  CHECK(shown(out) ==
        "time \"2026-01-31T11:00:00Z\":\"2026-01-31T11:00:10Z\":2 late 1769857210:1769857220:1");
}

TEST_CASE("windows without a time go by the clock") {
  kit::StageKit stage = window({{"session", "1ns"}}, {}, {"k"});
  CHECK(stage.timed());
  CHECK_FALSE(window({{"session", "1s"}, {"time", "t"}}).timed());
  CHECK_FALSE(window({{"count", "1"}}).timed());
  stage.open();
  CHECK_FALSE(stage.due());
  CHECK(stage.tick().empty());
  CHECK(stage.feed({at("1", "a")}).empty());
  REQUIRE(stage.due());
  while (*stage.due() > std::chrono::steady_clock::now()) {
  }
  CHECK(stage.tick().size() == 1);
  CHECK(stage.finish().empty());

  kit::StageKit slow = window({{"session", "1000h"}});
  slow.open();
  CHECK(slow.feed({at("1"), at("2")}).empty());
  CHECK(slow.tick().empty());
  CHECK(*slow.due() > std::chrono::steady_clock::now());
  const std::vector<Datum> out = slow.finish();
  REQUIRE(out.size() == 1);
  CHECK(out[0].fields.back().second == "2");
  CHECK_THAT(out[0].fields[0].second, Catch::StartsWith("\"20"));
}

TEST_CASE("windows that are none are diagnostics") {
  CHECK_THROWS_WITH(window({}), "a window needs a size: give every, session or count");
  CHECK_THROWS_WITH(window({{"every", "1s"}, {"count", "1"}}),
                    "expected one of every, session and count, got several");
  CHECK_THROWS_WITH(window({{"every", "0s"}}), "expected a size above 0, got '0s'");
  CHECK_THROWS_WITH(window({{"count", "0"}}), "expected a size above 0, got '0'");
  CHECK_THROWS_WITH(window({{"count", "1"}, {"time", "t"}}),
                    "windows of a number of records have no time");
  CHECK_THROWS_WITH(window({{"every", "1s"}, {"lateness", "1s"}}),
                    "expected 'time', too: only times of records come late");
  CHECK_THROWS_WITH(window({{"session", "1s"}, {"slide", "1s"}}), "sessions do not slide");
  CHECK_THROWS_WITH(window({{"every", "1s"}, {"slide", "2s"}}),
                    "expected at most the size of a window");
  CHECK_THROWS_WITH(window({{"every", "1s"}, {"slide", "5"}}), "expected a duration, as every is");
  CHECK_THROWS_WITH(window({{"count", "9"}, {"slide", "5s"}}),
                    "expected a number of records, as count is");
  CHECK_THROWS_WITH(window({{"every", "1h"}, {"slide", "1s"}}),
                    "expected at least a thousandth of the size of a window");
  CHECK_NOTHROW(window({{"every", "1000s"}, {"slide", "1s"}}));
}

}  // namespace weir::stages::test
