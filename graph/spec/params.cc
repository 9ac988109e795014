#include "graph/spec/params.h"

namespace weir {
namespace {

/// One entry of `params:`: its default, or what is wrong with it.
ParamValue read_param(const Node::Entry& entry, bool is_set, SpecBinder& binder) {
  ParamValue value;
  value.wrong = true;
  const auto& [key, node] = entry;
  if (!is_name(key.text)) {
    binder.error(key, "expected a name of a-z, 0-9, '_' and '-' that begins with a letter, got " +
                          quoted(key.text));
  }
  if (node.shape != Node::Shape::map) {
    binder.error(node, "expected a map, got " + detail::shape_of(node),
                 "write it as '" + key.text.substr(0, 40) + ": { default: ..., about: ... }'");
    return value;
  }
  ParamSpec spec;
  const bool good =
      bind_options(param_keys(), &spec, node, "key", node.mark, binder, [&](const Node& unknown) {
        binder.error(unknown, "unknown key " + quoted(unknown.text),
                     did_you_mean(unknown.text, names_of(param_keys())));
      });
  const Node* given = spec.default_value.node;
  if (given && given->shape != Node::Shape::scalar) {
    binder.error(*given, "expected text or a number, got " + detail::shape_of(*given));
  } else if (good && given && !given->is_null()) {
    return {given->text, given->quoted, false};
  } else if (good && !is_set) {
    binder.error(key, "missing value for param " + quoted(key.text),
                 "set it with --set " + key.text.substr(0, 40) + "=VALUE, or give it a default");
  }
  return value;
}

}  // namespace

Params read_params(const Node* node, const std::vector<std::pair<std::string, std::string>>& set,
                   SpecBinder& binder) {
  Params params;
  std::vector<std::string> names;
  if (node && node->shape == Node::Shape::map) {
    for (const Node::Entry& entry : node->entries) {
      const std::string& name = entry.key.text;
      bool is_set = false;
      for (const auto& [set_name, value] : set) is_set |= set_name == name;
      params[name] = read_param(entry, is_set, binder);
      names.push_back(name);
    }
  } else if (node && !node->is_null()) {
    binder.error(*node, "expected a map, got " + detail::shape_of(*node));
    return params;
  }
  for (const auto& [name, value] : set) {
    if (params.count(name)) {
      params[name] = {value, true, false};
    } else {
      binder.diagnostics().error({}, "unknown param " + quoted(name), did_you_mean(name, names));
    }
  }
  return params;
}

}  // namespace weir
