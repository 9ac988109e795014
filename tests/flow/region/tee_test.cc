// Tees: every branch sees every record, and an origin has one outcome, the heaviest of its
// branches.

#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

/// How a branch ends a record, ascending by weight.
enum class Fate : std::uint8_t { drop, aggregate, deliver, skip, letter };
constexpr std::uint64_t kFates = 5;
constexpr Outcome kOutcomeOf[] = {Outcome::filtered, Outcome::aggregated, Outcome::delivered,
                                  Outcome::skipped, Outcome::dead_lettered};

/// One branch of the tee: `NAME_skip`, `NAME_letter`, `NAME_keep`, and the sink `NAME`.
std::string fateful_branch(const std::string& name) {
  return stage(name + "_skip", "read", "late.plain", "on_error: skip") +
         stage(name + "_letter", "", "late.plain", "on_error: { to: box }") +
         stage(name + "_keep", "", "late.plain") + stage(name, "", "late.sink");
}

void set_fate(Pipeline& pipeline, const std::string& name,
              const std::function<Fate(std::uint64_t)>& fate) {
  const auto fail_if = [fate](Fate wanted) {
    return [fate, wanted](Record& record, Call&) {
      if (fate(number_of(record)) == wanted) record.fail("chosen", "on purpose", false);
    };
  };
  stage_of<Scripted>(pipeline, name + "_skip").act = fail_if(Fate::skip);
  stage_of<Scripted>(pipeline, name + "_letter").act = fail_if(Fate::letter);
  stage_of<Scripted>(pipeline, name + "_keep").act = [fate](Record& record, Call& call) {
    if (fate(number_of(record)) == Fate::drop) return record.drop();
    if (fate(number_of(record)) == Fate::aggregate) call.aggregate(record);
  };
}

std::vector<std::string> where(std::uint64_t count, const std::function<bool(std::uint64_t)>& is) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (is(i)) texts.push_back(std::to_string(i));
  }
  return texts;
}

}  // namespace

TEST_CASE("every branch of a tee gets every record, in order") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 20'000;
  Pipeline pipeline(numbered_source(kCount) + stage("a", "read", "late.plain") +
                        stage("a_out", "", "late.sink") +
                        stage("b", "read", "late.async", "workers: 20") +
                        stage("b_out", "", "late.sink") + stage("plain_out", "read", "late.sink"),
                    threads);
  RandomAnswers answers(3, 100);
  stage_of<Scripted>(pipeline, "a").act = tagged("a");
  stage_of<ScriptedAsync>(pipeline, "b").act = answers.by(tagged("b"));
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "a_out") == tagged_numbers(kCount, "a"));
  CHECK(texts_of(pipeline, "b_out") == tagged_numbers(kCount, "b"));
  CHECK(texts_of(pipeline, "plain_out") == numbers(kCount));
  CHECK(report.read == kCount);
  CHECK(count_of(report, Outcome::delivered) == kCount);
  CHECK(report.delivered == 3 * kCount);
  CHECK(sums_up(report));
}

TEST_CASE("an origin ends as the heaviest of its branches, once") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 40 * kFates * kFates;
  Pipeline pipeline(numbered_source(kCount) + fateful_branch("a") + fateful_branch("b") +
                        "  - name: box\n    uses: late.sink\n",
                    threads);
  const auto fate_a = [](std::uint64_t n) { return static_cast<Fate>(n % kFates); };
  const auto fate_b = [](std::uint64_t n) { return static_cast<Fate>(n / kFates % kFates); };
  set_fate(pipeline, "a", fate_a);
  set_fate(pipeline, "b", fate_b);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  for (std::uint64_t worst = 0; worst < kFates; ++worst) {
    INFO(kOutcomeNames[static_cast<std::size_t>(kOutcomeOf[worst])]);
    // Of the pairs (a, b), 2 * worst + 1 have it as the larger of the two.
    CHECK(count_of(report, kOutcomeOf[worst]) == 40 * (2 * worst + 1));
  }
  CHECK(texts_of(pipeline, "a") ==
        where(kCount, [&](std::uint64_t n) { return fate_a(n) == Fate::deliver; }));
  CHECK(texts_of(pipeline, "b") ==
        where(kCount, [&](std::uint64_t n) { return fate_b(n) == Fate::deliver; }));
  std::vector<std::string> letters;
  for (std::uint64_t n = 0; n < kCount; ++n) {
    if (fate_a(n) == Fate::letter) letters.push_back(std::to_string(n));
    if (fate_b(n) == Fate::letter) letters.push_back(std::to_string(n));
  }
  CHECK(texts_of(pipeline, "box") == letters);
  CHECK(report.read == kCount);
  CHECK(sums_up(report));
}

