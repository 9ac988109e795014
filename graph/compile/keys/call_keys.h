#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/compile/keys/option_binding.h"
#include "graph/compile/plan/call_policy.h"

// The keys of a stage about the calls of its records, as option types. The keys of each map are
// declared like the options of a stage type.

namespace weir::compile {

struct RetrySpec;
struct HedgeSpec;
struct QueueSpec;

/// Returns the keys of the map that fills an S.
template <class S>
const std::vector<OptionSpec>& keys_of();
template <>
const std::vector<OptionSpec>& keys_of<KeyPolicy>();
template <>
const std::vector<OptionSpec>& keys_of<RetrySpec>();
template <>
const std::vector<OptionSpec>& keys_of<HedgeSpec>();
template <>
const std::vector<OptionSpec>& keys_of<BreakerPolicy>();
template <>
const std::vector<OptionSpec>& keys_of<QueueSpec>();
template <>
const std::vector<OptionSpec>& keys_of<RateLimit>();

/// An option that is a map with keys of its own.
template <class S>
struct MapOption {
  static std::string name() {
    std::string text;
    for (const OptionSpec& key : keys_of<S>()) text += (text.empty() ? "map of " : ", ") + key.name;
    return text;
  }
  static bool parse(const Node& node, S& out, Binder& binder) {
    return binder.bind_map(keys_of<S>(), &out, node);
  }
  static std::string show(const S&) { return ""; }
};

/// `on_error` and `on_deadline` as written.
struct ErrorSpec {
  ErrorPolicy policy;  ///< Its `to` is set once all stages are read.
  std::string to;
};

/// `retry` as written.
struct RetrySpec {
  int attempts = 1;
  Duration backoff = RetryPolicy().backoff;
  std::optional<Duration> max_backoff;
  RetryPolicy::Jitter jitter = RetryPolicy::Jitter::full;

  RetryPolicy policy() const;
};

/// `hedge.after`: a time or a percentile.
struct HedgeAfter {
  Duration time{0};
  double percentile = 0;
};

/// A fraction as written: `5%` or `0.05`.
struct ShareSpec {
  double value = 0;
};

/// `hedge` as written.
struct HedgeSpec {
  HedgeAfter after;
  int extra = HedgePolicy().extra;
  ShareSpec budget{HedgePolicy().budget};

  HedgePolicy policy() const { return {after.time, after.percentile, extra, budget.value}; }
};

/// `queue` as written.
struct QueueSpec {
  std::optional<std::uint64_t> records;
  std::optional<Bytes> bytes;
  QueuePolicy::WhenFull when_full = QueuePolicy::WhenFull::wait;

  QueuePolicy policy() const {
    return {records.value_or(0), bytes.value_or(Bytes{}).value, when_full};
  }
};

/// A key of a stage that may be a map, with the keys of that map. The reference lists them.
struct KeyMap {
  std::string key;
  const std::vector<OptionSpec>& keys;
};
std::vector<KeyMap> stage_key_maps();

}  // namespace weir::compile

namespace weir {

template <>
struct EnumNames<compile::RetryPolicy::Jitter> {
  static constexpr std::string_view names[] = {"full", "none"};
};

template <>
struct EnumNames<compile::QueuePolicy::WhenFull> {
  static constexpr std::string_view names[] = {"wait", "drop_newest", "drop_oldest"};
};

template <>
struct EnumNames<KeyPolicy::WhenFull> {
  static constexpr std::string_view names[] = {"error", "evict"};
};

template <>
struct OptionType<compile::ErrorSpec> {
  static std::string name() { return "fail | skip | keep | map of to"; }
  static bool parse(const Node& node, compile::ErrorSpec& out, Binder& binder);
  static std::string show(const compile::ErrorSpec& spec);
};

/// `key`: fields, or a map.
template <>
struct OptionType<KeyPolicy> {
  static std::string name() { return "list of field | map of fields, max, when_full"; }
  static bool parse(const Node& node, KeyPolicy& out, Binder& binder);
  static std::string show(const KeyPolicy&) { return ""; }
};

/// `cost`: a number, else a field.
template <>
struct OptionType<compile::CostPolicy> {
  static std::string name() { return "integer | field"; }
  static bool parse(const Node& node, compile::CostPolicy& out, Binder& binder);
  static std::string show(const compile::CostPolicy& cost) { return std::to_string(cost.fixed); }
};

template <>
struct OptionType<compile::RetrySpec> : compile::MapOption<compile::RetrySpec> {};

template <>
struct OptionType<compile::HedgeAfter> {
  static std::string name() { return "duration | percentile"; }
  static bool parse(const Node& node, compile::HedgeAfter& out, Binder& binder);
  static std::string show(const compile::HedgeAfter&) { return ""; }
};

template <>
struct OptionType<compile::ShareSpec> {
  static std::string name() { return "share"; }
  static bool parse(const Node& node, compile::ShareSpec& out, Binder& binder);
  static std::string show(compile::ShareSpec share) {
    return OptionType<double>::show(share.value * 100) + "%";
  }
};

template <>
struct OptionType<compile::HedgeSpec> : compile::MapOption<compile::HedgeSpec> {};

template <>
struct OptionType<compile::BreakerPolicy> : compile::MapOption<compile::BreakerPolicy> {};

template <>
struct OptionType<compile::QueueSpec> : compile::MapOption<compile::QueueSpec> {};

}  // namespace weir
