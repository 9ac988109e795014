// Races: of the records of one origin, the first good one goes on.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

const std::string kKeep = "on_error: keep";

/// `read`, the branches `a` and `b`, the merge `m`, and `out`.
std::string race(std::uint64_t count, const std::string& a, const std::string& b,
                 const std::string& keys = "on_error: skip", const std::string& calls = kKeep) {
  return numbered_source(count) + stage("a", "read", a, calls) + stage("b", "read", b, calls) +
         stage("m", "[a, b]", "late.plain", "merge: first\n    " + keys) +
         stage("out", "", "late.sink");
}

std::string without_tag(const std::string& text) {
  return text.substr(0, text.find_first_of("ab"));
}

/// The texts without the tags of the branches that won.
std::vector<std::string> untagged(const std::vector<std::string>& texts) {
  std::vector<std::string> plain;
  for (const std::string& text : texts) plain.push_back(without_tag(text));
  return plain;
}

void fail(Record& record, const char* kind) { record.fail(kind, "on purpose", false); }

/// Whether branch `salt` fails a number.
bool bad(std::uint64_t number, std::uint64_t salt) { return (number * 7 + salt) % 5 < 2; }

/// Puts the tag behind the text, or fails.
std::function<void(Record&, Call&)> sometimes(std::string tag, std::uint64_t salt) {
  return [tag = std::move(tag), salt](Record& record, Call& call) {
    if (bad(number_of(record), salt)) return fail(record, "chosen");
    tagged(tag)(record, call);
  };
}

/// A stage that answers nothing until nobody waits any more.
struct Stuck {
  std::atomic<std::uint64_t> cancelled{0};

  std::function<void(Completion)> act() {
    return [this](Completion completion) {
      const auto held = std::make_shared<Completion>(std::move(completion));
      held->on_cancel([this, held] {
        cancelled.fetch_add(1);
        held->done();
      });
    };
  }
};

/// Answers at once.
std::function<void(Completion)> now(std::function<void(Record&, Call&)> fill) {
  return [fill = std::move(fill)](Completion completion) { completion.done(fill); };
}

}  // namespace

TEST_CASE("of each origin the first good record goes on, in the order of the source") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages = race(1000, "late.async", "late.async");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  RandomAnswers one(3, 300), other(4, 300);
  stage_of<ScriptedAsync>(pipeline, "a").act = one.by(sometimes("a", 0));
  stage_of<ScriptedAsync>(pipeline, "b").act = other.by(sometimes("b", 1));
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> good;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    if (!bad(n, 0) || !bad(n, 1)) good.push_back(std::to_string(n));
  }
  const auto& texts = texts_of(pipeline, "out");
  CHECK(untagged(texts) == good);
  for (const std::string& text : texts) {
    const std::uint64_t n = number_in(text);
    CHECK(!bad(n, text.back() == 'a' ? 0 : 1));
  }
  CHECK(errors_of(report, "m", "none_good") == 1000 - good.size());
  CHECK(count_of(report, Outcome::skipped) == 1000 - good.size());
  CHECK(count_of(report, Outcome::delivered) == good.size());
  CHECK(report.read == 1000);
  const auto& inputs = report_of(report, "m").inputs;
  REQUIRE(inputs.size() == 2);
  CHECK(*inputs[0].won + *inputs[1].won == good.size());
  CHECK(sums_up(report));
}

TEST_CASE("a branch that answers nothing costs nothing, and its calls are cancelled") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages =
      race(2000, "late.async", "late.async", "on_error: fail", "workers: 3\n    on_error: keep");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  Stuck stuck;
  stage_of<ScriptedAsync>(pipeline, "a").act = stuck.act();
  RandomAnswers quick(5, 20);
  stage_of<ScriptedAsync>(pipeline, "b").act = quick.by(tagged("b"));
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == tagged_numbers(2000, "b"));
  CHECK(count_of(report, Outcome::delivered) == 2000);
  CHECK(stuck.cancelled.load() > 0);
  CHECK(report_of(report, "a").calls->late == stuck.cancelled.load());
  CHECK(sums_up(report));
}

TEST_CASE("a slow branch on threads is waited for by nobody, and its threads do not pile up") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      race(3000, "late.block", "late.async", "on_error: fail", "workers: 4\n    on_error: keep"),
      threads);
  Peak peak;
  Latch over;
  stage_of<Scripted>(pipeline, "a").act = [&](Record&, Call&) {
    peak.enter();
    over.wait();  // It does not look at `cancelled`.
    peak.leave();
  };
  std::atomic<int> answered{0};
  stage_of<ScriptedAsync>(pipeline, "b").act = now([&](Record& record, Call& call) {
    tagged("b")(record, call);
    if (++answered == 3000) over.open();
  });
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(untagged(texts_of(pipeline, "out")) == numbers(3000));
  CHECK(peak.peak <= 4);
  CHECK(report_of(report, "a").calls->written_off == 0);
  CHECK(sums_up(report));
}

