#include "runtime/describe/json_schema.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/compile/keys/call_keys.h"
#include "graph/compile/keys/pipeline_spec.h"
#include "graph/compile/keys/rate_keys.h"
#include "graph/compile/keys/role_keys.h"
#include "graph/compile/keys/shared_keys.h"
#include "runtime/describe/describe.h"
#include "weir/detail/json_text.h"

namespace weir::cli {
namespace {

using Words = std::vector<std::string>;

std::string text_of(std::string_view text) {
  std::string out;
  detail::append_json_string(out, text);
  return out;
}

std::string array(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "[" : ",") + item;
  return (out.empty() ? "[" : out) + "]";
}

std::string list_of_texts(const Words& texts) {
  Words items;
  for (const std::string& text : texts) items.push_back(text_of(text));
  return array(items);
}

/// An object, written member by member; each is JSON already.
class Object {
 public:
  Object& add(std::string_view name, const std::string& json) {
    text_ += (text_.empty() ? "{" : ",") + text_of(name) + ":" + json;
    return *this;
  }
  std::string done() const { return (text_.empty() ? "{" : text_) + "}"; }

 private:
  std::string text_;
};

std::string any_of(const Words& schemas) {
  return schemas.size() == 1 ? schemas.front() : Object().add("anyOf", array(schemas)).done();
}

/// A text that matches the whole pattern.
std::string matching(const std::string& pattern) {
  return Object().add("type", "\"string\"").add("pattern", text_of("^" + pattern + "$")).done();
}

std::string defined(std::string_view definition) {
  return Object().add("$ref", text_of("#/definitions/" + std::string(definition))).done();
}

/// The types that options have by these names. What is written as a number or as true is text, too,
/// and the other way round, since quotes make no difference.
struct Scalar {
  const char* name;
  const char* json;     ///< The JSON type beside text; null: none.
  const char* pattern;  ///< What the text must match; null: any text.
};
constexpr Scalar kScalars[] = {
    {"text", R"(["string","number","boolean"])", nullptr},
    {"integer", "\"integer\"", R"([+-]?[0-9]+)"},
    {"number", "\"number\"", R"([+-]?[0-9.]+([eE][+-]?[0-9]+)?)"},
    {"boolean", "\"boolean\"", "(true|false)"},
    {"duration", nullptr, R"((([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|ms|s|m|h|d))+)"},
    {"size", "\"number\"", R"(([0-9]+\.?[0-9]*|\.[0-9]+)([kKMGT]i?B|B)?)"},
    {"rate", nullptr, R"(([0-9]+\.?[0-9]*|\.[0-9]+)/(ms|s|m|h))"},
    {"share", "\"number\"", R"(([0-9]+\.?[0-9]*|\.[0-9]+)%?)"},
};

/// Names of types whose values are any text.
constexpr std::string_view kTexts[] = {
    "field",        "expression",          "pattern", "template", "secret", "name", "percentile",
    "url template", "stage or stage.port", "zone",    "reference"};

/// A place where `${...}` stands for the value, or for a part of it.
constexpr const char* kInsert = R"({"type":"string","pattern":"\\$\\{"})";

std::string definition_of(const Scalar& scalar) {
  Words schemas;
  if (scalar.json) schemas.push_back(Object().add("type", scalar.json).done());
  if (scalar.pattern) schemas.push_back(matching(scalar.pattern));
  if (scalar.pattern) schemas.push_back(kInsert);
  return any_of(schemas);
}

bool is_scalar(std::string_view type) {
  return std::ranges::any_of(kScalars, [&](const Scalar& one) { return one.name == type; });
}

Words alternatives(std::string_view type) {
  Words all;
  while (true) {
    const std::size_t end = type.find(" | ");
    all.emplace_back(type.substr(0, end));
    if (end == type.npos) return all;
    type.remove_prefix(end + 3);
  }
}

enum class Empty { kRefused, kTaken };

/// Makes the schemas of options out of what their declarations say.
class Schemas {
 public:
  /// `empty`: whether weir takes a map with nothing after its key, unless an option is required.
  std::string options(const std::vector<OptionSpec>& options, Empty empty = Empty::kRefused) const {
    Object properties;
    Words required;
    for (const OptionSpec& option : options) {
      add(option, properties);
      if (option.required) required.push_back(option.name);
    }
    return object(properties.done(), required, empty);
  }

  void add(const OptionSpec& option, Object& properties,
           const std::vector<compile::KeyMap>& maps = {}) const {
    properties.add(option.name, described(option, schema_of(option, maps)));
  }

  static std::string object(const std::string& properties, const Words& required,
                            Empty empty = Empty::kRefused) {
    const bool nothing = empty == Empty::kTaken && required.empty();
    Object out;
    out.add("type", nothing ? R"(["object","null"])" : "\"object\"").add("properties", properties);
    if (!required.empty()) out.add("required", list_of_texts(required));
    return out.add("additionalProperties", "false").done();
  }

  /// Adds to a schema what an editor shows.
  static std::string described(const OptionSpec& option, const std::string& schema) {
    std::string about = about_text(option.about);
    const std::string facts = option_facts(option);
    about += " (" + option.type + (facts.empty() ? "" : "; " + facts) + ")";
    return Object().add("description", text_of(about)).add("allOf", array({schema})).done();
  }

 private:
  std::string schema_of(const OptionSpec& option, const std::vector<compile::KeyMap>& maps) const {
    if (!option.choices.empty()) return choice_of(option.choices);
    if (option.type == "integer" || option.type == "number") return bounded(option);
    const auto map = std::ranges::find(maps, option.name, &compile::KeyMap::key);
    return schema_of(option.type, map == maps.end() ? nullptr : &map->keys);
  }

  /// `keys` are those of a map that the option may be.
  std::string schema_of(std::string_view type, const std::vector<OptionSpec>* keys) const {
    Words schemas;
    Words unknown;
    const Words all = alternatives(type);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string& one = all[i];
      const OptionSpec* const key = keys ? key_of(*keys, one) : nullptr;
      if (key) {
        schemas.push_back(schema_of(*key, {}));
      } else if (one.starts_with("map") && keys) {
        schemas.push_back(options(*keys));
      } else if (one.starts_with("map of ")) {
        std::string element = one.substr(7);
        while (++i < all.size()) element += " | " + all[i];
        schemas.push_back(map_of(schema_of(element, nullptr)));
      } else if (one.starts_with("list of ")) {
        const std::string element = schema_of(one.substr(8), nullptr);
        schemas.push_back(element);
        schemas.push_back(Object().add("type", "\"array\"").add("items", element).done());
      } else if (is_scalar(one)) {
        schemas.push_back(defined(one));
      } else if (one == "time" || one == "field or time") {
        schemas.push_back(defined("time"));
      } else if (std::ranges::find(kTexts, one) != std::end(kTexts)) {
        schemas.push_back(defined("text"));
      } else {
        unknown.push_back(one);
      }
    }
    if (unknown.empty()) return any_of(schemas);
    // Either the type is one of a plugin, by whatever name, or these are the values themselves.
    const bool values = unknown.size() > 1 || (keys && !schemas.empty());
    if (!values && unknown.front() != "auto") return "{}";
    // First, since an editor shows what the first alternative wants.
    schemas.insert(schemas.begin(), choice_of(unknown));
    return any_of(schemas);
  }

  /// Returns the key of a map whose value may also stand for the map.
  static const OptionSpec* key_of(const std::vector<OptionSpec>& keys, std::string_view name) {
    const auto found = std::ranges::find(keys, name, &OptionSpec::name);
    return found == keys.end() ? nullptr : &*found;
  }

  static std::string map_of(const std::string& element) {
    return Object().add("type", "\"object\"").add("additionalProperties", element).done();
  }

  static std::string choice_of(const Words& choices) {
    return any_of({Object().add("enum", list_of_texts(choices)).done(), kInsert});
  }

  /// A number between the option's bounds.
  static std::string bounded(const OptionSpec& option) {
    Object number;
    number.add("type", text_of(option.type));
    if (!option.min.empty()) number.add("minimum", option.min);
    if (!option.max.empty()) number.add("maximum", option.max);
    const auto* const scalar = std::ranges::find(
        kScalars, option.type, [](const Scalar& one) { return std::string(one.name); });
    return any_of({number.done(), matching(scalar->pattern), kInsert});
  }
};

/// A field with a time: its name, or a map of that and how its times are written.
std::string time_schema() {
  const std::string text = defined("text");
  const std::string texts = Object().add("type", "\"array\"").add("items", text).done();
  Object keys;
  keys.add("field", text).add("format", any_of({text, texts})).add("zone", text);
  keys.add("reference", text);
  return any_of({text, Schemas::object(keys.done(), {"field"})});
}

std::string params_schema() {
  return Object()
      .add("type", R"(["object","null"])")
      .add("additionalProperties", Schemas().options(compile::param_keys()))
      .done();
}

std::string shared_schema() {
  const Schemas schemas;
  const auto named = [](const std::string& element) {
    return Object().add("type", R"(["object","null"])").add("additionalProperties", element).done();
  };
  Object properties;
  for (const OptionSpec& key : compile::shared_keys()) {
    const bool rates = key.name == "rates";
    const std::string map = schemas.options(rates ? compile::keys_of<compile::RateLimit>()
                                                  : compile::keys_of<compile::PoolSpec>());
    properties.add(key.name,
                   Schemas::described(key, named(rates ? any_of({defined("rate"), map}) : map)));
  }
  return Schemas::object(properties.done(), {}, Empty::kTaken);
}

/// A type's part: what stands under `with`, and which keys it takes.
std::string type_schema(const TypeSpec& type) {
  Object properties;
  properties.add("with", Schemas().options(type.options, Empty::kTaken));
  for (const std::string& key : compile::refused_keys(type)) properties.add(key, "false");
  Object then;
  then.add("properties", properties.done());
  const bool needs = std::ranges::any_of(type.options, &OptionSpec::required);
  if (needs) then.add("required", R"(["with"])");
  const std::string uses = Object().add("const", text_of(type.name)).done();
  return Object()
      .add("if", Object()
                     .add("properties", Object().add("uses", uses).done())
                     .add("required", R"(["uses"])")
                     .done())
      .add("then", then.done())
      .done();
}

std::string stage_schema(const std::vector<const TypeSpec*>& types) {
  const Schemas schemas;
  Words uses;
  Words conditions;
  for (const TypeSpec* type : types) {
    uses.push_back(Object()
                       .add("const", text_of(type->name))
                       .add("description", text_of(about_text(type->about)))
                       .done());
    conditions.push_back(type_schema(*type));
  }
  const std::vector<compile::KeyMap> maps = compile::stage_key_maps();
  Object properties;
  for (const OptionSpec& key : compile::stage_keys()) {
    if (key.name == "uses") {
      properties.add("uses", Schemas::described(key, any_of(uses)));
    } else if (key.name == "with") {
      properties.add("with", R"({"type":["object","null"]})");
    } else {
      schemas.add(key, properties, maps);
    }
  }
  return Object()
      .add("type", "\"object\"")
      .add("properties", properties.done())
      .add("required", R"(["uses"])")
      .add("additionalProperties", "false")
      .add("allOf", array(conditions))
      .done();
}

}  // namespace

