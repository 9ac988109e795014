#include "graph/compile/graph/draft.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include "graph/compile/graph/links_by.h"
#include "graph/compile/keys/call_check.h"
#include "graph/compile/keys/role_keys.h"
#include "graph/compile/plan/load_options.h"

namespace weir::compile {
namespace {

void unknown_type(const StageSpec& spec, const LoadOptions& load, bool quiet, SpecBinder& binder) {
  std::vector<std::string> names;
  for (const auto& type : load.registry->types()) names.push_back(type->name);
  std::string hint = did_you_mean(spec.uses, names);
  if (quiet && hint.empty()) return;
  const std::string looked_for = load.looked_for ? load.looked_for(spec.uses) : "";
  if (!looked_for.empty()) hint += (hint.empty() ? "" : " ") + looked_for + ";";
  hint += hint.empty() ? "'weir list' shows every type" : " 'weir list' shows every type";
  binder.error(*spec.node->find("uses"), "unknown stage type " + in_quotes(spec.uses), hint);
}

void unknown_option(const Node& key, const TypeSpec& type, SpecBinder& binder) {
  std::string hint = did_you_mean(key.text, names_of(type.options));
  for (const auto& [former, instead] : type.former) {
    if (key.text == former) {
      binder.diagnostics().error(key.mark, "unknown option " + in_quotes(key.text), instead);
      return;
    }
  }
  const std::vector<std::string> keys = names_of(stage_keys());
  if (std::find(keys.begin(), keys.end(), key.text) != keys.end()) {
    hint = "'" + key.text + "' is a key of the stage: put it beside 'uses:'";
  } else if (hint.empty() && type.options.empty()) {
    hint = "'" + type.name + "' takes no options";
  }
  binder.diagnostics().error(key.mark, "unknown option " + in_quotes(key.text), hint);
}

/// Binds `with:`. Returns false if anything is wrong with it.
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

/// Checks `when`. A record that passes the stage by leaves by the first port, which must therefore
/// be `out` or the only one.
bool check_when(const Draft& draft, Diagnostics& diagnostics) {
  const Node::Entry* when = entry_of(*draft.spec.node, "when");
  if (!when || draft.ports.size() < 2 || draft.ports.front() == "out") return true;
  diagnostics.error(when->key.mark,
                    draft.shown() + " takes no 'when': what it passes by has no port to leave by",
                    "'" + draft.ports.front() + "' is for what the stage sends there");
  return false;
}

bool make_options(Draft& draft, SpecBinder& binder) {
  try {
    draft.options = draft.type->make_options();
  } catch (...) {
    binder.diagnostics().error(draft.spec.uses_mark(),
                               thrown_text("the type's options cannot be made: they threw"));
    draft.good = false;
  }
  return draft.options != nullptr;
}

/// Asks the type once for all that it says by its options, its ports included. An exception of its
/// functions is thus a mistake of the file, and later callers need not expect one.
bool ask_type(Draft& draft, SpecBinder& binder) {
  const TypeSpec& type = *draft.type;
  const void* const options = draft.options.get();
  try {
    if (type.ports) draft.ports = type.ports(options);
    if (type.kinds) type.kinds(options);
    if (type.framing) type.framing(options);
    if (type.timed) type.timed(options);
    if (type.by_clock) type.by_clock(options);
  } catch (...) {
    binder.diagnostics().error(draft.spec.uses_mark(),
                               thrown_text("the type does not say what it needs: it threw"));
    return false;
  }
  return true;
}

Draft bind_stage(StageSpec spec, const LoadOptions& load, bool quiet, SpecBinder& binder) {
  Draft draft;
  draft.spec = std::move(spec);
  if (draft.spec.uses.empty()) return draft;
  draft.type = load.registry->find(draft.spec.uses);
  if (!draft.type) {
    unknown_type(draft.spec, load, quiet, binder);
    binder.diagnostics().fail();
    return draft;
  }
  draft.good = draft.spec.good;
  draft.good &= check_keys_of_role(draft.spec, *draft.type, binder.diagnostics());
  draft.good &= check_call(draft.spec, *draft.type, binder.diagnostics());
  if (!make_options(draft, binder)) return draft;
  binder.take_named();
  draft.good &= bind_with(draft, binder);
  draft.named = binder.take_named();
  for (const std::string& field : draft.spec.named.fields) {
    auto& known = draft.named.fields;
    if (std::find(known.begin(), known.end(), field) == known.end()) known.push_back(field);
  }
  draft.named.text |= draft.spec.named.text;
  for (const std::string& why : draft.spec.named.chances) draft.named.chances.push_back(why);
  draft.named.line |= draft.spec.named.line;
  // The ports depend on the options, and stay unknown if these are wrong.
  if (!draft.type->ports) draft.ports = {"out"};
  if (draft.good) draft.good = ask_type(draft, binder);
  draft.good &= check_when(draft, binder.diagnostics());
  if (draft.type->set_key && !draft.spec.key.fields.empty()) {
    draft.type->set_key(draft.options.get(), draft.spec.key);
  }
  return draft;
}

bool same(const Framing& a, const Framing& b) {
  return a.unit == b.unit && a.header == b.header && a.delimiter == b.delimiter;
}

/// Returns whether the source's framing is written, so that it need not ask its readers.
bool says_framing(const Draft& source) {
  const Node* with = source.spec.with.node;
  const Node* framing = with ? with->find("framing") : nullptr;
  return framing && framing->text != "auto";
}

bool has_kind(const Draft& draft, bool Kinds::*kind) {
  return draft.type->kinds && draft.type->kinds(draft.options.get()).*kind;
}

/// Returns whether the stage makes its text from fields alone. Its framing is then that of the text
/// it makes; otherwise it is that of the text it wants to read.
bool makes_text(const Draft& draft) {
  return has_kind(draft, &Kinds::gives_text) && !has_kind(draft, &Kinds::needs_text);
}

Framing framing_of(const Draft& draft) {
  return draft.type->framing ? draft.type->framing(draft.options.get()) : Framing();
}

/// Returns whether some stage reads the lines of records, so that sources must count them.
bool reads_lines(const Drafts& drafts) {
  return std::any_of(drafts.begin(), drafts.end(), [](const Draft& draft) {
    return draft.named.line || (draft.good && has_kind(draft, &Kinds::names_line));
  });
}

/// Tells a source the framing that its readers want. Reports readers that want different ones.
void tell_framing(Draft& draft, std::span<const Link> links, const Drafts& drafts, bool lines,
                  SpecBinder& binder) {
  const Draft* asks = nullptr;
  Framing framing;
  for (const Link& link : links) {
    const Draft& reader = drafts[link.to];
    if (link.letters || !reader.good || makes_text(reader)) continue;
    const Framing wanted = framing_of(reader);
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
  framing.lines = lines;
  draft.type->set_framing(draft.options.get(), framing);
}

/// Tells a sink the framing of the text that it gets, if that is the same on every way.
void tell_written(Draft& draft, StageId index, const LinksBy& writers, const Drafts& drafts) {
  std::optional<Framing> framing;
  std::vector<StageId> above{index};
  IdVector<StageId, bool> seen(drafts.size(), false);
  while (!above.empty()) {
    const StageId reader = above.back();
    above.pop_back();
    for (const Link& link : writers.of(reader)) {
      const Draft& writer = drafts[link.from];
      if (seen[link.from] || !writer.good) continue;
      seen[link.from] = true;
      if (link.letters || !has_kind(writer, &Kinds::gives_text)) {
        above.push_back(link.from);  // This stage passes on the text that it got.
        continue;
      }
      const Framing made = makes_text(writer) ? framing_of(writer) : Framing();
      if (framing && !same(*framing, made)) return;
      framing = made;
    }
  }
  if (framing) draft.type->set_framing(draft.options.get(), *framing);
}

}  // namespace

Drafts bind_stages(std::vector<StageSpec> stages, const LoadOptions& load, bool quiet_about_types,
                   SpecBinder& binder) {
  Drafts drafts;
  drafts.reserve(stages.size());
  for (StageSpec& spec : stages) {
    drafts.push_back(bind_stage(std::move(spec), load, quiet_about_types, binder));
  }
  return drafts;
}

std::string thrown_text(std::string_view otherwise) {
  try {
    throw;
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return std::string(otherwise);
  }
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
  } catch (...) {
    binder.diagnostics().error(mark,
                               thrown_text("the stage cannot be made: its constructor threw"));
    draft.good = false;
  }
}

void make_stages(Drafts& drafts, const std::vector<Link>& links, SpecBinder& binder) {
  const LinksBy readers(links, drafts.size(), &Link::from);
  const LinksBy writers(links, drafts.size(), &Link::to);
  const bool lines = reads_lines(drafts);
  for (const StageId i : drafts.ids()) {
    Draft& draft = drafts[i];
    if (!draft.good) continue;
    if (draft.type->set_framing && draft.type->role == Role::sink) {
      tell_written(draft, i, writers, drafts);
    } else if (draft.type->set_framing) {
      tell_framing(draft, readers.of(i), drafts, lines, binder);
    }
    make_stage(draft, binder);
  }
}

}  // namespace weir::compile
