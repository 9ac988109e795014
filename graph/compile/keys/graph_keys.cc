#include "graph/compile/keys/graph_keys.h"

#include <algorithm>

#include "graph/compile/keys/number_of.h"

namespace weir::compile {
namespace {

using Kind = MergePolicy::Kind;

/// A key of `merge` that only one policy takes.
struct Belongs {
  const char* key;
  Kind kind;
};
constexpr Belongs kBelongs[] = {
    {"by", Kind::sorted}, {"lateness", Kind::sorted}, {"weights", Kind::weighted}};

std::string name_of(Kind kind) {
  return std::string(EnumNames<Kind>::names[static_cast<std::size_t>(kind)]);
}

bool parse_input(const Node& node, InputSpec& out, Binder& binder) {
  const char* what = "a stage or a port of one, such as 'parse' or 'parse.retry'";
  if (!detail::expect_scalar(node, binder, what)) return false;
  const std::size_t dot = node.text.find('.');
  out.mark = node.mark;
  out.stage = node.text.substr(0, dot);
  if (dot != std::string::npos) out.port = node.text.substr(dot + 1);
  if (!out.stage.empty() && (!out.port || !out.port->empty())) return true;
  binder.error(node, "expected " + std::string(what) + ", got " + detail::shape_of(node));
  out.stage.clear();
  return false;
}

/// Returns whether the keys fit the policy; reports those that do not. `place` is the node of the
/// policy.
bool check_keys(const MergeSpec& spec, const Node& place, Binder& binder) {
  Diagnostics& diagnostics = static_cast<SpecBinder&>(binder).diagnostics();
  const bool map = place.shape == Node::Shape::map;
  const Node* policy = map ? place.find("policy") : &place;
  const Mark& mark = policy ? policy->mark : place.mark;
  bool good = true;
  for (const auto& [key, kind] : kBelongs) {
    const bool fits = spec.policy && spec.policy->value == kind;
    if (map && place.find(key) && !fits) {
      const Mark& at = entry_of(place, key)->key.mark;
      if (spec.policy) {
        diagnostics.error(at, "policy '" + name_of(spec.policy->value) + "' takes no '" + key + "'",
                          "only 'policy: " + name_of(kind) + "' does");
      } else {
        diagnostics.error(at, "'" + std::string(key) + "' needs 'policy: " + name_of(kind) + "'");
      }
      good = false;
    }
  }
  const bool first = spec.policy && spec.policy->value == Kind::first;
  if (first && spec.idle) {
    diagnostics.error(entry_of(place, "idle")->key.mark, "policy 'first' takes no 'idle'",
                      "a 'timeout' on the calls of its branches ends what is silent");
    good = false;
  }
  const auto need = [&](bool missing, const char* key, const char* example) {
    if (!missing) return;
    diagnostics.error(mark, std::string("missing key '") + key + "'", example);
    good = false;
  };
  const bool sorted = spec.policy && spec.policy->value == Kind::sorted;
  const bool weighted = spec.policy && spec.policy->value == Kind::weighted;
  if (spec.by && spec.by->empty()) {
    diagnostics.error(place.find("by")->mark, "expected at least one field, got none");
    good = false;
  }
  need(sorted && !spec.by, "by", "write it as '{ policy: sorted, by: FIELD }'");
  need(weighted && !spec.weights, "weights",
       "write it as '{ policy: weighted, weights: [3, 1] }', one for each input");
  return good;
}

}  // namespace

template <>
const std::vector<OptionSpec>& keys_of<MergeSpec>() {
  static const auto keys = declared<MergeSpec>([](auto& map) {
    map.optional("policy", &MergeSpec::policy,
                 "By default `input` if all inputs come from one source in its order, else "
                 "`arrival`.")
        .optional(
            "by", &MergeSpec::by,
            "sorted: the smallest of it next; of several fields the first first. { field, format, "
            "zone, reference } sorts by the times that a field states.")
        .optional("lateness", &MergeSpec::lateness,
                  "sorted: how far an input itself may be out of order.")
        .optional("idle", &MergeSpec::idle,
                  "An input that is silent for so long is not waited for until it speaks again.")
        .min(&MergeSpec::idle, std::optional(Duration(1)))
        .optional("weights", &MergeSpec::weights,
                  "weighted: how many records of each input in a turn.");
  });
  return keys;
}

template <>
const std::vector<OptionSpec>& keys_of<LoopSpec>() {
  static const auto keys = declared<LoopSpec>([](auto& map) {
    map.required("max", &LoopSpec::max, "How often a record may be sent back.")
        .min(&LoopSpec::max, 1)
        .max(&LoopSpec::max, LoopSpec::kMost);
  });
  return keys;
}

}  // namespace weir::compile

namespace weir {

bool OptionType<compile::FromSpec>::parse(const Node& node, compile::FromSpec& out,
                                          Binder& binder) {
  out.inputs.clear();
  if (node.shape != Node::Shape::list) {
    return compile::parse_input(node, out.inputs.emplace_back(), binder);
  }
  bool good = true;
  for (const Node& item : node.items) {
    good &= compile::parse_input(item, out.inputs.emplace_back(), binder);
  }
  if (!node.items.empty()) return good;
  binder.error(node, "expected at least one stage, got none");
  return false;
}

std::string OptionType<compile::MergeKind>::name() {
  std::string text;
  for (std::string_view name : EnumNames<compile::Kind>::names) {
    if (name != compile::name_of(compile::Kind::zip))
      text += (text.empty() ? "" : " | ") + std::string(name);
  }
  return text;
}

bool OptionType<compile::MergeKind>::parse(const Node& node, compile::MergeKind& out,
                                           Binder& binder) {
  if (!detail::expect_scalar(node, binder, "one of " + name())) return false;
  const auto& names = EnumNames<compile::Kind>::names;
  const std::string zip_name = compile::name_of(compile::Kind::zip);
  const bool zip = node.text == zip_name;
  const auto* const found = std::ranges::find(names, node.text);
  out.value = static_cast<compile::Kind>(found - std::begin(names));
  if (found != std::end(names) && !zip) return true;
  std::vector<std::string> choices(std::begin(names), std::end(names));
  std::erase(choices, zip_name);
  binder.error(node, "expected one of " + name() + ", got " + detail::shape_of(node),
               zip ? "'zip' is a stage type: 'uses: zip'" : binder.nearest(node.text, choices));
  return false;
}

bool OptionType<compile::Weight>::parse(const Node& node, compile::Weight& out, Binder& binder) {
  const std::string what = "a weight from 1 to " + std::to_string(compile::Weight::kMost);
  if (!detail::expect_scalar(node, binder, what)) return false;
  const auto number = compile::number_of<decltype(out.value)>(node.text);
  out.value = number.value_or(0);
  if (out.value >= 1 && out.value <= compile::Weight::kMost) return true;
  binder.error(node, "expected " + what + ", got " + detail::shape_of(node));
  return false;
}

bool OptionType<compile::MergeSpec>::parse(const Node& node, compile::MergeSpec& out,
                                           Binder& binder) {
  if (node.shape == Node::Shape::map) {
    return binder.bind_map(compile::keys_of<compile::MergeSpec>(), &out, node) &&
           compile::check_keys(out, node, binder);
  }
  return OptionType<compile::MergeKind>::parse(node, out.policy.emplace(), binder) &&
         compile::check_keys(out, node, binder);
}

}  // namespace weir
