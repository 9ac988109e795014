#include "graph/compile/load.h"

#include <algorithm>
#include <utility>

#include "graph/compile/checks/bounds_check.h"
#include "graph/compile/checks/branches_check.h"
#include "graph/compile/checks/deadlock.h"
#include "graph/compile/checks/kinds_check.h"
#include "graph/compile/checks/quota_check.h"
#include "graph/compile/graph/chaos.h"
#include "graph/compile/graph/draft.h"
#include "graph/compile/graph/links.h"
#include "graph/compile/graph/loops.h"
#include "graph/compile/graph/merges.h"
#include "graph/compile/graph/order_stages.h"
#include "graph/compile/graph/streams.h"
#include "graph/compile/graph/unroll.h"
#include "graph/compile/keys/params.h"
#include "graph/compile/regions/assemble.h"
#include "graph/compile/regions/pools.h"
#include "graph/compile/regions/rates.h"
#include "graph/compile/yaml/interpolate.h"
#include "graph/compile/yaml/yaml_bytes.h"
#include "graph/compile/yaml/yaml_reader.h"

namespace weir::compile {
namespace {

/// An expression language that rejects every expression.
class NoExpressions final : public detail::ExpressionLanguage {
 public:
  std::shared_ptr<const detail::CompiledExpression> compile(
      const Node&, detail::ExpressionProblem& problem) const override {
    problem = {0, "expressions cannot be used here", {}};
    return nullptr;
  }
};

/// A compiler of time formats that knows none.
class NoTimes final : public detail::TimeLanguage {
 public:
  std::shared_ptr<const detail::TimeRules> compile(const TimeSpec&,
                                                   TimeProblem& problem) const override {
    problem.message = "time formats cannot be used here";
    return nullptr;
  }
  std::shared_ptr<const detail::TimeRules> compile_to_write(const TimeSpec& spec,
                                                            TimeProblem& problem) const override {
    return compile(spec, problem);
  }
};

const NoTimes no_times;

std::string directory_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

/// Takes one pipeline from text to plan, step by step.
class Loading {
 public:
  Loading(std::string_view text, const std::string& file, const LoadOptions& options)
      : source_(text),
        options_(options),
        diagnostics_(file),
        binder_(source_, *options.expressions, options.times ? *options.times : no_times,
                diagnostics_) {}

  Loaded run() {
    Loaded loaded;
    if (std::optional<Node> root = read_yaml(source_, diagnostics_)) {
      root_ = std::move(*root);
      read();
      if (!diagnostics_.failed()) loaded.plan = finish();
    }
    loaded.diagnostics = diagnostics_.take();
    loaded.hidden = diagnostics_.hidden();
    return loaded;
  }

 private:
  void read() {
    interpolate_all();
    spec_ = read_pipeline(root_, binder_);
    const bool plugins_good = load_plugins();
    std::optional<LimitsSpec> limits = LimitsSpec();
    if (spec_.limits.node) limits = read_limits(*spec_.limits.node, binder_);
    Shared shared;
    if (spec_.shared.node) shared = read_shared(*spec_.shared.node, binder_);
    if (!spec_.stages.node) return;
    std::vector<StageSpec> stages = read_stages(*spec_.stages.node, *options_.registry, binder_);
    const bool listed = spec_.stages.node->shape == Node::Shape::list;
    drafts_ = bind_stages(std::move(stages), options_, !plugins_good, binder_);
    if (!listed || !check_stage_count(drafts_, diagnostics_)) return;
    Linked linked = link_stages(drafts_, spec_.stages.node->mark, diagnostics_);
    links_ = std::move(linked.links);
    make_stages(drafts_, links_, binder_);
    mark_chaos(drafts_, options_, diagnostics_);
    rates_ = resolve_rates(drafts_, shared.rates, diagnostics_);
    pools_ = resolve_pools(drafts_, shared.pools, diagnostics_);
    const bool acyclic = linked.good && split_streams(drafts_, links_, binder_) && unroll_loops();
    const bool numbered = check_source_count(drafts_, diagnostics_);
    if (acyclic) order_stages(drafts_, links_);
    check_kinds(drafts_, links_, diagnostics_);
    if (!acyclic) return diagnostics_.fail();
    Diagnostics about_merges(diagnostics_.file());
    resolve_merges(drafts_, links_, about_merges);
    diagnostics_.add(about_merges);
    if (limits && numbered) lay_out_all(*limits, !about_merges.failed());
  }

  bool unroll_loops() {
    const std::optional<std::vector<Loop>> loops = find_loops(drafts_, links_, diagnostics_);
    return loops && unroll(drafts_, links_, *loops, diagnostics_);
  }

