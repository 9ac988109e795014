#include "graph/compile/checks/kinds_check.h"

#include <span>
#include <string>

#include "graph/compile/graph/links_by.h"

// The check follows the content of records from the sources on. `unknown` stands for what cannot be
// told, for example after a stage that only some records enter (`when`). It is never an error.

namespace weir::compile {
namespace {

enum class Text { none, fresh, stale, unknown };
enum class Fields { none, present, unknown };

/// The content of records between two stages.
struct Held {
  Text text = Text::none;
  Fields fields = Fields::none;
  std::string giver;  ///< The stage that determined the content.
};

Kinds kinds_of(const Draft& draft) {
  if (draft.type->kinds) return draft.type->kinds(draft.options.get());
  Kinds kinds;
  kinds.gives_text = draft.type->role == Role::source;
  return kinds;
}

Held after(const Held& before, const Kinds& kinds, const std::string& name) {
  Held held = before;
  if (kinds.gives_fields) held.fields = Fields::present;
  if (kinds.changes_fields && held.text == Text::fresh) held.text = Text::stale;
  if (kinds.gives_text) held.text = Text::fresh;
  if (kinds.drops_fields) held.fields = Fields::none;
  if (kinds.gives_text || kinds.gives_fields || kinds.drops_fields) held.giver = name;
  return held;
}

/// Returns the content of records some of which went through a stage and some passed it by.
Held either(const Held& passed, Held went) {
  if (passed.fields != went.fields) went.fields = Fields::unknown;
  if (passed.text != went.text && went.text != Text::stale) went.text = Text::unknown;
  return went;
}

/// Returns the content of records from two inputs, one record at a time.
Held either_input(Held a, const Held& b) {
  if (a.fields != b.fields) a.fields = Fields::unknown;
  if (a.text == b.text) return a;
  // The text of the records of one input is stale for certain.
  const bool stale = (a.text == Text::stale && b.text == Text::fresh) ||
                     (a.text == Text::fresh && b.text == Text::stale);
  a.text = stale ? Text::stale : Text::unknown;
  return a;
}

/// Returns the content of a record that is made of one record of each input: it has the fields of
/// both.
Held together(Held a, const Held& b) {
  if (a.fields == Fields::present || b.fields == Fields::present) {
    a.fields = Fields::present;
  } else if (a.fields != b.fields) {
    a.fields = Fields::unknown;
  }
  return a;
}

/// Returns the content of the records that a stage reads. `left` has the content after each stage
/// above it.
Held entering(const Draft& draft, std::span<const Link> inputs,
              const IdVector<StageId, Held>& left) {
  static const Held kUnknown{Text::unknown, Fields::unknown, {}};
  // A dead letter is as it entered the stage that failed, and has a field `error`.
  if (draft.letters) return {Text::unknown, Fields::present, {}};
  if (draft.is(Role::source)) return {};
  if (inputs.empty()) return kUnknown;
  const auto of = [&](const Link& link) -> const Held& {
    return link.from < left.end_id() ? left[link.from] : kUnknown;
  };
  Held held = of(inputs.front());
  const bool pairs = draft.type && draft.type->pairing == Pairing::together;
  for (const Link& link : inputs.subspan(1)) {
    held = pairs ? together(held, of(link)) : either_input(held, of(link));
  }
  return held;
}

void check_needs(const Draft& draft, const Kinds& kinds, const Held& held,
                 Diagnostics& diagnostics) {
  const Mark mark = draft.spec.uses_mark();
  const bool needs_fields = kinds.needs_fields || !draft.named.fields.empty();
  const bool needs_text = kinds.needs_text || kinds.names_text || draft.named.text;
  const std::string& name = draft.spec.name;
  if (draft.type->replaced_fields && kinds.needs_text && held.fields == Fields::present) {
    diagnostics.note(mark, "'" + name + "' keeps the fields above it; 'select' drops them");
  }
  if (needs_fields && held.fields == Fields::none) {
    const bool some = held.text == Text::fresh || held.text == Text::stale;
    diagnostics.error(mark, draft.shown() + " needs fields, '" + held.giver + "' gives " +
                                (some ? "text: put a json.parse between them" : "none"));
  }
  if (needs_text && held.text == Text::none) {
    const bool some = held.fields == Fields::present;
    diagnostics.error(mark, draft.shown() + " needs text, '" + held.giver + "' gives " +
                                (some ? "fields: put a json.format between them" : "none"));
  }
  // A stage that uses `record.text` needs it up to date.
  if (kinds.needs_text && held.text == Text::stale) {
    const char* verb = draft.type->role == Role::sink ? "writes" : "reads";
    diagnostics.error(mark, "fields changed after the text was made and '" + name + "' " + verb +
                                " the text: put a json.format between them");
  }
}

}  // namespace

void check_kinds(const Drafts& drafts, const std::vector<Link>& links, Diagnostics& diagnostics) {
  const LinksBy inputs(links, drafts.size(), &Link::to);
  IdVector<StageId, Held> left;
  for (const Draft& draft : drafts) {
    Held held = entering(draft, inputs.of(left.end_id()), left);
    if (!draft.good) {
      left.push_back({Text::unknown, Fields::unknown, draft.spec.name});
      continue;
    }
    const Kinds kinds = kinds_of(draft);
    check_needs(draft, kinds, held, diagnostics);
    const bool needs_fields = kinds.needs_fields || !draft.named.fields.empty();
    // One missing stage gives one message.
    if (needs_fields && held.fields == Fields::none) held.fields = Fields::unknown;
    if (kinds.needs_text && held.text != Text::fresh) held.text = Text::unknown;
    const Held went = after(held, kinds, draft.spec.name);
    left.push_back(draft.spec.when.empty() ? went : either(held, went));
  }
}

}  // namespace weir::compile
