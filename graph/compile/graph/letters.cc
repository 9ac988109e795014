#include "graph/compile/graph/letters.h"

#include <algorithm>

#include "graph/compile/graph/links_by.h"

namespace weir::compile {
namespace {

/// Returns for each stage whether dead letters lead to it.
IdVector<StageId, bool> in_letters(const Drafts& drafts, const std::vector<Link>& links) {
  const LinksBy readers(links, drafts.size(), &Link::from);
  IdVector<StageId, bool> reached(drafts.size(), false);
  std::vector<StageId> left;
  const auto reach = [&](StageId stage) {
    if (!reached[stage]) left.push_back(stage);
    reached[stage] = true;
  };
  for (const StageId i : drafts.ids()) {
    if (drafts[i].letters) reach(i);
  }
  while (!left.empty()) {
    const StageId stage = left.back();
    left.pop_back();
    for (const Link& link : readers.of(stage)) reach(link.to);
  }
  return reached;
}

/// Returns what is wrong with a reference to an existing stage; empty: nothing.
std::string problem_of(StageId from, StageId to, const Drafts& drafts,
                       const IdVector<StageId, bool>& letters) {
  const std::string name = "'" + drafts[to].spec.name + "'";
  if (to == from) return name + " cannot take its own dead letters";
  if (letters[from]) {
    return "'" + drafts[from].spec.name +
           "' is in a chain of dead letters: what fails there goes to no other";
  }
  if (drafts[to].letters) return {};
  if (letters[to]) return name + " is not the first stage of its chain";
  if (!drafts[to].spec.from.inputs.empty()) {
    return name + " reads other stages: dead letters go to a stage without 'from'";
  }
  return name + " is in the main chain: dead letters go to a stage behind its sink";
}

void report_mixed(const Drafts& drafts, const std::vector<Link>& links,
                  const IdVector<StageId, bool>& letters, Diagnostics& diagnostics) {
  for (const auto& [from, port, to, input, _] : links) {
    if (!letters[to] || letters[from]) continue;
    diagnostics.error(drafts[to].spec.input_mark(input),
                      "'" + drafts[to].spec.name + "' takes dead letters and cannot read '" +
                          drafts[from].spec.name + "', which takes none",
                      "let both end in a sink of their own");
  }
}

}  // namespace

std::vector<LetterReference> find_letters(Drafts& drafts, const StageNames& names,
                                          Diagnostics& diagnostics) {
  std::vector<LetterReference> references;
  for (const StageId stage : drafts.ids()) {
    StageSpec& spec = drafts[stage].spec;
    const auto add = [&](const char* key, ErrorSpec& error) {
      if (error.policy.action != OnError::letter) return;
      const Mark& mark = spec.node->find(key)->find("to")->mark;
      const std::optional<StageId> found = names.find(error.to);
      if (!found) names.report_unknown(error.to, mark, diagnostics);
      references.push_back({stage, error.to, &mark, &error.policy, found});
    };
    add("on_error", spec.on_error);
    if (spec.on_deadline) add("on_deadline", *spec.on_deadline);
  }
  return references;
}

void link_letters(const std::vector<LetterReference>& references, const Drafts& drafts,
                  std::vector<Link>& links, Diagnostics& diagnostics) {
  const IdVector<StageId, bool> letters = in_letters(drafts, links);
  report_mixed(drafts, links, letters, diagnostics);
  IdVector<StageId, std::size_t> inputs(drafts.size(), 0);
  IdVector<StageId, std::optional<StageId>> sender(drafts.size());
  for (const LetterReference& reference : references) {
    if (!reference.to) continue;
    const StageId to = *reference.to;
    const std::string problem = problem_of(reference.from, to, drafts, letters);
    reference.policy->to = to;
    if (!problem.empty()) {
      diagnostics.error(*reference.mark, problem);
      continue;
    }
    // `on_error` and `on_deadline` of one stage may name the same chain.
    if (sender[to] == reference.from) continue;
    sender[to] = reference.from;
    links.push_back({reference.from, 0, to, inputs[to]++, true});
  }
}

}  // namespace weir::compile
