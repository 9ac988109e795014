#include "graph/compile/keys/params.h"

#include <cmath>
#include <optional>

#include "graph/compile/keys/number_of.h"

namespace weir::compile {
namespace {

std::optional<double> finite_number(std::string_view text) {
  const std::optional<double> value = number_of<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string shown(double value) { return OptionType<double>::show(value); }

/// Returns the value as a number in an expression, a duration in seconds and a size in bytes;
/// nothing if the text is no value of `type`.
std::optional<std::string> constant_of(ParamType type, const std::string& text) {
  if (type == ParamType::duration) {
    Duration duration{};
    if (!OptionType<Duration>::parse_text(text, duration)) return std::nullopt;
    return shown(std::chrono::duration<double>(duration).count());
  }
  if (type == ParamType::size) {
    Bytes bytes;
    if (!OptionType<Bytes>::parse_text(text, bytes)) return std::nullopt;
    return std::to_string(bytes.value);
  }
  if (type == ParamType::integer && !number_of<std::int64_t>(text)) return std::nullopt;
  const std::optional<double> number = finite_number(text);
  if (!number) return std::nullopt;
  return type == ParamType::integer ? text : shown(*number);
}

/// Returns the type that a scalar looks like.
ParamType type_of(const Node& plain) {
  if (plain.quoted) return ParamType::text;
  if (number_of<std::int64_t>(plain.text)) return ParamType::integer;
  if (finite_number(plain.text)) return ParamType::number;
  return plain.text == "true" || plain.text == "false" ? ParamType::boolean : ParamType::text;
}

std::string expected(ParamType type) {
  switch (type) {
    case ParamType::integer:
      return "expected an integer";
    case ParamType::number:
      return "expected a number";
    case ParamType::boolean:
      return "expected true or false";
    case ParamType::duration:
      return "expected a duration such as 500ms or 1h30m";
    default:
      return "expected a size such as 64KiB";
  }
}

/// Gives the value its type. Returns false if it has another one.
bool give_type(ParamType type, ParamValue& value) {
  switch (type) {
    case ParamType::text:
    case ParamType::pattern:
      return true;
    case ParamType::expression:
      value.kind = Insert::Kind::expression;
      return true;
    case ParamType::boolean:
      value.kind = Insert::Kind::boolean;
      value.constant = value.text;
      return value.text == "true" || value.text == "false";
    default:
      break;
  }
  const std::optional<std::string> constant = constant_of(type, value.text);
  if (!constant) return false;
  value.kind = Insert::Kind::number;
  value.constant = *constant;
  return true;
}

/// Reads the entries of `params:`.
class ParamReader {
 public:
  ParamReader(const Sets& set, SpecBinder& binder) : set_(set), binder_(binder) {}

  /// Returns the value of one entry; reports what is wrong with it.
  ParamValue read(const Node::Entry& entry) {
    const auto& [key, node] = entry;
    ParamValue value;
    value.wrong = true;
    if (!is_name(key.text)) {
      binder_.error(key,
                    "expected a name of a-z, 0-9, '_' and '-' that begins with a letter, got " +
                        in_quotes(key.text));
    }
    if (node.shape != Node::Shape::map) {
      binder_.error(node, "expected a map, got " + detail::shape_of(node),
                    "write it as '" + key.text.substr(0, 40) + ": { default: ..., about: ... }'");
      return value;
    }
    ParamSpec spec;
    const bool good = bind_options(param_keys(), &spec, node, "key", node.mark, binder_,
                                   unknown_key(param_keys(), binder_));
    const Node* given = spec.default_value.node;
    if (given && given->shape != Node::Shape::scalar) {
      binder_.error(*given, "expected text or a number, got " + detail::shape_of(*given));
      return value;
    }
    if (given && given->is_null()) given = nullptr;
    const std::string* set = value_set(key.text);
    if (good && given) value = read_default(key.text, *given, spec.type);
    if (set) return read_set(key.text, *set, given, spec.type);
    if (good && !given) {
      binder_.error(key, "missing value for param " + in_quotes(key.text),
                    "set it with --set " + key.text.substr(0, 40) + "=VALUE, or give it a default");
    }
    return value;
  }

 private:
  const std::string* value_set(const std::string& name) const {
    const std::string* found = nullptr;
    for (const auto& [set_name, value] : set_) {
      if (set_name == name) found = &value;
    }
    return found;
  }

  ParamValue read_default(const std::string& name, const Node& given,
                          std::optional<ParamType> type) {
    ParamValue value{given.text, given.quoted};
    for (const Insert& insert : given.inserts) value.secret |= insert.secret;
    const ParamType wanted = type.value_or(type_of(given));
    value.undeclared = !type && wanted == ParamType::text;
    if (give_type(wanted, value)) return value;
    binder_.error(
        given, expected(wanted) + " for " + in_quotes(name) + ", got " + detail::shape_of(given));
    value.wrong = true;
    return value;
  }

  ParamValue read_set(const std::string& name, const std::string& set, const Node* given,
                      std::optional<ParamType> type) {
    ParamValue value{set, true};
    const ParamType wanted = type ? *type : given ? type_of(*given) : ParamType::text;
    value.undeclared = !type && wanted == ParamType::text;
    if (give_type(wanted, value)) return value;
    binder_.diagnostics().error(
        {}, expected(wanted) + " for " + in_quotes(name) + ", got " + in_quotes(set),
        type ? "" : "its default is one; 'type: text' at the param takes anything");
    value.wrong = true;
    return value;
  }

  const Sets& set_;
  SpecBinder& binder_;
};

}  // namespace

Params read_params(const Node* node, const Sets& set, SpecBinder& binder) {
  Params params;
  std::vector<std::string> names;
  if (node && node->shape == Node::Shape::map) {
    ParamReader reader(set, binder);
    for (const Node::Entry& entry : node->entries) {
      params[entry.key.text] = reader.read(entry);
      names.push_back(entry.key.text);
    }
  } else if (node && !node->is_null()) {
    binder.error(*node, "expected a map, got " + detail::shape_of(*node));
    return params;
  }
  for (const auto& [name, value] : set) {
    if (params.count(name)) continue;
    binder.diagnostics().error({}, "unknown param " + in_quotes(name), did_you_mean(name, names));
  }
  return params;
}

}  // namespace weir::compile
