#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/flow/kit/test_stages.h"

namespace weir::flow::test {

/// What a stage that is called record by record does with an attempt: decided by seed, text and the
/// attempt's number. Percentages; what is left over passes on changed.
struct CallOptions {
  std::int64_t seed = 1;
  std::int64_t drop = 0;
  std::int64_t permanent = 0;   ///< Fails for good.
  std::int64_t thrown = 0;      ///< By an exception, in each attempt.
  std::int64_t unanswered = 0;  ///< Lets go of the completion, in each attempt.
  std::int64_t flaky = 0;       ///< Fails in the first 1 to 4 attempts.
  std::int64_t emit = 0;        ///< 1 to 3 children.
  std::int64_t pad = 0;         ///< Up to so many bytes more.
  std::int64_t delay_us = 0;    ///< Up to so long.
  bool by_key = false;          ///< Watches that calls of one `k` come one after the other,
  bool in_order = false;        ///< and in the order of origins.
};

/// What a called stage has seen of its calls, told by the options above.
class KeyWatch {
 public:
  explicit KeyWatch(const CallOptions& o) : on_(o.by_key), in_order_(o.in_order) {}
  virtual ~KeyWatch() = default;

  /// A call begins, and its code ends; its answer comes no earlier than `time` from now.
  void call_begins(const Record& record, const Call& call) const;
  void call_ends(const Record& record) const;
  void call_rests(const Record& record, std::chrono::microseconds time) const;
  /// Calls that began beside another of their key, or in the wrong order.
  std::uint64_t wrong() const { return wrong_.load(); }
  /// The same, with those that began before the time that `call_rests` gave was over. That may be
  /// so where calls are given up.
  std::uint64_t early() const { return wrong_.load() + early_.load(); }

 private:
  struct Key {
    int running = 0;
    std::int64_t origin = 0;
    std::chrono::steady_clock::time_point end;
  };
  Key& key_of(const Record& record) const;

  const bool on_;
  const bool in_order_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Key> keys_;
  mutable std::atomic<std::uint64_t> wrong_{0};
  mutable std::atomic<std::uint64_t> early_{0};
};

struct CallVerdict {
  enum class Act : std::uint8_t { change, emit, drop, flaky, permanent, thrown, unanswered };
  Act act = Act::change;
  std::vector<std::string> texts;  ///< Children (emit), or the changed text.
  bool copies = false;             ///< The children have the record's fields.
};

CallVerdict decide_call(const CallOptions& options, std::string_view text, int attempt);

/// The fields that test.fields gives: `k` and `c`. Some records get none.
struct FieldOptions {
  std::int64_t seed = 1;
  std::int64_t keys = 5;
  std::int64_t costs = 3;
  std::int64_t missing = 0;  ///< Percent.
};
struct DrawnFields {
  bool there = false;
  std::int64_t key = 0;
  std::int64_t cost = 0;
};
DrawnFields decide_fields(const FieldOptions& options, std::string_view text);

/// What test.keyed emits in the end for a key.
std::string total_text(std::string_view first, std::uint64_t count);

/// Registers test.fields; test.flaky and test.blocking (transforms), test.async; test.keyed, which
/// numbers the records of a key by the decisions of MixOptions; test.letters, a Collect that keeps
/// "position|text|error" of each record.
void add_call_stages(Registry& registry);

}  // namespace weir::flow::test
