// Sorted merges: by numbers, times and texts, and what comes out of order.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "tests/flow/kit/shape_stages.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

std::string source(const std::string& name, std::uint64_t count) {
  return stage(name, "", "shape.source",
               "with: { count: " + std::to_string(count) + ", tag: " + name + " }");
}

Texts operator+(Texts one, const Texts& two) {
  one.insert(one.end(), two.begin(), two.end());
  return one;
}

/// `m` of a sorted merge reads fields `t`, which `la` and `lb` make.
std::string sorted(std::uint64_t a, std::uint64_t b, const std::string& keys,
                   const std::string& more = "") {
  return "stages:\n" + source("a", a) + stage("la", "a", "late.label") + source("b", b) +
         stage("lb", "b", "late.label") +
         stage("m", "[la, lb]", "late.plain",
               "merge: { policy: sorted, by: t" + keys + " }" +
                   (more.empty() ? "" : "\n    " + more)) +
         stage("text", "", "shape.text") + stage("out", "", "late.sink");
}

/// Gives field `t` the number of the record, as `time` says.
void stamp(Pipeline& pipeline, const std::string& stage,
           std::function<std::int64_t(std::int64_t)> time) {
  stage_of<Scripted>(pipeline, stage).act = [time = std::move(time)](Record& record, Call&) {
    record.set("t", time(static_cast<std::int64_t>(number_of(record))));
  };
}

}  // namespace

TEST_CASE("a sorted merge of sorted sources is sorted, equal ones in the order of from") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages = sorted(1000, 500, "");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  // a: 0 0 0 3 3 3 ...; b: 0 2 4 ...
  stamp(pipeline, "la", [](std::int64_t n) { return n / 3 * 3; });
  stamp(pipeline, "lb", [](std::int64_t n) { return 2 * n; });
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected;
  for (std::int64_t t = 0, a = 0, b = 0; t < 1000; ++t) {
    while (a < 1000 && a / 3 * 3 == t) expected.push_back(std::to_string(a++) + "a");
    while (b < 500 && 2 * b == t) expected.push_back(std::to_string(b++) + "b");
  }
  CHECK(texts_of(pipeline, "out") == expected);
  CHECK(sums_up(report));
}

TEST_CASE("a sorted merge goes by time and by text as well") {
  const std::string kind = GENERATE(std::string("time"), std::string("text"));
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(sorted(60, 60, ""), threads);
  const auto stamp_text = [&](const std::string& stage, std::uint64_t offset) {
    stage_of<Scripted>(pipeline, stage).act = [kind, offset](Record& record, Call&) {
      const std::uint64_t t = 2 * number_of(record) + offset;
      // By text the second hour would come first.
      const std::string hour = t < 60 ? "10:" : "09:";
      const std::string zone = t < 60 ? ":00Z" : ":00-02:00";
      const std::string minute = std::to_string(100 + t % 60).substr(1);
      const std::string text =
          kind == "time" ? "2026-01-31T" + hour + minute + zone : "key " + std::to_string(1000 + t);
      record.set("t", std::string_view(text));
    };
  };
  stamp_text("la", 0);
  stamp_text("lb", 1);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected;
  for (const std::string& n : numbers(60)) expected.insert(expected.end(), {n + "a", n + "b"});
  CHECK(texts_of(pipeline, "out") == expected);
}

TEST_CASE("a sorted merge goes by the times of a format, then by the next field") {
  const int threads = GENERATE(1, 2, 8);
  const std::string by = "[{ field: t, format: '%d.%m.%Y', zone: Europe/Berlin }, u]";
  Pipeline pipeline("stages:\n" + source("a", 60) + stage("la", "a", "late.label") +
                        source("b", 60) + stage("lb", "b", "late.label") +
                        stage("m", "[la, lb]", "late.plain",
                              "merge: { policy: sorted, by: " + by + " }\n    on_error: skip") +
                        stage("text", "", "shape.text") + stage("out", "", "late.sink"),
                    threads);
  // Days go over the end of a month, which their texts do not follow; each has three of an input.
  const auto stamp_days = [&](const std::string& stage, std::int64_t behind) {
    stage_of<Scripted>(pipeline, stage).act = [behind](Record& record, Call&) {
      const auto n = static_cast<std::int64_t>(number_of(record));
      const std::int64_t day = n / 3 + 20;
      const std::string text = n == 59    ? "no day"
                               : day > 31 ? std::to_string(day - 31) + ".2.2026"
                                          : std::to_string(day) + ".1.2026";
      record.set("t", std::string_view(text));
      record.set("u", n % 3 * 2 + behind);
    };
  };
  stamp_days("la", 1);
  stamp_days("lb", 0);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected;
  for (const std::string& n : numbers(59)) expected.insert(expected.end(), {n + "b", n + "a"});
  CHECK(texts_of(pipeline, "out") == expected);
  CHECK(sums_up(report));
}

