#include "tests/flow/random/call_checks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "tests/flow/kit/late_stages.h"
#include "tests/flow/random/call_chances.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

/// Limits that were drawn too small for the pipeline are raised until they are not.
std::unique_ptr<Pipeline> load(CallPipeline& drawn, int threads) {
  for (int tries = 0;; ++tries) {
    try {
      return std::make_unique<Pipeline>(drawn.yaml(), threads);
    } catch (const std::runtime_error& e) {
      const bool small = std::strstr(e.what(), "limits.records") ||
                         std::strstr(e.what(), "'records'") || std::strstr(e.what(), "'memory'");
      if (!small || tries == 20) throw;
      if (drawn.records > 0) drawn.records = drawn.records * 3 / 2 + 1;
      if (drawn.memory > 0) drawn.memory += 4;
    }
  }
}

std::int64_t origin_of(const std::string& text) { return std::strtoll(text.c_str(), nullptr, 10); }

/// How many attempts there were with hedges depends on the time.
Texts without_hedges(Texts letters, const CallPipeline& pipeline) {
  for (std::string& line : letters) {
    for (std::size_t at = 0; at < pipeline.stages.size(); ++at) {
      if (!pipeline.stages[at].hedged) continue;
      const std::string stage = "{\"stage\":\"" + stage_name(at) + "\"";
      const std::string attempts = "\"attempts\":";
      for (std::size_t i = 0; (i = line.find(stage, i)) != std::string::npos; i += stage.size()) {
        const std::size_t digits = line.find(attempts, i) + attempts.size();
        line.replace(digits, line.find(',', digits) - digits, "?");
      }
    }
  }
  return letters;
}

/// Letters of one origin may come in any order: sorted, one origin after the other.
Texts sorted_by_origin(Texts lines, bool all) {
  for (auto begin = lines.begin(); begin != lines.end();) {
    auto end = begin;
    while (end != lines.end() && (all || origin_of(*end) == origin_of(*begin))) ++end;
    std::sort(begin, end);
    begin = end;
  }
  return lines;
}

