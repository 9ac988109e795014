// Branches of one source that come together again: in the order of origins, whatever happens in
// between, and with room for next to nothing.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

const std::string kOut = "  - name: out\n    uses: late.sink\n";

/// read -> fork (even: out, odd: back) -> c, d -> inner, beside e -> outer.
const std::string kNested =
    stage("fork", "read", "shape.fork") + stage("c", "fork", "late.async", "workers: 4") +
    stage("d", "fork.back", "late.plain") + stage("inner", "[c, d]", "late.plain") +
    stage("e", "read", "late.async", "workers: 9") +
    stage("outer", "[inner, e]", "late.plain", "merge: input") + kOut;

void send_odd_back(Record& record, Call& call) {
  if (number_of(record) % 2 == 1) call.send(record, 1);
}

/// A number in so many is dropped.
std::function<void(Record&, Call&)> tagged_but(std::uint64_t every, std::string tag) {
  return [every, tag = std::move(tag)](Record& record, Call&) {
    if (number_of(record) % every == 0) return record.drop();
    record.set_text(std::string(record.text()) + tag);
  };
}

/// Three children for each record but those that 7 divides, which have none.
void three(Record& record, Call& call) {
  const std::string text(record.text());
  if (number_of(record) % 7 == 0) return record.drop();
  for (const char* child : {".0", ".1", ".2"}) call.emit().set_text(text + child);
}

}  // namespace

TEST_CASE("a route sends each record to the first port that takes it, and drops what none takes") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(9000) + stage("label", "", "late.label") + R"(
  - name: route
    uses: route
    with:
      ports:
        - port: small
          where: n < 3000
        - port: even
          where: n < 6000 and n % 2 == 0
        - port: large
          where: n >= 7000
)" + stage("small", "route.small", "late.sink") +
                        stage("even", "route.even", "late.sink") +
                        stage("large", "route.large", "late.sink"),
                    threads);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("n", static_cast<std::int64_t>(number_of(record)));
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> small, even, large;
  for (std::uint64_t n = 0; n < 9000; ++n) {
    if (n < 3000) small.push_back(std::to_string(n));
    if (n >= 3000 && n < 6000 && n % 2 == 0) even.push_back(std::to_string(n));
    if (n >= 7000) large.push_back(std::to_string(n));
  }
  CHECK(texts_of(pipeline, "small") == small);
  CHECK(texts_of(pipeline, "even") == even);
  CHECK(texts_of(pipeline, "large") == large);
  CHECK(count_of(report, Outcome::delivered) == 3000 + 1500 + 2000);
  CHECK(count_of(report, Outcome::filtered) == 1500 + 1000);
  CHECK(sums_up(report));
}

TEST_CASE("nested diamonds come out in the order of origins, however long the branches take") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  constexpr std::uint64_t kCount = 600;
  const std::string stages = numbered_source(kCount) + kNested;
  const std::string yaml = tiny ? with_least_records(stages) : stages;
  std::vector<std::string> expected;
  for (std::uint64_t n = 0; n < kCount; ++n) {
    const std::string number = std::to_string(n);
    if (n % 2 == 1 && n % 3 != 0) expected.push_back(number + "d");
    if (n % 2 == 0) expected.push_back(number + "c");
    if (n % 5 != 0) expected.push_back(number + "e");
  }
  for (std::uint64_t seed = 0; seed < schedules(5); ++seed) {
    Pipeline pipeline(yaml, threads);
    RandomAnswers c(seed, 300);
    RandomAnswers e(seed + 100, 700);
    stage_of<Scripted>(pipeline, "fork").act = send_odd_back;
    stage_of<ScriptedAsync>(pipeline, "c").act = c.by(tagged("c"));
    stage_of<Scripted>(pipeline, "d").act = tagged_but(3, "d");
    stage_of<ScriptedAsync>(pipeline, "e").act = e.by(tagged_but(5, "e"));
    const Report report = run_guarded(pipeline);
    CHECK(status_of(report) == "ok");
    CHECK(texts_of(pipeline, "out") == expected);
    CHECK(count_of(report, Outcome::filtered) == kCount / 30);  // 15, 45, ...
    CHECK(sums_up(report));
  }
}