TEST_CASE("within the lateness an input may be out of order") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(sorted(900, 900, ", lateness: 2s"), threads);
  // 2 1 0 5 4 3 ...
  stamp(pipeline, "la", [](std::int64_t n) { return n / 3 * 3 + 2 - n % 3; });
  stamp(pipeline, "lb", [](std::int64_t n) { return n; });
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected;
  for (std::uint64_t t = 0; t < 900; ++t) {
    expected.push_back(std::to_string(t / 3 * 3 + 2 - t % 3) + "a");
    expected.push_back(std::to_string(t) + "b");
  }
  CHECK(texts_of(pipeline, "out") == expected);
}

TEST_CASE("whole numbers and fractions are sorted as numbers, equal ones in the order of from") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(sorted(400, 400, "", "on_error: skip"), threads);
  // a: -100 -100.0 -99 -99.0 ...; b: -100.0 -100 -99.0 -99 ...
  const auto stamp_mixed = [&](const std::string& stage, std::uint64_t whole) {
    stage_of<Scripted>(pipeline, stage).act = [whole](Record& record, Call&) {
      const auto t = static_cast<std::int64_t>(number_of(record) / 2) - 100;
      if (number_of(record) % 2 == whole) return record.set("t", t);
      record.set("t", static_cast<double>(t));
    };
  };
  stamp_mixed("la", 0);
  stamp_mixed("lb", 1);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected;
  for (std::uint64_t n = 0; n < 400; n += 2) {
    const std::string one = std::to_string(n);
    const std::string two = std::to_string(n + 1);
    expected.insert(expected.end(), {one + "a", two + "a", one + "b", two + "b"});
  }
  CHECK(texts_of(pipeline, "out") == expected);
  CHECK(errors_of(report, "m", "late") == 0);
}

TEST_CASE("what is behind its own input by more than the lateness is late, always") {
  const int threads = GENERATE(1, 2, 8);
  const std::int64_t lateness = GENERATE(0, 2);
  Pipeline pipeline(
      sorted(200, 50, ", lateness: " + std::to_string(lateness) + "s", "on_error: skip"), threads);
  // a: 0 .. 8 and then one of 9, 8, 7, 6, 5; that b is far behind makes no difference.
  stamp(pipeline, "la", [](std::int64_t n) { return n % 10 == 9 ? n - n / 10 % 5 : n; });
  stamp(pipeline, "lb", [](std::int64_t) { return 0; });
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::pair<std::int64_t, std::string>> kept;
  std::uint64_t late = 0;
  for (std::int64_t n = 0; n < 200; ++n) {
    const std::int64_t t = n % 10 == 9 ? n - n / 10 % 5 : n;
    // The largest before it is n - 1.
    if (n - 1 - t > lateness) {
      ++late;
    } else {
      kept.emplace_back(t, std::to_string(n) + "a");
    }
  }
  for (std::int64_t n = 0; n < 50; ++n) kept.emplace_back(0, std::to_string(n) + "b");
  std::ranges::stable_sort(kept, {}, [](const auto& one) { return one.first; });
  Texts expected;
  for (const auto& one : kept) expected.push_back(one.second);
  CHECK(late == (lateness == 0 ? 12 : 4));
  CHECK(errors_of(report, "m", "late") == late);
  CHECK(count_of(report, Outcome::skipped) == late);
  CHECK(texts_of(pipeline, "out") == expected);
  CHECK(sums_up(report));
}

