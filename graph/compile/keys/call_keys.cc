#include "graph/compile/keys/call_keys.h"

#include <algorithm>

#include "graph/compile/keys/graph_keys.h"
#include "graph/compile/keys/number_of.h"
#include "graph/compile/keys/shared_keys.h"
#include "graph/compile/keys/worker_keys.h"
#include "weir/frequency.h"

namespace weir::compile {
namespace {

/// The map of `on_error: { to: NAME }`.
struct LetterSpec {
  std::string to;
};

/// `key` written as a map.
struct KeySpec {
  std::vector<Field> fields;
  std::optional<std::uint64_t> max;
  KeyPolicy::WhenFull when_full = KeyPolicy::WhenFull::error;
};

const std::vector<OptionSpec>& letter_keys() {
  static const auto keys = declared<LetterSpec>([](auto& map) {
    map.required("to", &LetterSpec::to,
                 "The stage that takes the record, as it was, with its error.");
  });
  return keys;
}

}  // namespace

template <>
const std::vector<OptionSpec>& keys_of<KeyPolicy>() {
  static const auto keys = declared<KeySpec>([](auto& map) {
    map.required("fields", &KeySpec::fields, "Records with the same values belong together.")
        .optional("max", &KeySpec::max,
                  "Keys that have state; by default as many as `limits.state` holds.")
        .min(&KeySpec::max, std::optional<std::uint64_t>(1))
        .optional("when_full", &KeySpec::when_full,
                  "What becomes of a record whose key finds no room: an error, or the state of the "
                  "key unused longest goes.");
  });
  return keys;
}

RetryPolicy RetrySpec::policy() const {
  // By default the bound is 30s, or the first backoff if that is longer.
  return {attempts, backoff, max_backoff.value_or(std::max(RetryPolicy().max_backoff, backoff)),
          jitter};
}

template <>
const std::vector<OptionSpec>& keys_of<RetrySpec>() {
  static const auto keys = declared<RetrySpec>([](auto& map) {
    map.required("attempts", &RetrySpec::attempts, "How many at most; counts the first.")
        .min(&RetrySpec::attempts, 1)
        .optional("backoff", &RetrySpec::backoff, "Before the second attempt; then doubled.")
        .optional("max_backoff", &RetrySpec::max_backoff, "By default 30s, or `backoff`.")
        .optional("jitter", &RetrySpec::jitter, "full: anything from nothing to the backoff.");
  });
  return keys;
}

template <>
const std::vector<OptionSpec>& keys_of<HedgeSpec>() {
  static const auto keys = declared<HedgeSpec>([](auto& map) {
    map.required("after", &HedgeSpec::after,
                 "When another attempt starts beside the first: a time, or a percentile such as "
                 "`p95` of what calls took.")
        .optional("extra", &HedgeSpec::extra, "How many further attempts.")
        .min(&HedgeSpec::extra, 1)
        .optional("budget", &HedgeSpec::budget, "Hedges as a share of all calls, at most.");
  });
  return keys;
}

template <>
const std::vector<OptionSpec>& keys_of<BreakerPolicy>() {
  static const auto keys = declared<BreakerPolicy>([](auto& map) {
    map.optional("failures", &BreakerPolicy::failures, "So many open it.")
        .min(&BreakerPolicy::failures, 1)
        .optional("within", &BreakerPolicy::within, "In this time.")
        .min(&BreakerPolicy::within, Duration(1))
        .optional("cooldown", &BreakerPolicy::cooldown, "Then one call tries again.")
        .min(&BreakerPolicy::cooldown, Duration(1));
  });
  return keys;
}

template <>
const std::vector<OptionSpec>& keys_of<QueueSpec>() {
  static const auto keys = declared<QueueSpec>([](auto& map) {
    map.optional("records", &QueueSpec::records, "How many may wait.")
        .min(&QueueSpec::records, std::optional<std::uint64_t>(1))
        .optional("bytes", &QueueSpec::bytes, "How much may wait.")
        .min(&QueueSpec::bytes, std::optional(Bytes{1}))
        .optional(
            "when_full", &QueueSpec::when_full,
            "wait: what is above waits; else a record is shed, the newest or the oldest one.");
  });
  return keys;
}

std::vector<KeyMap> stage_key_maps() {
  return {{"workers", adaptive_worker_keys()},   {"key", keys_of<KeyPolicy>()},
          {"on_error", letter_keys()},           {"retry", keys_of<RetrySpec>()},
          {"hedge", keys_of<HedgeSpec>()},       {"rate", keys_of<RateLimit>()},
          {"breaker", keys_of<BreakerPolicy>()}, {"queue", keys_of<QueueSpec>()},
          {"merge", keys_of<MergeSpec>()},       {"loop", keys_of<LoopSpec>()}};
}

}  // namespace weir::compile

