#include "graph/spec/letters.h"

#include <algorithm>
#include <functional>
#include <map>

namespace weir {
namespace {

/// One `to: NAME`.
struct Reference {
  std::size_t from = 0;
  std::string name;
  const Mark* mark = nullptr;
  ErrorPolicy* policy = nullptr;
  std::size_t to = 0;  ///< The number of drafts: there is no such stage.
};

/// The stages that may be named.
using Names = std::map<std::string, std::size_t, std::less<>>;

Names names_of(const std::vector<Draft>& drafts) {
  Names names;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (!drafts[i].spec.numbered) names.emplace(drafts[i].spec.name, i);
  }
  return names;
}

std::vector<Reference> references_of(std::vector<Draft>& drafts, const Names& names) {
  std::vector<Reference> references;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    StageSpec& spec = drafts[i].spec;
    const auto add = [&](const char* key, ErrorSpec& error) {
      if (error.policy.action != OnError::letter) return;
      const auto found = names.find(error.to);
      references.push_back({i, error.to, &spec.node->find(key)->find("to")->mark, &error.policy,
                            found == names.end() ? drafts.size() : found->second});
    };
    add("on_error", spec.on_error);
    if (spec.on_deadline) add("on_deadline", *spec.on_deadline);
  }
  return references;
}

void report_unknown(const Reference& reference, const std::vector<Draft>& drafts,
                    const Names& names, Diagnostics& diagnostics) {
  if (diagnostics.crowded()) return diagnostics.fail();
  const bool numbered = std::any_of(drafts.begin(), drafts.end(), [&](const Draft& draft) {
    return draft.spec.numbered && draft.spec.name == reference.name;
  });
  std::vector<std::string> known;
  for (const auto& [name, stage] : names) known.push_back(name);
  diagnostics.error(
      *reference.mark, "unknown stage " + quoted(reference.name),
      numbered ? "give the stage that is meant a 'name'" : did_you_mean(reference.name, known));
}

/// What is wrong with a reference to a stage that is there; empty: nothing. `main`: how many stages
/// the main chain has.
std::string problem_of(const Reference& reference, const std::vector<Draft>& drafts,
                       std::size_t main) {
  const std::string to = "'" + drafts[reference.to].spec.name + "'";
  if (reference.to == reference.from) return to + " cannot take its own dead letters";
  if (reference.from >= main) {
    return "'" + drafts[reference.from].spec.name +
           "' is in a chain of dead letters: what fails there goes to no other";
  }
  if (reference.to < main) {
    return to + " is in the main chain: dead letters go to a stage behind its sink";
  }
  return drafts[reference.to].letters ? "" : to + " is not the first stage of its chain";
}

}  // namespace

void link_letters(std::vector<Draft>& drafts, Diagnostics& diagnostics) {
  const Names names = names_of(drafts);
  const std::vector<Reference> references = references_of(drafts, names);
  // The last one stands for names that are no stage's: they may be meant for any.
  std::vector<bool> named(drafts.size() + 1, false);
  for (const Reference& reference : references) named[reference.to] = true;
  std::size_t main = drafts.size();
  for (std::size_t i = 1; i < drafts.size(); ++i) {
    const TypeSpec* above = drafts[i - 1].type;
    if (above && above->role != Role::sink) continue;
    drafts[i].letters = named[i] || (named.back() && above);
    if (drafts[i].letters) main = std::min(main, i);
  }
  for (const Reference& reference : references) {
    if (reference.to == drafts.size()) {
      report_unknown(reference, drafts, names, diagnostics);
      continue;
    }
    const std::string problem = problem_of(reference, drafts, main);
    if (!problem.empty()) diagnostics.error(*reference.mark, problem);
    reference.policy->to = static_cast<int>(reference.to);
  }
}

}  // namespace weir
