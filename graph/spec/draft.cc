#include "graph/spec/draft.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "graph/spec/call_check.h"
#include "graph/spec/role_keys.h"

namespace weir {
namespace {

void unknown_type(const StageSpec& spec, const Registry& registry, bool quiet, SpecBinder& binder) {
  std::vector<std::string> names;
  for (const auto& type : registry.types()) names.push_back(type->name);
  std::string hint = did_you_mean(spec.uses, names);
  if (quiet && hint.empty()) return;
  hint += hint.empty() ? "'weir list' shows every type" : " 'weir list' shows every type";
  binder.error(*spec.node->find("uses"), "unknown stage type " + quoted(spec.uses), hint);
}

void unknown_option(const Node& key, const TypeSpec& type, SpecBinder& binder) {
  std::string hint = did_you_mean(key.text, names_of(type.options));
  const std::vector<std::string> keys = names_of(stage_keys());
  if (std::find(keys.begin(), keys.end(), key.text) != keys.end()) {
    hint = "'" + key.text + "' is a key of the stage: put it beside 'uses:'";
  } else if (hint.empty() && type.options.empty()) {
    hint = "'" + type.name + "' takes no options";
  }
  binder.diagnostics().error(key.mark, "unknown option " + quoted(key.text), hint);
}

/// Binds `with:`; false if anything is wrong with it.
bool bind_with(const Draft& draft, SpecBinder& binder) {
  static const Node kNothing = [] {
    Node node;
    node.shape = Node::Shape::map;
    return node;
  }();
  const Node* with = draft.spec.with.node;
  Mark mark = draft.spec.uses_mark();
  if (with && with->is_null()) with = nullptr;
  if (with && with->shape != Node::Shape::map) {
    binder.diagnostics().error(with->mark,
                               "expected a map of options, got " + detail::shape_of(*with),
                               missing_space_hint(*with));
    return false;
  }
  if (with) mark = entry_of(*draft.spec.node, "with")->key.mark;
  return bind_options(draft.type->options, draft.options.get(), with ? *with : kNothing, "option",
                      mark, binder,
                      [&](const Node& key) { unknown_option(key, *draft.type, binder); });
}

Draft bind_stage(StageSpec spec, const Registry& registry, bool quiet, SpecBinder& binder) {
  Draft draft;
  draft.spec = std::move(spec);
  if (draft.spec.uses.empty()) return draft;
  draft.type = registry.find(draft.spec.uses);
  if (!draft.type) {
    unknown_type(draft.spec, registry, quiet, binder);
    binder.diagnostics().fail();
    return draft;
  }
  draft.good = draft.spec.good;
  draft.good &= check_keys_of_role(draft.spec, *draft.type, binder.diagnostics());
  draft.good &= check_call(draft.spec, *draft.type, binder.diagnostics());
  draft.options = draft.type->make_options();
  binder.take_named();
  draft.good &= bind_with(draft, binder);
  draft.named = binder.take_named();
  for (const std::string& field : draft.spec.named.fields) {
    auto& known = draft.named.fields;
    if (std::find(known.begin(), known.end(), field) == known.end()) known.push_back(field);
  }
  draft.named.text |= draft.spec.named.text;
  if (draft.type->set_key && !draft.spec.key.fields.empty()) {
    draft.type->set_key(draft.options.get(), draft.spec.key.fields);
  }
  return draft;
}

void make_stage(Draft& draft, SpecBinder& binder) {
  const Mark mark = draft.spec.uses_mark();
  try {
    draft.stage = draft.type->make(draft.options.get());
    draft.good = draft.stage != nullptr;
  } catch (const OptionError& e) {
    const Node* with = draft.spec.with.node;
    const Node* value = with ? with->find(e.option()) : nullptr;
    if (value) {
      if (const OptionSpec* option = draft.type->option(e.option())) {
        binder.expect(*value, option->type);
      }
      binder.error(*value, e.what(), {}, e.offset());
    } else {
      binder.diagnostics().error(mark, e.what());
    }
    draft.good = false;
  } catch (const std::exception& e) {
    binder.diagnostics().error(mark, e.what());
    draft.good = false;
  } catch (...) {
    binder.diagnostics().error(mark, "the stage cannot be made: its constructor threw");
    draft.good = false;
  }
}

}  // namespace

std::vector<Draft> bind_stages(std::vector<StageSpec> stages, const Registry& registry,
                               bool quiet_about_types, SpecBinder& binder) {
  std::vector<Draft> drafts;
  for (StageSpec& spec : stages) {
    drafts.push_back(bind_stage(std::move(spec), registry, quiet_about_types, binder));
  }
  return drafts;
}

void make_stages(std::vector<Draft>& drafts, SpecBinder& binder) {
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Draft& draft = drafts[i];
    if (!draft.good) continue;
    if (draft.type->set_framing) {
      const Draft* next = i + 1 < drafts.size() ? &drafts[i + 1] : nullptr;
      const bool asked = next && next->good && next->type->framing;
      draft.type->set_framing(draft.options.get(),
                              asked ? next->type->framing(next->options.get()) : Framing{});
    }
    make_stage(draft, binder);
  }
}

}  // namespace weir