namespace weir {

bool OptionType<compile::ErrorSpec>::parse(const Node& node, compile::ErrorSpec& out,
                                           Binder& binder) {
  const std::string what = "one of fail | skip | keep | { to: NAME }";
  if (node.shape == Node::Shape::map) {
    compile::LetterSpec letter;
    if (!binder.bind_map(compile::letter_keys(), &letter, node)) return false;
    out.policy.action = compile::OnError::letter;
    out.to = letter.to;
    return true;
  }
  if (!detail::expect_scalar(node, binder, what)) return false;
  static const std::vector<std::string> kActions = {"fail", "skip", "keep"};
  const auto found = std::find(kActions.begin(), kActions.end(), node.text);
  if (found == kActions.end()) {
    binder.error(node, "expected " + what + ", got " + detail::shape_of(node),
                 binder.nearest(node.text, kActions));
    return false;
  }
  out.policy.action = static_cast<compile::OnError>(found - kActions.begin());
  return true;
}

std::string OptionType<compile::ErrorSpec>::show(const compile::ErrorSpec& spec) {
  static constexpr const char* kActions[] = {"fail", "skip", "keep", "letter"};
  return kActions[static_cast<std::size_t>(spec.policy.action)];
}

bool OptionType<KeyPolicy>::parse(const Node& node, KeyPolicy& out, Binder& binder) {
  const bool map = node.shape == Node::Shape::map;
  compile::KeySpec spec;
  const bool bound = map ? binder.bind_map(compile::keys_of<KeyPolicy>(), &spec, node)
                         : OptionType<std::vector<Field>>::parse(node, spec.fields, binder);
  out = {std::move(spec.fields), spec.max.value_or(0), spec.when_full};
  if (!bound || !out.fields.empty()) return bound;
  binder.error(map ? *node.find("fields") : node, "expected at least one field, got none");
  return false;
}

bool OptionType<compile::CostPolicy>::parse(const Node& node, compile::CostPolicy& out,
                                            Binder& binder) {
  if (!detail::expect_scalar(node, binder, "a number from 1 on or a field")) return false;
  if (node.text.find_first_not_of("0123456789.+-") != std::string::npos) {
    return OptionType<Field>::parse(node, out.field, binder);
  }
  const std::optional<std::uint32_t> number = compile::number_of<std::uint32_t>(node.text);
  if (number && *number >= 1) {
    out.fixed = *number;
    return true;
  }
  binder.error(node, "expected a number from 1 on or a field, got " + detail::shape_of(node));
  return false;
}

bool OptionType<compile::HedgeAfter>::parse(const Node& node, compile::HedgeAfter& out,
                                            Binder& binder) {
  const bool percentile = node.shape == Node::Shape::scalar && node.text.starts_with('p');
  if (!percentile) return OptionType<Duration>::parse(node, out.time, binder);
  const std::optional<double> number =
      compile::number_of<double>(std::string_view(node.text).substr(1));
  if (number && *number >= 1 && *number <= 99.9) {
    out.percentile = *number;
    return true;
  }
  binder.error(
      node, "expected a duration, or a percentile from p1 to p99.9, got " + detail::shape_of(node));
  return false;
}

bool OptionType<compile::ShareSpec>::parse(const Node& node, compile::ShareSpec& out,
                                           Binder& binder) {
  Proportion share;
  if (!OptionType<Proportion>::parse(node, share, binder)) return false;
  out.value = share.part;
  return true;
}

}  // namespace weir
