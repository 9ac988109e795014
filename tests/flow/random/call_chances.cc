#include "tests/flow/random/call_chances.h"

#include <algorithm>

#include "tests/flow/random/call_interpreter.h"

namespace weir::flow::test {

Chances::Chances(const CallPipeline& pipeline, std::int64_t n)
    : pipeline_(pipeline), origin_{std::to_string(n), {}} {
  if (pipeline.fields) origin_.fields = decide_fields(pipeline.given, origin_.text);
}

bool Chances::allow(std::span<const std::string> texts) const {
  return match(0, origin_, texts, {0}).contains(texts.size());
}

std::size_t Chances::times(const std::string& text) const { return most(0, origin_, text); }

/// The ways in which a record may leave a stage.
Chances::Ways Chances::ways(const DrawnStage& stage, const Going& record) const {
  if (stage.odd_only && record.text.size() % 2 == 0 && !stage.sheds) return {{record}};
  DrawnStage patient = stage;
  // Late answers are attempts that failed, and hedges attempts that count for nothing.
  if (stage.shaky) patient.attempts = 8;
  const Answer answer = answer_of(patient, record.text);
  const bool no_cost = stage.cost_field && !record.fields.there;
  const bool good = answer.act != Answer::Act::error && !no_cost;
  const bool keeps = stage.on_error == "keep" || stage.on_deadline == "keep";
  Ways ways;
  if (good) {
    std::vector<Going>& children = ways.emplace_back();
    for (const std::string& text : answer.texts) {
      children.push_back({text, answer.fields_go_on ? record.fields : DrawnFields{}});
    }
  }
  if (stage.shaky || !good) {
    if (keeps) ways.push_back({record});
    if (stage.shaky || !keeps) ways.push_back({});
  }
  if (stage.odd_only && record.text.size() % 2 == 0) return {{record}, {}};
  return ways;
}

Chances::Places Chances::match(std::size_t at, const Going& record,
                               std::span<const std::string> texts, const Places& from) const {
  Places all;
  if (at == pipeline_.stages.size()) {
    for (const std::size_t place : from) {
      if (place < texts.size() && texts[place] == record.text) all.insert(place + 1);
    }
    return all;
  }
  for (const std::vector<Going>& children : ways(pipeline_.stages[at], record)) {
    Places places = from;
    for (const Going& child : children) {
      if (places.empty()) break;
      places = match(at + 1, child, texts, places);
    }
    all.merge(places);
  }
  return all;
}

std::size_t Chances::most(std::size_t at, const Going& record, const std::string& text) const {
  if (at == pipeline_.stages.size()) return record.text == text ? 1 : 0;
  std::size_t most_of_all = 0;
  for (const std::vector<Going>& children : ways(pipeline_.stages[at], record)) {
    std::size_t sum = 0;
    for (const Going& child : children) sum += most(at + 1, child, text);
    most_of_all = std::max(most_of_all, sum);
  }
  return most_of_all;
}

}  // namespace weir::flow::test