TEST_CASE("a branch that drops everything does not stop the merge") {
  const int threads = GENERATE(1, 2, 8);
  const std::string dropper = GENERATE(std::string("late.plain"), std::string("late.async"));
  constexpr std::uint64_t kCount = 2000;
  std::uint64_t least = 0;
  const std::string yaml = with_least_records(
      numbered_source(kCount) + stage("a", "read", "late.async", "workers: 1") +
          stage("b", "read", dropper) + stage("c", "b", "late.async", "workers: 1") +
          stage("m", "[a, c]", "late.async", "workers: 1\n    merge: input") + kOut,
      &least);
  Pipeline pipeline(yaml, threads);
  stage_of<Scripted>(pipeline, "b", dropper == "late.plain").act = [](Record& record, Call&) {
    record.drop();
  };
  stage_of<ScriptedAsync>(pipeline, "b", dropper == "late.async").act = [](Completion completion) {
    completion.done([](Record& record, Call&) { record.drop(); });
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == numbers(kCount));
  CHECK(count_of(report, Outcome::delivered) == kCount);
  CHECK(report.peak_records <= least);
  CHECK(sums_up(report));
}

TEST_CASE("both branches may drop everything") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(with_least_records(numbered_source(3000) + stage("a", "read", "late.plain") +
                                       stage("b", "read", "late.plain") +
                                       stage("m", "[a, b]", "late.plain") + kOut),
                    threads);
  stage_of<Scripted>(pipeline, "a").act = [](Record& record, Call&) { record.drop(); };
  stage_of<Scripted>(pipeline, "b").act = [](Record& record, Call&) { record.drop(); };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out").empty());
  CHECK(count_of(report, Outcome::filtered) == 3000);
}

TEST_CASE("children pass a diamond in order, with room for one record an input") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 300;
  std::uint64_t least = 0;
  const std::string yaml = with_least_records(
      numbered_source(kCount) + stage("split", "", "late.plain") +
          stage("a", "split", "late.async", "workers: 1") + stage("again", "split", "late.plain") +
          stage("b", "again", "late.async", "workers: 1") + stage("m", "[a, b]", "late.plain") +
          kOut,
      &least);
  std::vector<std::string> expected;
  for (std::uint64_t n = 0; n < kCount; ++n) {
    if (n % 7 == 0) continue;
    const std::string number = std::to_string(n);
    // The merge goes by the children's places: of one child, all that came by `a` comes first.
    for (int child = 0; child < 3; ++child) {
      const std::string text = number + "." + std::to_string(child);
      expected.push_back(text + "a");
      for (const char* grandchild : {".0b", ".1b", ".2b"}) expected.push_back(text + grandchild);
    }
  }
  Pipeline pipeline(yaml, threads);
  RandomAnswers a(1, 60);
  RandomAnswers b(2, 60);
  stage_of<Scripted>(pipeline, "split").act = three;
  stage_of<Scripted>(pipeline, "again").act = three;
  stage_of<ScriptedAsync>(pipeline, "a").act = a.by(tagged("a"));
  stage_of<ScriptedAsync>(pipeline, "b").act = b.by(tagged("b"));
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == expected);
  CHECK(report.peak_records <= least);
  CHECK(count_of(report, Outcome::delivered) == kCount - (kCount + 6) / 7);
  CHECK(sums_up(report));
}

TEST_CASE("a stage that reads a branch and the tee itself gets both in order") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(2000) + stage("a", "read", "late.async", "workers: 7") +
                        stage("m", "[read, a]", "late.plain") + kOut,
                    threads);
  RandomAnswers answers(5, 200);
  stage_of<ScriptedAsync>(pipeline, "a").act = answers.by(tagged("a"));
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> expected;
  for (const std::string& number : numbers(2000)) {
    expected.insert(expected.end(), {number, number + "a"});
  }
  CHECK(texts_of(pipeline, "out") == expected);
}

TEST_CASE("what a join sees says by which input it came") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(2000) + stage("a", "read", "late.async", "workers: 7") +
                        stage("m", "[a, read]", "shape.join") + kOut,
                    threads);
  RandomAnswers answers(5, 100);
  stage_of<ScriptedAsync>(pipeline, "a").act = answers.by();
  stage_of<ScriptedJoin>(pipeline, "m").act = [](Record& record, Call&) {
    record.set_text(std::string(record.text()) + "@" + std::to_string(record.input()));
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> expected;
  for (const std::string& number : numbers(2000)) {
    expected.insert(expected.end(), {number + "@0", number + "@1"});
  }
  CHECK(texts_of(pipeline, "out") == expected);
  const auto& inputs = report_of(report, "m").inputs;
  REQUIRE(inputs.size() == 2);
  CHECK(inputs[0].from == "a");
  CHECK(inputs[1].from == "read");
  CHECK(inputs[0].records == 2000);
  CHECK(inputs[1].records == 2000);
  CHECK(inputs[0].state == InputReport::State::ended);
}

}  // namespace weir::flow::test
