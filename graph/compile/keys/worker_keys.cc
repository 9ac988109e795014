#include "graph/compile/keys/worker_keys.h"

#include "graph/compile/keys/number_of.h"

namespace weir::compile {
namespace {

enum class Adaption { aimd, gradient };

/// `workers` written as a map, whose number adapts.
struct AdaptiveSpec {
  int min = 1;
  int max = 1;
  Adaption policy = Adaption::gradient;
  std::optional<Duration> target;
};

bool bind_adaptive(const Node& node, Workers& out, Binder& binder) {
  AdaptiveSpec spec;
  if (!binder.bind_map(adaptive_worker_keys(), &spec, node)) return false;
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
  static const auto keys = declared<AdaptiveSpec>([](auto& map) {
    map.optional("min", &AdaptiveSpec::min, "Calls at the same time, at least.")
        .min(&AdaptiveSpec::min, 1)
        .required("max", &AdaptiveSpec::max, "Calls at the same time, at most.")
        .min(&AdaptiveSpec::max, 1)
        .max(&AdaptiveSpec::max, OptionType<Workers>::kMost)
        .required(
            "policy", &AdaptiveSpec::policy,
            "gradient: more while more calls at once give more answers a second; aimd: the same, "
            "but a tenth fewer when a call fails or calls typically take longer than `target`.")
        .optional("target", &AdaptiveSpec::target,
                  "aimd: what calls should typically take at most.")
        .min(&AdaptiveSpec::target, std::optional(Duration(1)));
  });
  return keys;
}

}  // namespace weir::compile

namespace weir {

template <>
struct EnumNames<compile::Adaption> {
  static constexpr std::string_view names[] = {"aimd", "gradient"};
};

bool OptionType<compile::Workers>::parse(const Node& node, compile::Workers& out, Binder& binder) {
  if (node.shape == Node::Shape::map) return compile::bind_adaptive(node, out, binder);
  const std::string what = "a number from 1 to " + std::to_string(kMost) + ", auto, or a map";
  if (!detail::expect_scalar(node, binder, what)) return false;
  const std::optional<int> number = compile::number_of<int>(node.text);
  const bool good = number && *number >= 1 && *number <= kMost;
  if (!good && node.text != "auto") {
    binder.error(node, "expected " + what + ", got " + detail::shape_of(node));
    return false;
  }
  out.min = out.max = good ? *number : 0;
  return true;
}

}  // namespace weir