std::string json_schema(const Registry& registry) {
  std::vector<const TypeSpec*> types;
  for (const auto& type : registry.types()) types.push_back(type.get());
  std::ranges::sort(types, {}, [](const TypeSpec* type) { return type->name; });
  Object definitions;
  for (const Scalar& scalar : kScalars) definitions.add(scalar.name, definition_of(scalar));
  definitions.add("time", time_schema());
  definitions.add("stage", stage_schema(types));
  const Schemas schemas;
  Object properties;
  for (const OptionSpec& key : compile::pipeline_keys()) {
    std::string schema;
    if (key.name == "params") schema = params_schema();
    if (key.name == "limits") schema = schemas.options(compile::limit_keys(), Empty::kTaken);
    if (key.name == "shared") schema = shared_schema();
    if (key.name == "stages") {
      schema = Object().add("type", "\"array\"").add("items", defined("stage")).done();
    }
    if (key.name == "plugins") schema = R"({"type":["string","array"],"items":{"type":"string"}})";
    properties.add(key.name, Schemas::described(key, schema.empty() ? defined("text") : schema));
  }
  return Object()
             .add("$schema", R"("http://json-schema.org/draft-07/schema#")")
             .add("type", "\"object\"")
             .add("properties", properties.done())
             .add("required", R"(["stages"])")
             .add("additionalProperties", "false")
             .add("definitions", definitions.done())
             .done() +
         "\n";
}

}  // namespace weir::cli
