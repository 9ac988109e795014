#include "graph/compile/graph/letters.h"

#include <algorithm>

#include "graph/compile/graph/links_by.h"

namespace weir::compile {
namespace {

/// Returns for each stage whether dead letters lead to it.
std::vector<bool> in_letters(const std::vector<Draft>& drafts, const std::vector<Link>& links) {
  const LinksBy readers(links, drafts.size(), &Link::from);
  std::vector<bool> reached(drafts.size(), false);
  std::vector<std::size_t> left;
  const auto reach = [&](std::size_t stage) {
    if (!reached[stage]) left.push_back(stage);
    reached[stage] = true;
  };
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (drafts[i].letters) reach(i);
  }
  while (!left.empty()) {
    const std::size_t stage = left.back();
    left.pop_back();
    for (const Link& link : readers.of(stage)) reach(static_cast<std::size_t>(link.to));
  }
  return reached;
}

/// Returns what is wrong with a reference to an existing stage; empty: nothing.
std::string problem_of(const LetterReference& reference, const std::vector<Draft>& drafts,
                       const std::vector<bool>& letters) {
  const auto from = static_cast<std::size_t>(reference.from);
  const auto to = static_cast<std::size_t>(reference.to);
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

void report_mixed(const std::vector<Draft>& drafts, const std::vector<Link>& links,
                  const std::vector<bool>& letters, Diagnostics& diagnostics) {
  for (const Link& link : links) {
    const auto from = static_cast<std::size_t>(link.from);
    const auto to = static_cast<std::size_t>(link.to);
    if (!letters[to] || letters[from]) continue;
    diagnostics.error(drafts[to].spec.input_mark(link.input),
                      "'" + drafts[to].spec.name + "' takes dead letters and cannot read '" +
                          drafts[from].spec.name + "', which takes none",
                      "let both end in a sink of their own");
  }
}

}  // namespace

std::vector<LetterReference> find_letters(std::vector<Draft>& drafts, const StageNames& names,
                                          Diagnostics& diagnostics) {
  std::vector<LetterReference> references;
  int number = 0;
  for (Draft& draft : drafts) {
    StageSpec& spec = draft.spec;
    const auto add = [&](const char* key, ErrorSpec& error) {
      if (error.policy.action != OnError::letter) return;
      const Mark& mark = spec.node->find(key)->find("to")->mark;
      const std::optional<int> found = names.find(error.to);
      if (!found) names.report_unknown(error.to, mark, diagnostics);
      references.push_back({number, error.to, &mark, &error.policy, found.value_or(-1)});
    };
    add("on_error", spec.on_error);
    if (spec.on_deadline) add("on_deadline", *spec.on_deadline);
    ++number;
  }
  return references;
}

void link_letters(const std::vector<LetterReference>& references, const std::vector<Draft>& drafts,
                  std::vector<Link>& links, Diagnostics& diagnostics) {
  const std::vector<bool> letters = in_letters(drafts, links);
  report_mixed(drafts, links, letters, diagnostics);
  std::vector<int> inputs(drafts.size(), 0);
  std::vector<int> sender(drafts.size(), -1);
  for (const LetterReference& reference : references) {
    if (reference.to < 0) continue;
    const std::string problem = problem_of(reference, drafts, letters);
    reference.policy->to = reference.to;
    if (!problem.empty()) {
      diagnostics.error(*reference.mark, problem);
      continue;
    }
    // `on_error` and `on_deadline` of one stage may name the same chain.
    const auto to = static_cast<std::size_t>(reference.to);
    if (sender[to] == reference.from) continue;
    sender[to] = reference.from;
    links.push_back({reference.from, 0, reference.to, inputs[to]++, true});
  }
}

}  // namespace weir::compile