Texts sorted(Texts texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

bool is_above_take(const std::string& name, const CallExpected& expected) {
  if (expected.took_all && (name == "numbers" || name == "fields")) return true;
  for (std::size_t at = 0; at < expected.above_take; ++at) {
    if (stage_name(at) == name) return true;
  }
  return false;
}

/// "stage kind count" of each, without the stages that are above a take.
Texts errors(const Report& report, const CallExpected& expected) {
  Texts all;
  for (const StageReport& stage : report.stages) {
    if (is_above_take(stage.name, expected)) continue;
    for (const auto& [kind, count] : stage.errors) {
      all.push_back(stage.name + " " + kind + " " + std::to_string(count));
    }
  }
  return all;
}

Texts errors(const CallExpected& expected) {
  Texts all;
  for (const auto& [stage, kinds] : expected.errors) {
    if (is_above_take(stage, expected)) continue;
    for (const auto& [kind, count] : kinds) {
      all.push_back(stage + " " + kind + " " + std::to_string(count));
    }
  }
  return all;
}

/// Whether calls of one key came one after the other. `given_up`: some may have been by their
/// clocks.
void check_keys(Pipeline& run, bool given_up) {
  for (const compile::PlannedStage& stage : run.plan().stages) {
    const auto* const watch = dynamic_cast<const KeyWatch*>(stage.stage.get());
    if (!watch) continue;
    INFO("calls of " << stage.name);
    CHECK((given_up ? watch->wrong() : watch->early()) == 0);
  }
}

void check_sums(const Report& report, Pipeline& run) {
  CHECK(sums_up(report));
  CHECK(report.delivered == run.texts().size());
  CHECK(report.peak_memory <= run.plan().limits.memory);
  CHECK(report.peak_records <= run.plan().limits.records);
  CHECK(run.committed() == (report.status == RunStatus::ok));
}

/// The texts of a run that went well, by the order that the pipeline promises.
void compare_order(const CallPipeline& pipeline, const CallExpected& expected, const Texts& texts) {
  Texts wanted;
  for (const auto& text : expected.texts) wanted.push_back(text.text);
  if (pipeline.order() == compile::Order::input) {
    CHECK(texts == wanted);
    return;
  }
  CHECK(sorted(texts) == sorted(wanted));
  if (pipeline.order() != compile::Order::key) return;
  std::map<std::string, std::string> lane_of;
  for (const auto& text : expected.texts) {
    const auto [known, fresh] = lane_of.emplace(text.text, text.lane);
    if (!fresh && known->second != text.lane) known->second.clear();
  }
  std::map<std::string, Texts> lanes, wanted_lanes;
  for (const std::string& text : texts) lanes[lane_of[text]].push_back(text);
  for (const std::string& text : wanted) wanted_lanes[lane_of[text]].push_back(text);
  for (const auto& [lane, in_lane] : wanted_lanes) {
    if (!lane.empty()) CHECK(lanes[lane] == in_lane);
  }
}

void compare_letters(const CallPipeline& pipeline, const CallExpected& expected, Texts letters) {
  letters = without_hedges(std::move(letters), pipeline);
  Texts sure, maybe;
  for (const auto& letter : expected.letters) {
    (sure.size() < expected.sure_letters ? sure : maybe).push_back(letter.line);
  }
  const bool all = !pipeline.ordered();
  if (!expected.failed || pipeline.ordered()) {
    REQUIRE(letters.size() >= sure.size());
    const auto split = letters.begin() + static_cast<std::ptrdiff_t>(sure.size());
    CHECK(sorted_by_origin({letters.begin(), split}, all) == sorted_by_origin(sure, all));
    const Texts rest = sorted({split, letters.end()});
    maybe = sorted(maybe);
    INFO(Catch::StringMaker<Texts>::convert(rest));
    CHECK(std::includes(maybe.begin(), maybe.end(), rest.begin(), rest.end()));
  } else {
    letters = sorted(std::move(letters));
    sure = sorted(std::move(sure));
    CHECK(std::includes(letters.begin(), letters.end(), sure.begin(), sure.end()));
  }
}

void compare_failed(const CallPipeline& pipeline, const CallExpected& expected,
                    const Report& report, const Texts& texts) {
  REQUIRE(report.status == RunStatus::failed);
  if (expected.source_failed) {
    CHECK(report.failure.kind == "io");
  } else {
    CHECK(expected.failures.contains({report.failure.stage, report.failure.kind}));
    if (expected.failed_at >= 0) {
      CHECK(report.failure.origin.position == static_cast<std::uint64_t>(expected.failed_at));
    }
  }
  Texts wanted;
  for (const auto& text : expected.texts) wanted.push_back(text.text);
  const auto sure = static_cast<std::ptrdiff_t>(expected.sure_texts);
  if (pipeline.ordered()) {
    REQUIRE(texts.size() >= expected.sure_texts);
    REQUIRE(texts.size() <= wanted.size());
    wanted.resize(texts.size());
    CHECK(texts == wanted);
    CHECK(count_of(report, Outcome::delivered) ==
          expected.outcomes[static_cast<std::size_t>(Outcome::delivered)]);
  } else {
    const Texts below = sorted({wanted.begin(), wanted.begin() + sure});
    const Texts got = sorted(texts);
    CHECK(std::includes(got.begin(), got.end(), below.begin(), below.end()));
  }
}

/// Whether records that are behind a take may have ended, in regions above, before it was known.
bool ends_early_above_take(const CallPipeline& pipeline, const CallExpected& expected) {
  const auto& stages = pipeline.stages;
  return std::any_of(stages.begin(),
                     stages.begin() + static_cast<std::ptrdiff_t>(expected.above_take),
                     [](const DrawnStage& stage) { return stage.called; });
}

/// Of a run where clocks decide: what surely holds. `end`: how far it got.
void check_chances(const CallPipeline& pipeline, const Texts& texts, std::int64_t end, bool open) {
  std::map<std::int64_t, Texts> by_origin;
  std::int64_t last = 0;
  for (const std::string& text : texts) {
    const std::int64_t origin = origin_of(text);
    if (pipeline.ordered()) {
      CHECK(origin >= last);
      CHECK((origin < end || (open && origin == end)));
    }
    last = origin;
    by_origin[origin].push_back(text);
  }
  for (std::int64_t n = 0; n < end; ++n) {
    const Chances chances(pipeline, n);
    const Texts& got = by_origin[n];
    INFO("origin " << n << " gave " << Catch::StringMaker<Texts>::convert(got));
    if (pipeline.ordered()) {
      CHECK(chances.allow(got));
    } else {
      for (const std::string& text : got) {
        const auto times = std::count(got.begin(), got.end(), text);
        CHECK(static_cast<std::size_t>(times) <= chances.times(text));
      }
    }
  }
}

void check_letters(const CallPipeline& pipeline, const Report& report, const Texts& letters) {
  std::set<std::int64_t> origins;
  for (const std::string& letter : letters) origins.insert(origin_of(letter));
  if (pipeline.ordered()) {
    CHECK(std::is_sorted(letters.begin(), letters.end(),
                         [](const auto& a, const auto& b) { return origin_of(a) < origin_of(b); }));
  }
  if (report.status == RunStatus::ok) {
    CHECK(count_of(report, Outcome::dead_lettered) == origins.size());
  }
}

}  // namespace