TEST_CASE("a call that has lost and does not return times out, and its place is free again") {
  const int threads = GENERATE(1, 2, 8);
  auto pipeline =
      std::make_unique<Pipeline>(race(40, "late.block", "late.async", "on_error: fail",
                                      "workers: 2\n    timeout: 20ms\n    retry: { attempts: 9, "
                                      "backoff: 1ms }\n    on_error: keep"),
                                 threads);
  constexpr int kHanging = 6;
  const std::size_t before = threads_now();
  auto over = std::make_shared<Latch>();
  std::atomic<int> begun{0};
  stage_of<Scripted>(*pipeline, "a").act = [&, over](Record& record, Call& call) {
    if (begun.fetch_add(1) < kHanging) over->wait();
    tagged("a")(record, call);
  };
  // The first half is b's, while a hangs; of the others, b is good for none.
  Answerer answerer;
  stage_of<ScriptedAsync>(*pipeline, "b").act = [&](Completion completion) {
    const auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(std::chrono::milliseconds(2), [held] {
      held->done([](Record& record, Call&) {
        if (number_of(record) >= 20) fail(record, "busy");
      });
    });
  };
  const Report report = run_guarded(*pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(untagged(texts_of(*pipeline, "out")) == numbers(40));
  CHECK(sums_up(report));
  const std::size_t now = threads_now();
  over->open();
  keep_hung(std::move(pipeline), std::max(before, now - kHanging));
}

TEST_CASE("an origin that every branch filtered is filtered; with a failed one it fails") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(race(900, "late.async", "late.async"), threads);
  // By its number modulo 3: filtered twice, filtered and failed, filtered and good.
  RandomAnswers one(6, 200), other(7, 200);
  stage_of<ScriptedAsync>(pipeline, "a").act = one.by([](Record& record, Call&) { record.drop(); });
  stage_of<ScriptedAsync>(pipeline, "b").act = other.by([](Record& record, Call& call) {
    switch (number_of(record) % 3) {
      case 0:
        return record.drop();
      case 1:
        return fail(record, "chosen");
      default:
        return tagged("b")(record, call);
    }
  });
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(count_of(report, Outcome::filtered) == 300);
  CHECK(count_of(report, Outcome::skipped) == 300);
  CHECK(count_of(report, Outcome::delivered) == 300);
  CHECK(errors_of(report, "m", "none_good") == 300);
  const auto& reasons = report.reasons[static_cast<std::size_t>(Outcome::filtered)];
  CHECK(!reasons.contains("not_first"));
  CHECK(sums_up(report));
}

TEST_CASE("the error of an origin that no branch was good for names that of each") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(race(10, "late.async", "late.async", "on_error: fail"), threads);
  stage_of<ScriptedAsync>(pipeline, "a").act = now([](Record& record, Call& call) {
    number_of(record) == 5 ? fail(record, "gone") : tagged("a")(record, call);
  });
  stage_of<ScriptedAsync>(pipeline, "b").act =
      now([](Record& record, Call&) { fail(record, "busy"); });
  const Report report = run_guarded(pipeline);
  CHECK(report.status == RunStatus::failed);
  CHECK(report.failure.stage == "m");
  CHECK(report.failure.kind == "none_good");
  CHECK(report.failure.message == "no branch was good: a: gone: on purpose; b: busy: on purpose");
  CHECK(report.failure.origin.position == 5);
  CHECK(texts_of(pipeline, "out") == tagged_numbers(5, "a"));
  CHECK(sums_up(report));
}

TEST_CASE("what becomes of the winner is the outcome of the origin") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      numbered_source(600) + stage("a", "read", "late.plain") + stage("b", "read", "late.plain") +
          stage("m", "[a, b]", "late.plain", "merge: first") +
          stage("drop", "", "late.plain", "on_error: skip") + stage("out", "", "late.sink"),
      threads);
  stage_of<Scripted>(pipeline, "drop").act = [](Record& record, Call&) {
    const std::uint64_t n = number_of(record) % 3;
    if (n == 0) record.drop();
    if (n == 1) fail(record, "chosen");
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(count_of(report, Outcome::delivered) == 200);
  CHECK(count_of(report, Outcome::skipped) == 200);
  CHECK(report.reasons[static_cast<std::size_t>(Outcome::filtered)] ==
        std::map<std::string, std::uint64_t>{{"drop", 200}});
  CHECK(sums_up(report));
}

