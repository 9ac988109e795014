#include "graph/compile/graph/links.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "graph/compile/graph/letters.h"
#include "graph/compile/graph/readers.h"
#include "graph/compile/graph/stage_names.h"
#include "graph/compile/plan/bounds.h"

namespace weir::compile {
namespace {

/// The maximum number of ports in a hint.
constexpr std::size_t kMostShown = 8;

std::string shown_ports(const Draft& draft) {
  std::string text;
  for (std::size_t i = 0; i < draft.ports.size() && i < kMostShown; ++i) {
    text += (i == 0 ? "" : ", ") + in_quotes(draft.spec.name + "." + draft.ports[i]);
  }
  return text + (draft.ports.size() > kMostShown ? ", ..." : "");
}

/// Links the stages, step by step.
class Linking {
 public:
  Linking(Drafts& drafts, Diagnostics& diagnostics)
      : drafts_(drafts),
        diagnostics_(diagnostics),
        names_(drafts),
        first_reader_(drafts.size()),
        named_(drafts.size(), false) {}

  Linked run(const Mark& mark) {
    for (const StageId i : drafts_.ids()) read_written(i);
    const std::vector<LetterReference> letters = find_letters(drafts_, names_, found_);
    for (const LetterReference& reference : letters) {
      if (!reference.to) unknown_letter_ = true;
      if (reference.to) named_[*reference.to] = true;
    }
    for (const StageId i : drafts_.ids()) read_above(i);
    const bool sure = !unsure_ && !unknown_letter_;
    sort_links();
    check_readers(drafts_, links_, mark, sure, found_);
    link_letters(letters, drafts_, links_, found_);
    sort_links();
    diagnostics_.add(found_);
    return {std::move(links_), !found_.failed() && sure};
  }

 private:
  Draft& at(StageId i) { return drafts_[i]; }

  void sort_links() {
    std::stable_sort(links_.begin(), links_.end(), [](const Link& a, const Link& b) {
      return std::pair(a.to, a.input) < std::pair(b.to, b.input);
    });
  }

  /// Reads the `from` of a stage.
  void read_written(StageId i) {
    const StageSpec& spec = at(i).spec;
    if (!spec.node->find("from")) return;
    if (!spec.good || at(i).is(Role::source)) unsure_ = true;
    if (at(i).is(Role::source)) return;
    const std::vector<InputSpec>& inputs = spec.from.inputs;
    if (inputs.size() > kMostInputs) {
      found_.error(spec.node->find("from")->mark,
                   "expected at most " + std::to_string(kMostInputs) + " inputs, got " +
                       std::to_string(inputs.size()));
    }
    at(i).inputs = inputs.size();
    std::set<std::pair<StageId, std::size_t>> known;
    for (std::size_t input = 0; input < inputs.size(); ++input) {
      const std::optional<Link> link = find_input(inputs[input]);
      if (!link) continue;
      if (!known.emplace(link->from, link->port).second) {
        found_.error(inputs[input].mark, "duplicate input " + in_quotes(inputs[input].text()));
        continue;
      }
      std::optional<StageId>& first = first_reader_[link->from];
      first = std::min(first.value_or(i), i);
      links_.push_back({link->from, link->port, i, input, false});
    }
  }

  /// Returns the `from` and `port` of the link; nothing if the input names no stage or port.
  std::optional<Link> find_input(const InputSpec& input) {
    if (input.stage.empty()) return std::nullopt;
    const std::optional<StageId> from = names_.find(input.stage);
    if (!from) {
      unsure_ = true;
      names_.report_unknown(input.stage, input.mark, found_);
      return std::nullopt;
    }
    const Draft& giver = at(*from);
    if (giver.is(Role::sink)) {
      found_.error(input.mark, giver.shown() + " is a sink: nothing leaves it");
      return std::nullopt;
    }
    // The ports are not known: port 0 stands for any of them.
    if (giver.ports.empty()) return Link{*from, 0, {}, 0, false};
    const std::optional<std::size_t> port = find_port(giver, input);
    if (!port) {
      unsure_ = true;
      return std::nullopt;
    }
    return Link{*from, *port, {}, 0, false};
  }

  std::optional<std::size_t> find_port(const Draft& giver, const InputSpec& input) {
    const std::vector<std::string>& ports = giver.ports;
    if (!input.port) {
      if (ports.size() == 1 || ports.front() == "out") return 0;
      found_.error(input.mark,
                   "expected a port of " + giver.shown() + ", got " + in_quotes(input.text()),
                   "it has " + shown_ports(giver));
      return std::nullopt;
    }
    const auto found = std::find(ports.begin(), ports.end(), *input.port);
    if (found != ports.end()) return static_cast<std::size_t>(found - ports.begin());
    if (found_.crowded()) {
      found_.fail();
      return std::nullopt;
    }
    std::string hint = did_you_mean(*input.port, ports);
    if (hint.empty()) hint = "it has " + shown_ports(giver);
    found_.error(input.mark, "unknown port " + in_quotes(*input.port) + " of " + giver.shown(),
                 hint);
    return std::nullopt;
  }

  /// Links a stage without `from` to the stage above it.
  void read_above(StageId i) {
    Draft& draft = at(i);
    // A first stage of an unknown type counts as a source.
    if (draft.spec.node->find("from") || i == StageId() || draft.is(Role::source)) return;
    const Draft& above = at(i - 1);
    const bool sink = above.is(Role::sink);
    const std::optional<StageId> reader = first_reader_[i - 1];
    const bool taken = reader && *reader < i;
    const bool wanted = named_[i];
    // A stage of an unknown type above may be a sink.
    if (!sink && !taken && above.ports.size() <= 1 && (above.type || !wanted)) {
      // The ports are not known, and one of them may be meant.
      if (above.type && above.ports.empty()) unsure_ = true;
      links_.push_back({i - 1, 0, i, 0, false});
      draft.inputs = 1;
      return;
    }
    draft.letters = wanted || unknown_letter_;
    if (!draft.letters && draft.type) report_missing(draft, above);
  }

  void report_missing(const Draft& draft, const Draft& above) {
    // The stage may be meant to read a stage that has no reader yet.
    unsure_ = true;
    const Mark mark = draft.spec.uses_mark();
    const std::string missing = "missing key 'from': " + above.shown() + " above ";
    if (above.is(Role::sink)) {
      found_.error(mark, missing + "is a sink",
                   "say what it reads, or name it in an 'on_error: { to: NAME }'");
    } else if (above.ports.size() > 1) {
      found_.error(mark, missing + "has several ports", "it has " + shown_ports(above));
    } else {
      found_.error(mark, missing + "has a reader already",
                   "'from: " + above.spec.name + "' reads it too");
    }
  }

  Drafts& drafts_;
  Diagnostics& diagnostics_;
  Diagnostics found_{diagnostics_.file()};
  StageNames names_;
  std::vector<Link> links_;
  IdVector<StageId, std::optional<StageId>>
      first_reader_;               ///< The first stage whose `from` names this one.
  IdVector<StageId, bool> named_;  ///< True if an `on_error` or `on_deadline` names the stage.
  /// True if a name for dead letters is unknown: any stage may be meant.
  bool unknown_letter_ = false;
  bool unsure_ = false;  ///< True if an input is unknown: any stage may be meant.
};

}  // namespace

Linked link_stages(Drafts& drafts, const Mark& mark, Diagnostics& diagnostics) {
  return Linking(drafts, diagnostics).run(mark);
}

}  // namespace weir::compile
