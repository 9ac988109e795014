// Pairs: records of several inputs that become one.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

/// Sets field `p` to the text with a tag.
std::function<void(Record&, Call&)> noted(std::string tag) {
  return [tag = std::move(tag)](Record& record, Call&) {
    const std::string text = std::string(record.text()) + tag;
    record.set("p", std::string_view(text));
  };
}

/// The values of all fields.
void show_fields(Record& record, Call&) {
  std::string text(record.text());
  for (std::uint32_t i = 0; i < record.field_count(); ++i) {
    text += " " + std::string(record.field(i).name) + "=" +
            std::string(record.field(i).value.as_text());
  }
  record.set_text(text);
}

std::string two_sources(int one, int two, const std::string& keys = "on_error: skip") {
  return "stages:\n" +
         stage("one", "", "shape.source", "with: { count: " + std::to_string(one) + " }") +
         stage("a", "", "late.label") +
         stage("two", "", "shape.source", "with: { count: " + std::to_string(two) + " }") +
         stage("b", "", "late.label") + stage("zip", "[a, b]", "zip", keys) +
         stage("show", "", "shape.text") + stage("out", "", "late.sink");
}

void script(Pipeline& pipeline) {
  stage_of<Scripted>(pipeline, "a").act = noted("a");
  stage_of<Scripted>(pipeline, "b").act = noted("b");
  stage_of<Scripted>(pipeline, "show").act = show_fields;
}

std::vector<std::string> pairs(std::uint64_t count) {
  std::vector<std::string> texts;
  for (const std::string& n : numbers(count)) texts.push_back(n + " p=" + n + "a b_p=" + n + "b");
  return texts;
}

}  // namespace

TEST_CASE("branches of one source pair by origin, in order") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages = numbered_source(1000) + stage("a", "read", "late.label") +
                             stage("wait", "read", "late.async", "workers: 5") +
                             stage("b", "", "late.label") + stage("zip", "[a, b]", "zip") +
                             stage("show", "", "shape.text") + stage("out", "", "late.sink");
  Pipeline pipeline(
      tiny ? with_least_records(numbered_source(1000) + stage("a", "read", "late.label") +
                                stage("wait", "read", "late.async", "workers: 1") +
                                stage("b", "", "late.label") + stage("zip", "[a, b]", "zip") +
                                stage("show", "", "shape.text") + stage("out", "", "late.sink"))
           : stages,
      threads);
  script(pipeline);
  RandomAnswers answers(8, 200);
  stage_of<ScriptedAsync>(pipeline, "wait").act = answers.by();
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == pairs(1000));
  CHECK(report.read == 1000);
  CHECK(count_of(report, Outcome::delivered) == 1000);
  CHECK(report.delivered == 1000);
  CHECK(sums_up(report));
}

TEST_CASE("a record whose partner was filtered is unpaired, in its place") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      numbered_source(1000) + stage("a", "read", "late.label") + stage("b", "read", "late.label") +
          stage("zip", "[a, b]", "zip", "on_error: { to: box }") + stage("show", "", "shape.text") +
          stage("out", "", "late.sink") + "  - name: box\n    uses: late.sink\n",
      threads);
  script(pipeline);
  stage_of<Scripted>(pipeline, "b").act = [](Record& record, Call& call) {
    if (number_of(record) % 10 == 3) return record.drop();
    noted("b")(record, call);
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> paired, alone;
  const auto all = pairs(1000);
  for (std::uint64_t n = 0; n < 1000; ++n) {
    n % 10 == 3 ? alone.push_back(std::to_string(n)) : paired.push_back(all[n]);
  }
  CHECK(texts_of(pipeline, "out") == paired);
  CHECK(texts_of(pipeline, "box") == alone);
  CHECK(errors_of(report, "zip", "unpaired") == 100);
  CHECK(count_of(report, Outcome::dead_lettered) == 100);
  CHECK(count_of(report, Outcome::delivered) == 900);
  CHECK(sums_up(report));
}

TEST_CASE("an unpaired record fails the run unless told otherwise") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(1000) + stage("a", "read", "late.label") +
                        stage("b", "read", "late.label") + stage("zip", "[a, b]", "zip") +
                        stage("show", "", "shape.text") + stage("out", "", "late.sink"),
                    threads);
  script(pipeline);
  stage_of<Scripted>(pipeline, "b").act = [](Record& record, Call& call) {
    if (number_of(record) == 500) return record.drop();
    noted("b")(record, call);
  };
  const Report report = run_guarded(pipeline);
  CHECK(report.status == RunStatus::failed);
  CHECK(report.failure.stage == "zip");
  CHECK(report.failure.kind == "unpaired");
  CHECK(report.failure.origin.position == 500);
  CHECK(texts_of(pipeline, "out") == pairs(500));
  CHECK(sums_up(report));
}

