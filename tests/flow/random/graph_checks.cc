#include "tests/flow/random/graph_checks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <set>

#include "tests/flow/kit/late_stages.h"
#include "tests/flow/random/graph_books.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;
using Items = std::vector<GraphItem>;
using Place = GraphItem::Place;

/// Null: the plan has more forks one below the other than there may be.
std::unique_ptr<Pipeline> load(Graph& graph, int threads) {
  for (int tries = 0;; ++tries) {
    try {
      return std::make_unique<Pipeline>(graph.yaml(), threads);
    } catch (const std::runtime_error& e) {
      const bool records = std::strstr(e.what(), "records'") != nullptr;
      const bool memory = std::strstr(e.what(), "'memory'") != nullptr;
      if (memory && graph.memory == 0) graph.memory = 256;
      if (std::strstr(e.what(), "has several readers below") != nullptr) return nullptr;
      const bool raises = (records && graph.records > 0) || memory;
      if (!raises || tries == 40) throw;
      if (records && graph.records > 0) graph.records = graph.records * 5 / 4 + 1;
      if (memory && graph.memory > 0) graph.memory = graph.memory * 5 / 4;
    }
  }
}

Texts sorted(Texts texts) {
  std::ranges::sort(texts);
  return texts;
}

Texts texts_of(const Items& items) {
  Texts texts;
  for (const GraphItem& item : items) texts.push_back(item.text);
  return texts;
}

/// Those that stand below `place`.
Items below(const Items& items, Place place) {
  Items found;
  std::ranges::copy_if(items, std::back_inserter(found),
                       [&](const GraphItem& item) { return item.place < place; });
  return found;
}

bool includes(const Texts& all, const Texts& some) {
  return std::ranges::includes(sorted(all), sorted(some));
}

/// The order of those that came the same way, as far as their texts tell which way that was.
void check_lanes(const Items& wanted, const Texts& texts) {
  std::map<std::string, std::string> lane_of;
  std::set<std::string> unclear;
  for (const GraphItem& item : wanted) {
    const auto [known, fresh] = lane_of.emplace(item.text, item.lane);
    if (!fresh && known->second != item.lane) unclear.insert(item.text);
  }
  std::map<std::string, Texts> lanes, wanted_lanes;
  for (const GraphItem& item : wanted) {
    if (!unclear.contains(item.text)) wanted_lanes[item.lane].push_back(item.text);
  }
  for (const std::string& text : texts) {
    if (!unclear.contains(text)) lanes[lane_of[text]].push_back(text);
  }
  CHECK(lanes == wanted_lanes);
}

void compare_sink(const GraphStream& wanted, const Texts& texts) {
  if (wanted.shuffled) {
    CHECK(sorted(texts) == sorted(texts_of(wanted.items)));
    return;
  }
  if (std::ranges::all_of(wanted.items, [](const auto& item) { return item.lane.empty(); })) {
    CHECK(texts == texts_of(wanted.items));
    return;
  }
  CHECK(sorted(texts) == sorted(texts_of(wanted.items)));
  check_lanes(wanted.items, texts);
}

bool in_one_order(const GraphStream& stream) {
  return !stream.shuffled &&
         std::ranges::all_of(stream.items, [](const GraphItem& item) { return item.lane.empty(); });
}

/// What surely came before a failure at `cut`: what stages of other branches make in the end has no
/// order with what failed.
Place sure_below(Place cut) { return std::min(cut, Place(kMade, 0)); }

/// Of a failed run of one source. `exactly`: nothing went past the others to this sink.
void compare_failed_sink(const GraphStream& wanted, Place cut, bool exactly, const Texts& texts) {
  const Texts all = texts_of(wanted.items);
  CHECK(includes(texts, texts_of(below(wanted.items, sure_below(cut)))));
  if (!in_one_order(wanted)) {
    CHECK(includes(all, texts));
    return;
  }
  REQUIRE(texts.size() <= all.size());
  CHECK(texts == Texts(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(texts.size())));
  // Of the failing origin itself, earlier children may have gone before a later one failed.
  if (exactly) CHECK(texts.size() <= below(wanted.items, {cut.first, cut.second + 1}).size());
}

/// Letters of one origin may come in any order.
Texts sorted_by_origin(const std::vector<GraphExpected::Letter>& letters) {
  std::vector<std::pair<Place, std::string>> lines;
  for (const auto& letter : letters) {
    // What has no origin says that it is from position 0, behind all others.
    lines.emplace_back(Place(letter.place.first, 0), letter.line);
  }
  std::ranges::sort(lines);
  Texts texts;
  for (auto& [place, line] : lines) texts.push_back(std::move(line));
  return texts;
}

Texts sorted_by_origin(Texts lines) {
  const auto position = [](const std::string& line) { return line.substr(0, line.find('|')); };
  for (auto begin = lines.begin(); begin != lines.end();) {
    const auto end = std::find_if(
        begin, lines.end(), [&](const auto& line) { return position(line) != position(*begin); });
    std::sort(begin, end);
    begin = end;
  }
  return lines;
}

Texts plain_letters(const Collect& sink) {
  Texts lines;
  for (const std::string& line : sink.texts()) lines.push_back(plain_letter(line));
  return lines;
}