  void lay_out_all(const LimitsSpec& limits, bool merges_known) {
    const Shapes shapes = shapes_of(drafts_, links_);
    regions_ = lay_out(shapes, links_);
    const LimitNeeds needs = needs_of(drafts_, shapes, regions_);
    Diagnostics about_limits(diagnostics_.file());
    limits_ = resolve_limits(limits, spec_.limits.node, needs, options_, about_limits);
    diagnostics_.add(about_limits);
    // If the keys of a stage could not be read, the regions may not be those that are meant.
    const bool known = std::all_of(drafts_.begin(), drafts_.end(),
                                   [](const Draft& d) { return d.type && d.spec.good; });
    if (!known || drafts_.empty()) return;
    if (merges_known) check_deadlock(drafts_, regions_, diagnostics_);
    if (merges_known) check_branches(drafts_, shapes, regions_, diagnostics_);
    check_forks(drafts_, regions_, diagnostics_);
    if (about_limits.failed()) return;
    share_out(limits_, needs, regions_);
    check_quotas(drafts_, regions_, limits_, diagnostics_);
  }

  /// Interpolates the params, and then everything else with their values.
  void interpolate_all() {
    Node* params = nullptr;
    for (Node::Entry& entry : root_.entries) {
      if (entry.key.text == "params") params = &entry.value;
    }
    if (params) interpolate(*params, nullptr, source_, diagnostics_);
    const Params values = read_params(params, options_.params, binder_);
    if (root_.shape == Node::Shape::scalar) interpolate(root_, &values, source_, diagnostics_);
    for (Node& item : root_.items) interpolate(item, &values, source_, diagnostics_);
    for (Node::Entry& entry : root_.entries) {
      if (&entry.value != params) interpolate(entry.value, &values, source_, diagnostics_);
    }
  }

  bool load_plugins() {
    const Node* node = root_.find("plugins");
    bool good = true;
    for (std::size_t i = 0; i < spec_.plugins.size(); ++i) {
      const std::string problem =
          options_.load_plugin
              ? options_.load_plugin(spec_.plugins[i], directory_of(diagnostics_.file()))
              : "plugins cannot be loaded here";
      if (problem.empty()) continue;
      const bool listed = node->shape == Node::Shape::list && node->items.size() > i;
      diagnostics_.error(listed ? node->items[i].mark : node->mark, problem);
      good = false;
    }
    return good;
  }

  Plan finish() {
    Plan plan;
    plan.mask = diagnostics_.mask();
    plan.name = plan.mask(spec_.name);
    plan.about = plan.mask(spec_.about);
    plan.file = diagnostics_.file();
    plan.limits = limits_;
    plan.rates = std::move(rates_);
    plan.pools = std::move(pools_);
    for (Draft& draft : drafts_) {
      if (draft.is(Role::source)) plan.sources.push_back(plan.stages.end_id());
      plan.stages.push_back(planned(std::move(draft)));
      plan.stages.back().name = plan.mask(plan.stages.back().name);
    }
    plan.regions = std::move(regions_);
    for (const RegionId r : plan.regions.ids()) {
      for (const StageId i : plan.regions[r].stages()) plan.stages[i].region = r;
    }
    return plan;
  }

  text::SourceText source_;
  const LoadOptions& options_;
  Diagnostics diagnostics_;
  SpecBinder binder_;
  Node root_;
  PipelineSpec spec_;
  Limits limits_;
  Drafts drafts_;
  std::vector<Link> links_;
  std::vector<RateLimit> rates_;
  std::vector<PoolSpec> pools_;
  Regions regions_;
};

}  // namespace

Loaded load_plan(std::string_view text, const std::string& file, const LoadOptions& options) {
  Loaded loaded;
  Diagnostics size(file);
  if (check_size(text, size)) return Loading(text, file, options).run();
  loaded.diagnostics = size.take();
  return loaded;
}

PipelineHelp describe_pipeline(std::string_view text, const std::string& file) {
  PipelineHelp help;
  Diagnostics ignored(file);
  if (!check_size(text, ignored)) return help;
  const text::SourceText source(text);
  const std::optional<Node> root = read_yaml(source, ignored);
  if (!root) return help;
  const NoExpressions none;
  SpecBinder binder(source, none, no_times, ignored);
  const PipelineSpec spec = read_pipeline(*root, binder);
  help.name = spec.name;
  help.about = spec.about;
  if (!spec.params.node) return help;
  for (const auto& [key, value] : spec.params.node->entries) {
    ParamHelp param{key.text, {}, std::nullopt};
    if (const Node* about = value.find("about")) param.about = about->text;
    const Node* given = value.find("default");
    if (given && given->shape == Node::Shape::scalar && !given->is_null()) {
      param.default_text = given->text;
    }
    help.params.push_back(std::move(param));
  }
  return help;
}

}  // namespace weir::compile