std::vector<std::string> letters_of(Pipeline& run) {
  for (const compile::Region& region : run.plan().regions) {
    if (!region.letters) continue;
    return dynamic_cast<Collect&>(run.plan().sink_at(region.last)).texts();
  }
  return {};
}

void compare(CallPipeline& pipeline, const CallExpected& expected, int threads) {
  const std::unique_ptr<Pipeline> run = load(pipeline, threads);
  const Report report = run_guarded(*run);
  INFO("failure: " << report.failure.stage << " " << report.failure.kind << " "
                   << report.failure.message);
  check_sums(report, *run);
  check_keys(*run, expected.failed);
  if (expected.failed) {
    compare_failed(pipeline, expected, report, run->texts());
    return compare_letters(pipeline, expected, letters_of(*run));
  }
  REQUIRE(report.status == RunStatus::ok);
  compare_order(pipeline, expected, run->texts());
  compare_letters(pipeline, expected, letters_of(*run));
  CHECK(errors(report, expected) == errors(expected));
  CHECK(report.kept >= expected.kept);
  if (!expected.took_all) CHECK(report.kept == expected.kept);
  if (ends_early_above_take(pipeline, expected)) {
    for (const Outcome exact : {Outcome::delivered, Outcome::dead_lettered}) {
      CHECK(count_of(report, exact) == expected.outcomes[static_cast<std::size_t>(exact)]);
    }
    return;
  }
  CHECK((expected.took_all || count_of(report, Outcome::filtered, "after_take") == 0));
  CHECK(outcomes_up_to_take(report) == expected.outcomes);
}

void check_shaky(CallPipeline& pipeline, int threads) {
  const std::unique_ptr<Pipeline> run = load(pipeline, threads);
  const Report report = run_guarded(*run);
  INFO("failure: " << report.failure.stage << " " << report.failure.kind << " "
                   << report.failure.message);
  check_sums(report, *run);
  check_keys(*run, true);
  const Texts letters = letters_of(*run);
  check_letters(pipeline, report, letters);
  std::int64_t end = pipeline.count;
  if (report.status != RunStatus::ok) {
    REQUIRE(report.status == RunStatus::failed);
    const bool source = report.failure.kind == "io";
    end = source ? pipeline.fail_at : static_cast<std::int64_t>(report.failure.origin.position);
    const bool may = std::any_of(pipeline.stages.begin(), pipeline.stages.end(), [](const auto& s) {
      return s.on_error == "fail" || s.on_deadline == "fail";
    });
    CHECK((source || may || report.failure.kind == "hung"));
  } else {
    const bool sheds = std::any_of(pipeline.stages.begin(), pipeline.stages.end(),
                                   [](const auto& s) { return s.sheds; });
    CHECK((sheds || count_of(report, Outcome::shed) == 0));
    CHECK(report.read == static_cast<std::uint64_t>(pipeline.count));
    CHECK(count_of(report, Outcome::abandoned) == 0);
  }
  check_chances(pipeline, run->texts(), end, report.status != RunStatus::ok);
}

}  // namespace weir::flow::test