TEST_CASE("what has no key is an error of its record, and fails the run in its place") {
  const int threads = GENERATE(1, 2, 8);
  const bool skip = GENERATE(true, false);
  Pipeline pipeline(sorted(20, 20, "", skip ? "on_error: skip" : ""), threads);
  stage_of<Scripted>(pipeline, "la").act = [](Record& record, Call&) {
    const auto n = static_cast<std::int64_t>(number_of(record));
    if (n != 10) record.set("t", n);
  };
  stamp(pipeline, "lb", [](std::int64_t n) { return n; });
  const Report report = run_guarded(pipeline);
  const Texts& texts = texts_of(pipeline, "out");
  CHECK(sums_up(report));
  if (!skip) {
    CHECK(report.status == RunStatus::failed);
    CHECK(report.failure.stage == "m");
    CHECK(report.failure.kind == "sorted");
    CHECK(report.failure.message == "field 't' is missing or null");
    CHECK(report.failure.origin.position == 10);
    CHECK(with_tag(texts, "a") == tagged_numbers(10, "a"));
    return;
  }
  CHECK(status_of(report) == "ok");
  CHECK(errors_of(report, "m", "sorted") == 1);
  CHECK(count_of(report, Outcome::skipped) == 1);
  Texts expected;
  for (const std::string& n : numbers(20)) {
    if (n != "10") expected.push_back(n + "a");
    expected.push_back(n + "b");
  }
  CHECK(texts == expected);
}

TEST_CASE("an input with more within the lateness than there is room for is not waited for") {
  const int threads = GENERATE(1, 2, 8);
  // Each key is within the lateness of all others.
  const bool both = GENERATE(true, false);
  Pipeline pipeline(with_least_records(sorted(300, 300, ", lateness: 1h", "on_error: skip")),
                    threads);
  stamp(pipeline, "la", [](std::int64_t n) { return n; });
  stamp(pipeline, "lb", [both](std::int64_t n) { return both ? n : 0; });
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  const std::uint64_t late = errors_of(report, "m", "late");
  CHECK(count_of(report, Outcome::delivered) + late == 600);
  CHECK(texts_of(pipeline, "out").size() + late == 600);
  CHECK(ascending(with_tag(texts_of(pipeline, "out"), "a")));
  CHECK(sums_up(report));
}

TEST_CASE("who is silent for long is not waited for, and lives again when he speaks") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(sorted(3, 60, ", idle: 300ms", "on_error: skip"), threads);
  std::map<std::string, std::atomic<bool>> seen;
  for (const char* text : {"39b", "1a", "40b"}) seen[text] = false;
  const auto wait_for = [&](const char* text) { eventually([&] { return seen.at(text).load(); }); };
  auto& b = stage_of<ScriptedSource>(pipeline, "b");
  // a: t = 0; when b has come to 39, in spite of that: 40; when b has come on, again: 200.
  stage_of<ScriptedSource>(pipeline, "a").before = [&](std::uint64_t n) {
    if (n == 1) wait_for("39b");
    if (n == 2) wait_for("40b");
    if (n == 2) eventually([&] { return b.made.load() == 60; });
  };
  b.before = [&](std::uint64_t n) {
    if (n == 40) wait_for("1a");
  };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    const auto found = seen.find(std::string(record.text()));
    if (found != seen.end()) found->second = true;
  };
  stamp(pipeline, "la", [](std::int64_t n) { return n == 2 ? 200 : n * 40; });
  stamp(pipeline, "lb", [](std::int64_t n) { return n + (n >= 40 ? 1 : 0); });
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected = {"0a"};
  for (std::uint64_t n = 0; n < 60; ++n) {
    if (n == 40) expected.push_back("1a");
    expected.push_back(std::to_string(n) + "b");
  }
  CHECK(texts_of(pipeline, "out") == expected + Texts{"2a"});
  const auto& inputs = report_of(report, "m").inputs;
  REQUIRE(inputs.size() == 2);
  CHECK(inputs[0].idled >= 2);
  CHECK(inputs[0].records == 3);
  CHECK(inputs[1].records == 60);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