TEST_CASE("a slow audit branch that sheds never holds the main path") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 5000;
  Pipeline pipeline(numbered_source(kCount, "limits: { records: 200 }\n") +
                        stage("out", "read", "late.sink") +
                        stage("audit", "read", "late.async",
                              "workers: 3\n    queue: { records: 10, when_full: drop_oldest }") +
                        stage("audit_out", "", "late.sink"),
                    threads);
  // The audit answers nothing until the main path is through.
  std::mutex mutex;
  bool through = false;
  std::vector<Completion> held;
  stage_of<ScriptedAsync>(pipeline, "audit").act = [&](Completion completion) {
    const std::lock_guard lock(mutex);
    if (through) return completion.done();
    held.push_back(std::move(completion));
  };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (number_of(record) + 1 < kCount) return;
    const std::lock_guard lock(mutex);
    through = true;
    for (Completion& completion : held) completion.done();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == numbers(kCount));
  const auto& audited = texts_of(pipeline, "audit_out");
  CHECK(ascending(audited));
  CHECK(audited.back() == std::to_string(kCount - 1));
  CHECK(count_of(report, Outcome::shed) > kCount / 2);
  CHECK(count_of(report, Outcome::shed) == kCount - audited.size());
  CHECK(report_of(report, "audit").calls->shed == kCount - audited.size());
  CHECK(count_of(report, Outcome::delivered) == audited.size());
  CHECK(report.peak_records <= 200);
  CHECK(sums_up(report));
}

TEST_CASE("an audit branch whose sink is blocked never holds the main path") {
  constexpr std::uint64_t kCount = 5000;
  const int threads = GENERATE(2, 8);
  Pipeline pipeline(
      numbered_source(kCount, "limits: { records: 200 }\n") + stage("out", "read", "late.sink") +
          stage("audit_out", "read", "late.sink", "queue: { records: 10, when_full: drop_oldest }"),
      threads);
  Latch through;
  stage_of<ScriptedSink>(pipeline, "audit_out").act = [&](Record&) { through.wait(); };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (number_of(record) + 1 == kCount) through.open();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == numbers(kCount));
  const auto& audited = texts_of(pipeline, "audit_out");
  CHECK(ascending(audited));
  CHECK(audited.back() == std::to_string(kCount - 1));
  CHECK(count_of(report, Outcome::shed) == kCount - audited.size());
  CHECK(count_of(report, Outcome::delivered) == audited.size());
  CHECK(sums_up(report));
}

TEST_CASE("what a branch changes the others do not see") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 3000;
  Pipeline pipeline(numbered_source(kCount) + stage("label", "", "late.label") +
                        stage("a", "label", "late.plain") + stage("a_out", "", "late.sink") +
                        stage("b", "label", "late.plain") + stage("b_out", "", "late.sink"),
                    threads);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("k", record.text());
  };
  stage_of<Scripted>(pipeline, "a").act = [](Record& record, Call&) {
    record.set("k", "spoilt");
    record.set("more", std::int64_t{1});
    record.set_text("spoilt");
  };
  stage_of<Scripted>(pipeline, "b").act = [](Record& record, Call&) {
    const bool good = record.get("k").as_text() == record.text() && !record.has("more");
    record.set_text(good ? record.text() : "changed");
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "b_out") == numbers(kCount));
  CHECK(texts_of(pipeline, "a_out") == std::vector<std::string>(kCount, "spoilt"));
}

}  // namespace weir::flow::test
