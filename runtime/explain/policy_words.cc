#include "runtime/explain/policy_words.h"

#include <array>
#include <cstdio>

#include "graph/compile/keys/call_keys.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

using Words = std::vector<std::string>;

/// The columns at which an expression is cut.
constexpr std::size_t kMostColumns = 48;

std::string shown(std::chrono::nanoseconds time) { return OptionType<Duration>::show(time); }

std::string number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

const char* policy_name(compile::Workers::Policy policy) {
  return policy == compile::Workers::Policy::aimd ? "aimd" : "gradient";
}

void add_time_words(const compile::CallPolicy& call, Words& words) {
  if (call.deadline) words.push_back("deadline " + shown(*call.deadline));
  if (call.timeout) words.push_back("timeout " + shown(*call.timeout));
  if (call.retry.attempts > 1) {
    words.push_back("retry: " + std::to_string(call.retry.attempts) + " attempts, backoff " +
                    shown(call.retry.backoff));
  }
  if (call.hedge) {
    words.push_back("hedge after " + hedge_words(*call.hedge) + ", " +
                    std::to_string(call.hedge->extra) + " extra");
  }
}

}  // namespace

std::string worker_words(const compile::Workers& workers) {
  const auto most = static_cast<std::uint64_t>(workers.max);
  if (!workers.adapts()) return counted(most, "worker");
  return std::to_string(workers.min) + " to " + counted(most, "worker") + " (" +
         policy_name(workers.policy) + ")";
}

std::vector<std::string> call_words(const compile::Plan& plan, const compile::PlannedStage& stage) {
  const compile::CallPolicy& call = stage.call;
  Words words;
  add_time_words(call, words);
  if (call.rate) {
    const compile::RateLimit& rate = plan.rates[*call.rate];
    words.push_back("rate " + rate_words(rate) + (rate.name.empty() ? "" : " (" + rate.name + ")"));
  }
  if (call.breaker) {
    words.push_back("breaker: " + std::to_string(call.breaker->failures) + " failures in " +
                    shown(call.breaker->within));
  }
  if (!call.cost.field.empty()) words.push_back("cost " + call.cost.field.name());
  if (call.cost.field.empty() && call.cost.fixed != 1) {
    words.push_back("cost " + std::to_string(call.cost.fixed));
  }
  return words;
}

std::vector<std::string> stage_words(const compile::PlannedStage& stage) {
  Words words;
  if (!stage.call.key.fields.empty()) words.push_back("key " + key_words(stage.call.key));
  if (!stage.when.empty()) words.push_back("when " + one_line(stage.when.text(), kMostColumns));
  if (stage.on_error.action == compile::OnError::skip) words.emplace_back("on_error: skip");
  if (stage.on_error.action == compile::OnError::keep) words.emplace_back("on_error: keep");
  return words;
}

std::vector<std::string> merge_words(const compile::MergePolicy& merge) {
  Words words;
  std::string by;
  for (const OrderField& field : merge.by) by += (by.empty() ? "by " : ", ") + field.name();
  if (!by.empty()) words.push_back(by);
  if (merge.kind == compile::MergePolicy::Kind::zip) {
    words.emplace_back(merge.by_origin ? "by origin" : "the n-th of each");
  }
  if (merge.lateness.count() > 0) words.push_back("lateness " + shown(merge.lateness));
  if (merge.idle.count() > 0) words.push_back("idle " + shown(merge.idle));
  return words;
}

std::string queue_words(const compile::QueuePolicy& queue) {
  std::string text = "at most ";
  if (queue.records > 0) text += counted(queue.records, "record");
  if (queue.records > 0 && queue.bytes > 0) text += ", ";
  if (queue.bytes > 0) text += shown_bytes(queue.bytes);
  if (queue.records == 0 && queue.bytes == 0) text += "its quota";
  text += "; then " + OptionType<compile::QueuePolicy::WhenFull>::show(queue.when_full);
  return queue.max_age ? text + "; max_age " + shown(*queue.max_age) : text;
}

std::string key_words(const KeyPolicy& key) {
  std::string text;
  for (const Field& field : key.fields) text += (text.empty() ? "" : ", ") + field.name();
  return text;
}

std::string rate_words(const compile::RateLimit& rate) { return number(rate.per_second) + "/s"; }

std::string hedge_words(const compile::HedgePolicy& hedge) {
  return hedge.percentile > 0 ? "p" + number(hedge.percentile) : shown(hedge.after);
}

}  // namespace weir::cli
