// What stages keep between records: it holds no record of the source, and it has a bound.

#include <catch2/catch.hpp>
#include <set>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

constexpr std::int64_t kStart = 1'735'689'600;

/// Records whose fields are `k`, the number modulo `keys`, and `t`, in seconds.
std::string keyed(std::uint64_t count, const std::string& limits, const std::string& stage_text) {
  return numbered_source(count, limits) + stage("label", "", "late.label") + stage_text +
         stage("text", "", "shape.text") + stage("out", "", "late.sink");
}

std::string text_of(const Record& record, std::string_view field) {
  const Value value = record.get(field);
  return value.type() == ValueType::integer ? std::to_string(value.as_integer())
                                            : std::string(value.as_text());
}

void label(Pipeline& pipeline, std::uint64_t keys, std::function<std::int64_t(std::uint64_t)> time,
           const std::vector<std::string>& shown) {
  stage_of<Scripted>(pipeline, "label").act = [=](Record& record, Call&) {
    const std::uint64_t n = number_of(record);
    record.set("k", std::string_view("key " + std::to_string(n % keys)));
    record.set("t", kStart + time(n));
  };
  stage_of<Scripted>(pipeline, "text").act = [shown](Record& record, Call&) {
    std::string text;
    for (const std::string& field : shown) {
      text += (text.empty() ? "" : " ") + text_of(record, field);
    }
    record.set_text(text);
  };
}

/// Those whose content went into the state; what a record made others emit is its outcome instead.
std::uint64_t kept_or_closing(const Report& report) {
  return count_of(report, Outcome::aggregated) + count_of(report, Outcome::delivered);
}

}  // namespace

TEST_CASE("sessions of half an hour hold no record, however many they are") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 200'000;
  constexpr std::uint64_t kKeys = 500;
  Pipeline pipeline(keyed(kCount, "limits: { records: 1000 }\n",
                          stage("window", "", "window",
                                "key: k\n    with:\n      session: 30m\n      time: t\n"
                                "      aggregate: { n: count, from: first(t), to: last(t) }")),
                    threads);
  // Each key comes every minute; after 100 times it is silent for an hour.
  const auto time = [](std::uint64_t n) {
    const std::uint64_t round = n / kKeys;
    return static_cast<std::int64_t>(60 * round + 3600 * (round / 100));
  };
  label(pipeline, kKeys, time, {"k", "n", "from", "to"});
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(report.peak_records <= 1000);
  std::multiset<std::string> expected;
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    for (std::uint64_t round = 0; round < kCount / kKeys; round += 100) {
      expected.insert("key " + std::to_string(key) + " 100 " +
                      std::to_string(kStart + time(round * kKeys)) + " " +
                      std::to_string(kStart + time((round + 99) * kKeys)));
    }
  }
  const Texts& out = texts_of(pipeline, "out");
  CHECK(std::multiset<std::string>(out.begin(), out.end()) == expected);
  CHECK(kept_or_closing(report) == kCount);
  CHECK(sums_up(report));
}

TEST_CASE("a key too many is an error of its record, and those of known keys go on") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      keyed(10'000, "",
            stage("window", "", "window",
                  "key: { fields: [k], max: 30 }\n    on_error: skip\n    with:\n"
                  "      session: 30m\n      time: t\n      aggregate: { n: count }")),
      threads);
  label(pipeline, 100, [](std::uint64_t) { return 0; }, {"k", "n"});
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts expected;
  for (int key = 0; key < 30; ++key) expected.push_back("key " + std::to_string(key) + " 100");
  CHECK(texts_of(pipeline, "out") == expected);
  CHECK(errors_of(report, "window", "state_full") == 7000);
  CHECK(count_of(report, Outcome::aggregated) == 3000);
  CHECK(count_of(report, Outcome::skipped) == 7000);
  CHECK(sums_up(report));
}

TEST_CASE("a full state may give way to what is new, and loses no record") {
  const int threads = GENERATE(1, 2, 8);
  const bool by_bytes = GENERATE(false, true);
  // More than one key, less than all of them.
  Pipeline pipeline(
      keyed(10'000, by_bytes ? "limits: { state: 64KiB }\n" : "",
            stage("window", "", "window",
                  std::string("key: { fields: [k], ") + (by_bytes ? "" : "max: 30, ") +
                      "when_full: evict }\n    with:\n"
                      "      session: 30m\n      time: t\n      aggregate: { n: count }")),
      threads);
  label(pipeline, 5000, [](std::uint64_t) { return 0; }, {"k", "n"});
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  // Each key comes again when it has long gone: what was evicted came out.
  Texts expected;
  for (std::uint64_t n = 0; n < 10'000; ++n) {
    expected.push_back("key " + std::to_string(n % 5000) + " 1");
  }
  CHECK(texts_of(pipeline, "out") == expected);
  const std::uint64_t evicted = report_of(report, "window").counters.at("evicted");
  if (by_bytes) {
    CHECK(evicted > 9000);
    CHECK(evicted < 10'000);
  } else {
    CHECK(evicted == 10'000 - 30);
  }
  CHECK(kept_or_closing(report) == 10'000);
  CHECK(sums_up(report));
}

TEST_CASE("state has its own limit, which is not exceeded, and what was taken is given back") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      keyed(20'000, "limits: { state: 256KiB }\n",
            stage("window", "", "window",
                  "key: k\n    on_error: skip\n    with:\n      session: 30m\n      time: t\n"
                  "      aggregate: { n: count }")),
      threads);
  // 1000 new keys at a time, and then an hour of silence, in which their sessions end.
  label(pipeline, 20'000,
        [](std::uint64_t n) { return static_cast<std::int64_t>(n / 1000 * 3600); }, {"n"});
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  const std::uint64_t full = errors_of(report, "window", "state_full");
  // 256 KiB hold several hundred keys and no thousand, and so for each of the twenty.
  CHECK(full > 20 * 100);
  CHECK(full < 20 * 950);
  CHECK(texts_of(pipeline, "out") == Texts(20'000 - full, "1"));
  CHECK(kept_or_closing(report) == 20'000 - full);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
