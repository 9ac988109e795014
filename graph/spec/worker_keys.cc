#include "graph/spec/worker_keys.h"

#include <charconv>

namespace weir {
namespace {

enum class Adaption { aimd, gradient };

/// `workers` where they adapt.
struct AdaptiveSpec {
  int min = 1;
  int max = 1;
  Adaption policy = Adaption::gradient;
  std::optional<Duration> target;
};

std::optional<int> number_of(std::string_view text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc() || at != end) return std::nullopt;
  return value;
}

}  // namespace

template <>
struct EnumNames<Adaption> {
  static constexpr std::string_view names[] = {"aimd", "gradient"};
};

namespace {

bool bind_adaptive(const Node& node, Workers& out, Binder& binder) {
  AdaptiveSpec spec;
  if (!bind_map(adaptive_worker_keys(), &spec, node, binder)) return false;
  if (spec.min > spec.max) {
    binder.error(*node.find("min"), "expected 'min' of at most " + std::to_string(spec.max) +
                                        ", as 'max' says, got '" + std::to_string(spec.min) + "'");
    return false;
  }
  Diagnostics& diagnostics = static_cast<SpecBinder&>(binder).diagnostics();
  const bool aimd = spec.policy == Adaption::aimd;
  if (aimd && !spec.target) {
    diagnostics.error(node.find("policy")->mark, "missing key 'target'",
                      "aimd takes fewer workers when a call takes longer than that");
    return false;
  }
  if (!aimd && spec.target) {
    diagnostics.error(entry_of(node, "target")->key.mark, "policy 'gradient' takes no 'target'",
                      "only 'policy: aimd' does");
    return false;
  }
  out.policy = aimd ? Workers::Policy::aimd : Workers::Policy::gradient;
  out.min = spec.min;
  out.max = spec.max;
  out.target = spec.target.value_or(Duration(0));
  return true;
}

}  // namespace

const std::vector<OptionSpec>& adaptive_worker_keys() {
  static const TypeSpec type = [] {
    TypeSpec spec;
    TypeBuilder<Stage, AdaptiveSpec>(spec)
        .optional("min", &AdaptiveSpec::min, "Calls at the same time, at least.")
        .min(&AdaptiveSpec::min, 1)
        .required("max", &AdaptiveSpec::max, "Calls at the same time, at most.")
        .min(&AdaptiveSpec::max, 1)
        .max(&AdaptiveSpec::max, OptionType<Workers>::kMost)
        .required("policy", &AdaptiveSpec::policy,
                  "aimd: one more while calls stay below `target`, fewer by a share when one does "
                  "not or fails; gradient: by the trend of what calls take.")
        .optional("target", &AdaptiveSpec::target, "aimd: what a call should take at most.")
        .min(&AdaptiveSpec::target, std::optional(Duration(1)));
    return spec;
  }();
  return type.options;
}

bool OptionType<Workers>::parse(const Node& node, Workers& out, Binder& binder) {
  if (node.shape == Node::Shape::map) return bind_adaptive(node, out, binder);
  const std::string what = "a number from 1 to " + std::to_string(kMost) + ", auto, or a map";
  if (!detail::expect_scalar(node, binder, what)) return false;
  const std::optional<int> number = number_of(node.text);
  const bool good = number && *number >= 1 && *number <= kMost;
  if (!good && node.text != "auto") {
    binder.error(node, "expected " + what + ", got " + detail::shape_of(node));
    return false;
  }
  out.min = out.max = good ? *number : 0;
  return true;
}

}  // namespace weir