TEST_CASE("different sources pair by index, and what is left over is unpaired") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages = two_sources(1000, 700);
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  script(pipeline);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == pairs(700));
  CHECK(errors_of(report, "zip", "unpaired") == 300);
  CHECK(report.read == 1700);
  CHECK(count_of(report, Outcome::skipped) == 300);
  CHECK(count_of(report, Outcome::delivered) == 700);
  CHECK(count_of(report, Outcome::aggregated) == 700);
  CHECK(sums_up(report));
}

TEST_CASE("a pair has the outcome of its first record, its partners are in it") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline("stages:\n" + stage("one", "", "shape.source", "with: { count: 100 }") +
                        stage("two", "", "shape.source", "with: { count: 100 }") +
                        stage("zip", "[one, two]", "zip") +
                        stage("bad", "", "shape.text", "on_error: skip") +
                        stage("out", "", "late.sink"),
                    threads);
  stage_of<Scripted>(pipeline, "bad").act = [](Record& record, Call&) {
    if (number_of(record) % 10 == 0) record.fail("chosen", "on purpose", false);
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(count_of(report, Outcome::skipped) == 10);
  CHECK(count_of(report, Outcome::delivered) == 90);
  CHECK(count_of(report, Outcome::aggregated) == 100);
  CHECK(report.delivered == 90);
  CHECK(sums_up(report));
}

TEST_CASE("a silent partner is given up after the time that idle says") {
  // Source two says nothing until the sink has seen that its partner was let go.
  Pipeline pipeline(two_sources(3, 3, "on_error: keep\n    merge: { idle: 20ms }"), 2);
  script(pipeline);
  Latch seen;
  stage_of<ScriptedSource>(pipeline, "two").before = [&](std::uint64_t n) {
    if (n == 1) seen.wait();
  };
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (number_of(record) == 1) seen.open();
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out").front() == "0 p=0a b_p=0b");
  CHECK(errors_of(report, "zip", "unpaired") >= 1);
  const auto& inputs = report_of(report, "zip").inputs;
  REQUIRE(inputs.size() == 2);
  CHECK(inputs[1].from == "b");
  CHECK(inputs[1].idled >= 1);
  CHECK(inputs[1].state == InputReport::State::ended);
  CHECK(sums_up(report));
}

TEST_CASE("what waits for a partner that was given up on its way is abandoned, not unpaired") {
  const int threads = GENERATE(1, 2, 8);
  for (int round = 0; round < 10; ++round) {
    Pipeline pipeline("limits: { records: 400, drain: 1ms }\n" + numbered_source(600) +
                          stage("a", "", "late.async", "workers: 20") +
                          stage("b", "read", "late.label") + stage("zip", "[a, b]", "zip") +
                          stage("show", "", "shape.text") + stage("out", "", "late.sink"),
                      threads);
    stage_of<Scripted>(pipeline, "b").act = noted("b");
    // The first few are answered, the others never.
    stage_of<ScriptedAsync>(pipeline, "a").act = [](Completion completion) {
      const bool early = number_of(completion.record()) < 50;
      completion.done_after(early ? std::chrono::milliseconds(0) : std::chrono::hours(1));
    };
    const Report report =
        interrupted_run(pipeline, [](const Progress& now) { return now.delivered >= 50; });
    CHECK(status_of(report) == "interrupted");
    CHECK(report.failure.stage.empty());
    CHECK(texts_of(pipeline, "out").size() == 50);
    CHECK(errors_of(report, "zip", "unpaired") == 0);
    CHECK(count_of(report, Outcome::abandoned) == report.read - 50);
    CHECK(sums_up(report));
  }
}

TEST_CASE("what waits for a partner that is not read any more is abandoned, not unpaired") {
  const int threads = GENERATE(1, 2, 8);
  const bool fails = GENERATE(false, true);
  Pipeline pipeline(two_sources(50, 0), threads);
  script(pipeline);
  auto& one = stage_of<ScriptedSource>(pipeline, "one");
  std::atomic<bool> interrupted{false};
  // Source two ends at 20: by a failure, or because the run is interrupted.
  stage_of<ScriptedSource>(pipeline, "two").before = [&](std::uint64_t n) {
    while (one.made.load() < 50 || (n == 20 && !fails && !interrupted.load())) {
      std::this_thread::yield();
    }
    if (n == 20 && fails) throw Error("io", "on purpose");
  };
  const Report report =
      fails ? run_guarded(pipeline) : interrupted_run(pipeline, [&](const Progress& now) {
        if (now.read >= 70) interrupted.store(true);
        return now.read >= 70;
      });
  CHECK(report.status == (fails ? RunStatus::failed : RunStatus::interrupted));
  const std::uint64_t pairs_out = texts_of(pipeline, "out").size();
  CHECK(texts_of(pipeline, "out") == pairs(pairs_out));
  CHECK(pairs_out >= 20);
  CHECK(errors_of(report, "zip", "unpaired") == 0);
  CHECK(count_of(report, Outcome::skipped) == 0);
  CHECK(count_of(report, Outcome::abandoned) == 50 - pairs_out);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
