#include "graph/compile/keys/pipeline_spec.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "graph/compile/keys/number_of.h"

namespace weir::compile {
namespace {

/// Reports an unknown key of a stage, which may be an option that belongs under `with:`.
void unknown_stage_key(const Node& key, const TypeSpec* type, SpecBinder& binder) {
  std::string hint = did_you_mean(key.text, names_of(stage_keys()));
  if (type && type->option(key.text)) {
    hint = "'" + key.text + "' is an option of '" + type->name + "': put it under 'with:'";
  }
  binder.diagnostics().error(key.mark, "unknown key " + in_quotes(key.text), hint);
}

StageSpec read_stage(const Node& node, const Registry& registry, SpecBinder& binder) {
  StageSpec spec;
  spec.node = &node;
  if (node.shape != Node::Shape::map) {
    const bool word = node.shape == Node::Shape::scalar && !node.is_null();
    std::string hint = missing_space_hint(node);
    if (word && hint.empty()) hint = "write it as '- uses: " + node.text.substr(0, 40) + "'";
    binder.diagnostics().error(node.mark, "expected a stage, got " + detail::shape_of(node),
                               std::move(hint));
    spec.good = false;
    return spec;
  }
  const Node* uses = node.find("uses");
  const TypeSpec* type = uses ? registry.find(uses->text) : nullptr;
  binder.take_named();
  spec.good = bind_options(stage_keys(), &spec, node, "key", node.mark, binder,
                           [&](const Node& key) { unknown_stage_key(key, type, binder); });
  spec.named = binder.take_named();
  return spec;
}

/// Returns the part of the type's name after the last dot.
std::string default_name(const std::string& type) { return type.substr(type.rfind('.') + 1); }

void check_written_names(std::vector<StageSpec>& stages, std::set<std::string>& taken,
                         Diagnostics& diagnostics) {
  for (StageSpec& stage : stages) {
    if (stage.name.empty()) continue;
    const Mark& mark = stage.node->find("name")->mark;
    if (!is_name(stage.name)) {
      diagnostics.error(mark,
                        "expected a name of a-z, 0-9, '_' and '-' that begins with a letter, "
                        "got " +
                            in_quotes(stage.name),
                        "prose goes into 'about'");
    } else if (!taken.insert(stage.name).second) {
      diagnostics.error(mark, "duplicate stage name " + in_quotes(stage.name));
    }
  }
}

/// Names each unnamed stage after its type: `filter`, and `filter-2` for the second one.
void give_default_names(std::vector<StageSpec>& stages, std::set<std::string>& taken) {
  std::map<std::string, int> next;
  for (StageSpec& stage : stages) {
    if (!stage.name.empty() || stage.uses.empty()) continue;
    const std::string base = default_name(stage.uses);
    int& number = next.try_emplace(base, 1).first->second;
    do {
      stage.name = number == 1 ? base : base + "-" + std::to_string(number);
      ++number;
    } while (!taken.insert(stage.name).second);
    stage.numbered = stage.name != base;
  }
}

}  // namespace

Mark StageSpec::uses_mark() const {
  const Node* written = node->shape == Node::Shape::map ? node->find("uses") : nullptr;
  return written ? written->mark : node->mark;
}

Mark StageSpec::input_mark(std::size_t input) const {
  return input < from.inputs.size() ? from.inputs[input].mark : uses_mark();
}

Mark StageSpec::merge_mark() const {
  const Node* written = node->shape == Node::Shape::map ? node->find("merge") : nullptr;
  if (!written) return uses_mark();
  const Node* policy = written->shape == Node::Shape::map ? written->find("policy") : nullptr;
  return policy ? policy->mark : written->mark;
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto inner = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), inner);
}

PipelineSpec read_pipeline(const Node& root, SpecBinder& binder) {
  PipelineSpec spec;
  if (root.shape != Node::Shape::map) {
    binder.diagnostics().error(
        root.mark, "expected a map with the key 'stages', got " + detail::shape_of(root),
        root.shape == Node::Shape::list ? "put the list under 'stages:'" : "");
    return spec;
  }
  bind_options(pipeline_keys(), &spec, root, "key", {}, binder,
               unknown_key(pipeline_keys(), binder));
  return spec;
}

std::optional<LimitsSpec> read_limits(const Node& node, SpecBinder& binder) {
  LimitsSpec spec;
  if (node.is_null()) return spec;
  if (node.shape != Node::Shape::map) {
    binder.diagnostics().error(node.mark, "expected a map, got " + detail::shape_of(node),
                               missing_space_hint(node));
    return std::nullopt;
  }
  const bool good = bind_options(limit_keys(), &spec, node, "key", node.mark, binder,
                                 unknown_key(limit_keys(), binder));
  return good ? std::optional(spec) : std::nullopt;
}

std::vector<StageSpec> read_stages(const Node& node, const Registry& registry, SpecBinder& binder) {
  std::vector<StageSpec> stages;
  if (node.shape != Node::Shape::list) {
    binder.diagnostics().error(node.mark,
                               "expected a list of stages, got " + detail::shape_of(node));
    return stages;
  }
  for (const Node& item : node.items) stages.push_back(read_stage(item, registry, binder));
  std::set<std::string> taken;
  check_written_names(stages, taken, binder.diagnostics());
  give_default_names(stages, taken);
  return stages;
}

}  // namespace weir::compile

namespace weir {

bool OptionType<compile::Count>::parse(const Node& node, compile::Count& out, Binder& binder) {
  const std::string what =
      "a number from 1 to " + std::to_string(compile::Count::kMost) + " or auto";
  if (!detail::expect_scalar(node, binder, what)) return false;
  const std::optional<int> number = compile::number_of<int>(node.text);
  const bool fits = number && *number >= 1 && *number <= compile::Count::kMost;
  if (!fits && node.text != "auto") {
    binder.error(node, "expected " + what + ", got " + detail::shape_of(node));
    return false;
  }
  out.value = fits ? *number : 0;
  return true;
}

bool OptionType<compile::MemorySize>::parse(const Node& node, compile::MemorySize& out,
                                            Binder& binder) {
  if (!detail::expect_scalar(node, binder, "a size such as 64KiB or auto")) return false;
  if (node.text == "auto") {
    out.value = 0;
    return true;
  }
  Bytes bytes;
  if (!OptionType<Bytes>::parse(node, bytes, binder)) return false;
  if (bytes.value < compile::MemorySize::kLeast) {
    binder.error(node, "expected at least " +
                           OptionType<Bytes>::show({compile::MemorySize::kLeast}) + ", got '" +
                           node.text + "'");
    return false;
  }
  out.value = bytes.value;
  return true;
}

}  // namespace weir