TEST_CASE("a branch that brings several records of one says so") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(100) + stage("a", "read", "late.plain") +
                        stage("b", "read", "late.plain") +
                        stage("m", "[a, b]", "late.plain", "merge: first\n    on_error: skip") +
                        stage("out", "", "late.sink"),
                    threads);
  stage_of<Scripted>(pipeline, "a").act = [](Record& record, Call& call) {
    if (number_of(record) % 10 == 0) call.emit_copy(record);
    if (number_of(record) % 10 == 0) call.emit_copy(record);
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == numbers(100));
  CHECK(errors_of(report, "m", "several") == 10);
  CHECK(sums_up(report));
}

TEST_CASE("records that one was split into above the branches race each for itself") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      numbered_source(300) + stage("many", "", "late.plain") +
          stage("a", "many", "late.async", kKeep) + stage("b", "many", "late.async", kKeep) +
          stage("m", "[a, b]", "late.plain", "merge: first") + stage("out", "", "late.sink"),
      threads);
  stage_of<Scripted>(pipeline, "many").act = [](Record& record, Call& call) {
    for (int i = 0; i < 3; ++i) call.emit_copy(record);
  };
  RandomAnswers one(8, 100), other(9, 100);
  stage_of<ScriptedAsync>(pipeline, "a").act = one.by();
  stage_of<ScriptedAsync>(pipeline, "b").act = other.by();
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> all;
  for (const std::string& n : numbers(300)) all.insert(all.end(), 3, n);
  CHECK(texts_of(pipeline, "out") == all);
  CHECK(errors_of(report, "m", "several") == 0);
  CHECK(sums_up(report));
}

TEST_CASE("races within races, and the source itself as a branch") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages =
      numbered_source(800) + stage("a", "read", "late.async", kKeep) +
      stage("b", "read", "late.async", kKeep) +
      stage("inner", "[a, b]", "late.async", "merge: first\n    on_error: keep") +
      stage("c", "read", "late.async", kKeep) +
      stage("m", "[inner, c]", "late.plain", "merge: first") +
      stage("n", "[m, read]", "late.plain", "merge: first") + stage("out", "", "late.sink");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  RandomAnswers answers(10, 150);
  for (const char* name : {"a", "b", "c", "inner"}) {
    stage_of<ScriptedAsync>(pipeline, name).act = answers.by();
  }
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == numbers(800));
  CHECK(count_of(report, Outcome::delivered) == 800);
  CHECK(sums_up(report));
}

TEST_CASE("a branch that is also read by others is not cancelled") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(500) + stage("a", "read", "late.async", kKeep) +
                        stage("b", "read", "late.plain") +
                        stage("m", "[a, b]", "late.plain", "merge: first") +
                        stage("out", "", "late.sink") + stage("all", "a", "late.sink"),
                    threads);
  RandomAnswers answers(11, 100);
  stage_of<ScriptedAsync>(pipeline, "a").act = answers.by();
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == numbers(500));
  CHECK(texts_of(pipeline, "all") == numbers(500));
  CHECK(sums_up(report));
}

TEST_CASE("an interrupted race abandons what it has not decided") {
  const int threads = GENERATE(1, 2, 8);
  for (int round = 0; round < 10; ++round) {
    Pipeline pipeline("limits: { records: 400, drain: 1ms }\n" +
                          race(600, "late.async", "late.async", "on_error: fail"),
                      threads);
    Stuck stuck;
    stage_of<ScriptedAsync>(pipeline, "a").act = stuck.act();
    stage_of<ScriptedAsync>(pipeline, "b").act = [](Completion completion) {
      const bool early = number_of(completion.record()) < 50;
      completion.done_after(early ? std::chrono::milliseconds(0) : std::chrono::hours(1));
    };
    const Report report =
        interrupted_run(pipeline, [](const Progress& now) { return now.delivered >= 50; });
    CHECK(status_of(report) == "interrupted");
    CHECK(texts_of(pipeline, "out") == numbers(50));
    CHECK(errors_of(report, "m", "none_good") == 0);
    CHECK(count_of(report, Outcome::abandoned) == report.read - 50);
    CHECK(sums_up(report));
  }
}

TEST_CASE("calls are cancelled that nobody needs once a stage behind a merge has enough") {
  const int threads = GENERATE(1, 2, 8);
  const std::string merge = GENERATE("first", "input", "arrival");
  Pipeline pipeline(numbered_source(400) + stage("a", "read", "late.async", kKeep) +
                        stage("b", "read", "late.async", kKeep) +
                        stage("m", "[a, b]", "late.plain", "merge: " + merge) +
                        stage("enough", "", "take", "with: { count: 20 }") +
                        stage("out", "", "late.sink"),
                    threads);
  Stuck one, other;
  const auto act = [](Stuck& stuck) {
    return [hold = stuck.act()](Completion completion) {
      if (number_of(completion.record()) < 30) return completion.done();
      hold(std::move(completion));
    };
  };
  stage_of<ScriptedAsync>(pipeline, "a").act = act(one);
  stage_of<ScriptedAsync>(pipeline, "b").act = act(other);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out").size() == 20);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
