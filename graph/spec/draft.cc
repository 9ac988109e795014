#include "graph/spec/draft.h"

#include <algorithm>
#include <exception>
#include <span>
#include <utility>

#include "graph/spec/call_check.h"
#include "graph/spec/links_by.h"
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

/// What `when` lets pass by leaves by the first port, which must mean just that.
bool check_when(const Draft& draft, Diagnostics& diagnostics) {
  const Node::Entry* when = entry_of(*draft.spec.node, "when");
  if (!when || draft.ports.size() < 2 || draft.ports.front() == "out") return true;
  diagnostics.error(when->key.mark,
                    draft.shown() + " takes no 'when': what it passes by has no port to leave by",
                    "'" + draft.ports.front() + "' is for what the stage sends there");
  return false;
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
  // Where the options are wrong, so may be what the ports are.
  const bool fixed = !draft.type->ports;
  if (fixed || draft.good) {
    draft.ports = fixed ? std::vector<std::string>{"out"} : draft.type->ports(draft.options.get());
  }
  draft.good &= check_when(draft, binder.diagnostics());
  if (draft.type->set_key && !draft.spec.key.fields.empty()) {
    draft.type->set_key(draft.options.get(), draft.spec.key);
  }
  return draft;
}

bool same(const Framing& a, const Framing& b) {
  return a.unit == b.unit && a.header == b.header && a.delimiter == b.delimiter;
}

/// Whether it is written how a source cuts its text, so that it need not ask.
bool says_framing(const Draft& source) {
  const Node* with = source.spec.with.node;
  const Node* framing = with ? with->find("framing") : nullptr;
  return framing && framing->text != "auto";
}

/// Tells a source what its readers want, who must not want different things.
void tell_framing(Draft& draft, std::span<const Link> links, const std::vector<Draft>& drafts,
                  SpecBinder& binder) {
  const Draft* asks = nullptr;
  Framing framing;
  for (const Link& link : links) {
    const Draft& reader = drafts[static_cast<std::size_t>(link.to)];
    if (link.letters || !reader.good || !reader.type->framing) continue;
    const Framing wanted = reader.type->framing(reader.options.get());
    if (wanted.unit == Framing::Unit::any) continue;
    if (asks && !same(framing, wanted) && !says_framing(draft)) {
      binder.diagnostics().error(draft.spec.uses_mark(),
                                 "'" + draft.spec.name + "' cannot be cut as both " +
                                     asks->shown() + " and " + reader.shown() + " want it",
                                 "say its 'framing', or give each a source of its own");
    }
    if (asks) continue;
    asks = &reader;
    framing = wanted;
  }
  draft.type->set_framing(draft.options.get(), framing);
}

}  // namespace

std::vector<Draft> bind_stages(std::vector<StageSpec> stages, const Registry& registry,
                               bool quiet_about_types, SpecBinder& binder) {
  std::vector<Draft> drafts;
  drafts.reserve(stages.size());
  for (StageSpec& spec : stages) {
    drafts.push_back(bind_stage(std::move(spec), registry, quiet_about_types, binder));
  }
  return drafts;
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

void make_stages(std::vector<Draft>& drafts, const std::vector<Link>& links, SpecBinder& binder) {
  const LinksBy readers(links, drafts.size(), &Link::from);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Draft& draft = drafts[i];
    if (!draft.good) continue;
    if (draft.type->set_framing) tell_framing(draft, readers.of(i), drafts, binder);
    make_stage(draft, binder);
  }
}

}  // namespace weir
