#include "graph/compile/graph/streams.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "graph/compile/graph/links_by.h"
#include "graph/compile/graph/unroll.h"
#include "graph/compile/keys/role_keys.h"
#include "graph/compile/plan/bounds.h"

namespace weir::compile {
namespace {

using Options = std::vector<std::shared_ptr<void>>;

/// Returns why copies of the stage would not do together what the one stage does. Empty: they
/// would, since the stage keeps nothing between records.
std::string needs_all(const Draft& draft) {
  if (!draft.type) return {};
  if (draft.type->pairing != Pairing::none) return "takes no 'merge' of one input";
  if (draft.is(Role::transform) || draft.is(Role::batch_transform) ||
      draft.is(Role::async_transform)) {
    return {};
  }
  return "is " + std::string(role_name(draft.type->role)) + ", which needs them as one";
}

/// Splits one source into its streams.
class Splitting {
 public:
  Splitting(Drafts& drafts, std::vector<Link>& links, StageId source, SpecBinder& binder)
      : drafts_(drafts), links_(links), source_(source), binder_(binder) {}

  bool run(const Options& streams) {
    if (!find_way()) return !wrong_;
    at(merge_).streams = true;
    if (!fits(streams.size())) return false;
    if (streams.size() < 2) return true;
    at(merge_).inputs = streams.size();
    const StageId first_copy = drafts_.end_id();
    for (std::size_t i = 1; i < streams.size(); ++i) copy();
    relink(first_copy, streams.size());
    for (std::size_t i = 0; i < streams.size(); ++i) {
      take(of_stream(source_, i, first_copy), streams[i]);
    }
    return !wrong_;
  }

 private:
  Draft& at(StageId stage) { return drafts_[stage]; }

  /// Finds the stages to copy for each stream, from the source on, and the stage that merges the
  /// streams.
  bool find_way() {
    const LinksBy inputs(links_, drafts_.size(), &Link::to);
    const LinksBy readers(links_, drafts_.size(), &Link::from);
    for (StageId stage = source_;;) {
      way_.push_back(stage);
      const Link* next = nullptr;
      for (const Link& link : readers.of(stage)) {
        if (link.letters) continue;
        if (next) return refuse(at(stage), at(stage).spec.uses_mark(), "has several readers");
        next = &link;
      }
      if (!next) return false;
      stage = next->to;
      if (inputs.of(stage).size() > 1) {
        return refuse(at(stage), at(stage).spec.input_mark(next->input), "has other inputs too");
      }
      if (at(stage).spec.merge && at(stage).type && at(stage).type->pairing == Pairing::none) {
        merge_ = stage;
        return true;
      }
      const std::string why = needs_all(at(stage));
      if (!why.empty()) return refuse(at(stage), at(stage).spec.uses_mark(), why);
    }
  }

  bool refuse(const Draft& draft, const Mark& mark, const std::string& why) {
    wrong(mark,
          "the streams of " + at(source_).shown() + " are not merged, and " + draft.shown() + " " +
              why,
          "say 'merge: { policy: sorted, by: FIELD }', or another policy, on the stage that is to "
          "put them together");
    return false;
  }

  void wrong(const Mark& mark, std::string message, std::string hint = {}) {
    binder_.diagnostics().error(mark, std::move(message), std::move(hint));
    wrong_ = true;
  }

  bool fits(std::size_t streams) {
    const Mark mark = at(source_).spec.uses_mark();
    if (streams > kMostStreams) {
      wrong(mark, "expected at most " + std::to_string(kMostStreams) + " streams of " +
                      at(source_).shown() + ", got " + std::to_string(streams));
    } else if (drafts_.size() + streams * way_.size() > kMostStages + way_.size()) {
      wrong(mark, "expected at most " + std::to_string(kMostStages) +
                      " stages with those of all streams, got more");
    }
    return !wrong_;
  }

  void copy() {
    for (const StageId stage : way_) {
      Draft draft = at(stage);
      draft.pass_of = stage;
      drafts_.push_back(std::move(draft));
    }
  }

  /// Returns the copy of `stage` for that stream.
  StageId of_stream(StageId stage, std::size_t stream, StageId first_copy) const {
    const auto found = std::find(way_.begin(), way_.end(), stage);
    if (stream == 0 || found == way_.end()) return stage;
    const auto on_the_way = static_cast<std::size_t>(found - way_.begin());
    return first_copy + (stream - 1) * way_.size() + on_the_way;
  }

  void relink(StageId first_copy, std::size_t streams) {
    std::vector<Link> fresh;
    for (const Link& link : links_) {
      const bool copied = std::find(way_.begin(), way_.end(), link.from) != way_.end();
      for (std::size_t stream = 0; stream < (copied ? streams : 1); ++stream) {
        Link made = link;
        made.from = of_stream(link.from, stream, first_copy);
        made.to = of_stream(link.to, stream, first_copy);
        fresh.push_back(made);
      }
    }
    number_inputs(fresh, drafts_.size());
    links_ = std::move(fresh);
  }

  /// Gives the source of one stream its options and constructs it.
  void take(StageId source, std::shared_ptr<void> options) {
    at(source).options = std::move(options);
    make_stage(at(source), binder_);
    wrong_ |= !at(source).good;
  }

  Drafts& drafts_;
  std::vector<Link>& links_;
  const StageId source_;
  SpecBinder& binder_;
  std::vector<StageId> way_;
  StageId merge_;
  bool wrong_ = false;
};

}  // namespace

bool split_streams(Drafts& drafts, std::vector<Link>& links, SpecBinder& binder) {
  bool good = true;
  for (const StageId i : drafts.ids()) {  // Not the copies that are added meanwhile.
    const Draft& draft = drafts[i];
    if (!draft.good || !draft.type->streams) continue;
    std::optional<Options> streams;
    try {
      streams = draft.type->streams(draft.options.get());
    } catch (...) {
      binder.diagnostics().error(draft.spec.uses_mark(),
                                 thrown_text("the type does not say its streams: it threw"));
      good = false;
    }
    if (streams) good &= Splitting(drafts, links, i, binder).run(*streams);
  }
  return good;
}

}  // namespace weir::compile