void compare_box(const GraphExpected::Box& box, const Texts& letters) {
  Texts wanted;
  for (const auto& letter : box.letters) wanted.push_back(letter.line);
  if (box.in_order) {
    CHECK(sorted_by_origin(letters) == sorted_by_origin(sorted_by_origin(box.letters)));
  } else {
    CHECK(sorted(letters) == sorted(wanted));
  }
}

/// Where not all of them are sure: those from below `sure` are.
void compare_unsure_box(const GraphExpected::Box& box, Place sure, const Texts& letters) {
  Texts wanted, least;
  for (const auto& letter : box.letters) {
    wanted.push_back(letter.line);
    if (letter.place < sure) least.push_back(letter.line);
  }
  CHECK(includes(wanted, letters));
  CHECK(includes(letters, least));
}

/// "stage kind count" of each.
Texts shown(const std::map<std::string, std::uint64_t>& errors) {
  Texts lines;
  for (const auto& [error, count] : errors) lines.push_back(error + " " + std::to_string(count));
  return lines;
}

/// Without those of racers, which are not sure.
Texts errors(const Report& report) {
  std::map<std::string, std::uint64_t> all;
  for (const StageReport& stage : report.stages) {
    if (stage.type.starts_with("graph.racer")) continue;
    for (const auto& [kind, count] : stage.errors) all[stage.name + " " + kind] += count;
  }
  return shown(all);
}

void check_sums(Pipeline& run, const GraphExpected& expected, const Report& report) {
  CHECK(sums_up(report));
  CHECK(report.peak_memory <= run.plan().limits.memory);
  CHECK(report.peak_records <= run.plan().limits.records);
  std::uint64_t delivered = 0;
  for (const auto& [name, stream] : expected.sinks) {
    delivered += run.collected(name).texts().size();
    CHECK(run.collected(name).committed() == (report.status == RunStatus::ok));
  }
  CHECK(report.delivered == delivered);
}

/// Whether the records of several sources meet in an order in which each depends on the others'.
bool meets_in_order(const Graph& graph) {
  using Kind = compile::MergePolicy::Kind;
  return std::ranges::any_of(graph.nodes, [](const GraphNode& node) {
    return node.policy == Kind::concat || node.policy == Kind::sorted ||
           (node.policy == Kind::zip && !node.by_origin);
  });
}

void compare_failed(const Graph& graph, const GraphExpected& expected, Pipeline& run,
                    const Report& report) {
  const auto first =
      std::ranges::min_element(expected.failures, {}, &GraphExpected::Failure::place);
  const bool named = std::ranges::any_of(expected.failures, [&](const auto& failure) {
    return failure.stage == report.failure.stage && failure.kind == report.failure.kind &&
           (graph.sources > 1 || failure.place.first == first->place.first);
  });
  CHECK(named);
  // How much of each source was read is not sure: then what meets is not, either.
  if (meets_in_order(graph)) return;
  // Where one source fails, how much of the others was read is not sure.
  const Place cut = graph.sources > 1 ? Place(-1, 0) : first->place;
  for (const auto& [name, stream] : expected.sinks) {
    INFO("sink " << name);
    if (graph.sources > 1) {
      CHECK(includes(texts_of(stream.items), run.collected(name).texts()));
    } else {
      compare_failed_sink(stream, cut, expected.sinks.size() == 1, run.collected(name).texts());
    }
  }
  for (const auto& [name, box] : expected.boxes) {
    INFO("box " << name);
    compare_unsure_box(box, sure_below(cut), plain_letters(run.collected(name)));
  }
}

void compare_outcomes(const Graph& graph, const GraphExpected& expected, const Report& report) {
  if (graph.stops) {
    const auto delivered = static_cast<std::size_t>(Outcome::delivered);
    CHECK(report.outcomes[delivered] == expected.outcomes[delivered]);
    return;
  }
  CHECK(report.read == expected.read);
  CHECK(errors(report) == shown(expected.errors));
  if (!graph.races) CHECK(report.kept == expected.kept);
  CHECK(report.outcomes == expected.outcomes);
}

void compare(Graph& graph, const GraphExpected& expected, int threads) {
  const std::unique_ptr<Pipeline> run = load(graph, threads);
  const Report report = run_guarded(*run);
  INFO("threads " << threads << "\n" << graph.yaml());
  INFO("failure: " << report.failure.stage << " " << report.failure.kind << " "
                   << report.failure.message << " at " << report.failure.origin.position);
  check_sums(*run, expected, report);
  if (!expected.failures.empty()) {
    REQUIRE(report.status == RunStatus::failed);
    return compare_failed(graph, expected, *run, report);
  }
  REQUIRE(report.status == RunStatus::ok);
  for (const auto& [name, stream] : expected.sinks) {
    INFO("sink " << name);
    compare_sink(stream, run->collected(name).texts());
  }
  for (const auto& [name, box] : expected.boxes) {
    INFO("box " << name);
    const Texts letters = plain_letters(run->collected(name));
    graph.stops ? compare_unsure_box(box, {0, 0}, letters) : compare_box(box, letters);
  }
  compare_outcomes(graph, expected, report);
}

}  // namespace

bool compare(Graph& graph) {
  const std::unique_ptr<Pipeline> planned = load(graph, 1);
  if (!planned) return false;
  const GraphExpected expected = interpret(graph, planned->plan());
  for (const int threads : {1, 2, 8}) compare(graph, expected, threads);
  return true;
}

}  // namespace weir::flow::test
