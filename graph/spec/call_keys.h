#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/spec/call_policy.h"
#include "graph/spec/option_binding.h"

// The keys of a stage that say how its records are called, as option types. Each map's own keys
// are declared like a stage type's options.

namespace weir {

template <>
struct EnumNames<RetryPolicy::Jitter> {
  static constexpr std::string_view names[] = {"full", "none"};
};
template <>
struct EnumNames<QueuePolicy::WhenFull> {
  static constexpr std::string_view names[] = {"wait", "drop_newest", "drop_oldest"};
};
template <>
struct EnumNames<KeyPolicy::WhenFull> {
  static constexpr std::string_view names[] = {"error", "evict"};
};

struct RetrySpec;
struct HedgeSpec;
struct QueueSpec;

/// The keys of the map that fills an S.
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

/// Binds a map to the keys declared for it.
bool bind_map(const std::vector<OptionSpec>& keys, void* out, const Node& node, Binder& binder);

/// An option that is a map with keys of its own.
template <class S>
struct MapOption {
  static std::string name() {
    std::string text;
    for (const OptionSpec& key : keys_of<S>()) text += (text.empty() ? "map of " : ", ") + key.name;
    return text;
  }
  static bool parse(const Node& node, S& out, Binder& binder) {
    return bind_map(keys_of<S>(), &out, node, binder);
  }
  static std::string show(const S&) { return ""; }
};

/// `on_error` and `on_deadline` as written.
struct ErrorSpec {
  ErrorPolicy policy;  ///< Its `to` is found when all stages are read.
  std::string to;
};
template <>
struct OptionType<ErrorSpec> {
  static std::string name() { return "fail | skip | keep | map of to"; }
  static bool parse(const Node& node, ErrorSpec& out, Binder& binder);
  static std::string show(const ErrorSpec& spec);
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
struct OptionType<CostPolicy> {
  static std::string name() { return "integer | field"; }
  static bool parse(const Node& node, CostPolicy& out, Binder& binder);
  static std::string show(const CostPolicy& cost) { return std::to_string(cost.fixed); }
};

/// `retry` as written.
struct RetrySpec {
  int attempts = 1;
  Duration backoff = RetryPolicy().backoff;
  std::optional<Duration> max_backoff;
  RetryPolicy::Jitter jitter = RetryPolicy::Jitter::full;

  RetryPolicy policy() const;
};
template <>
struct OptionType<RetrySpec> : MapOption<RetrySpec> {};

/// `hedge.after`: a time or a percentile.
struct HedgeAfter {
  Duration time{0};
  double percentile = 0;
};
template <>
struct OptionType<HedgeAfter> {
  static std::string name() { return "duration | percentile"; }
  static bool parse(const Node& node, HedgeAfter& out, Binder& binder);
  static std::string show(const HedgeAfter&) { return ""; }
};

/// A share of something: `5%`.
struct Share {
  double value = 0;
};
template <>
struct OptionType<Share> {
  static std::string name() { return "share"; }
  static bool parse(const Node& node, Share& out, Binder& binder);
  static std::string show(Share share) { return OptionType<double>::show(share.value * 100) + "%"; }
};

/// `hedge` as written.
struct HedgeSpec {
  HedgeAfter after;
  int extra = HedgePolicy().extra;
  Share budget{HedgePolicy().budget};

  HedgePolicy policy() const { return {after.time, after.percentile, extra, budget.value}; }
};
template <>
struct OptionType<HedgeSpec> : MapOption<HedgeSpec> {};

template <>
struct OptionType<BreakerPolicy> : MapOption<BreakerPolicy> {};

/// `queue` as written.
struct QueueSpec {
  std::optional<std::uint64_t> records;
  std::optional<Bytes> bytes;
  QueuePolicy::WhenFull when_full = QueuePolicy::WhenFull::wait;

  QueuePolicy policy() const {
    return {records.value_or(0), bytes.value_or(Bytes{}).value, when_full};
  }
};
template <>
struct OptionType<QueueSpec> : MapOption<QueueSpec> {};

/// The maps that keys of a stage may be, each with its keys: for the reference.
struct KeyMap {
  std::string key;
  const std::vector<OptionSpec>& keys;
};
std::vector<KeyMap> stage_key_maps();

}  // namespace weir
