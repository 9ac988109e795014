#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"
#include "tests/flow/kit/call_stages.h"

namespace weir::flow::test {

/// One transform of a random pipeline that mixes stages which work on batches with such that are
/// called record by record.
struct DrawnStage {
  enum class Type : std::uint8_t { mix, batch, tally, take, flaky, blocking, async, keyed };
  Type type = Type::mix;
  MixOptions options;       ///< mix, batch, tally, keyed.
  CallOptions call;         ///< flaky, blocking, async.
  std::int64_t count = -1;  ///< take; tally: as its option `take`.
  std::string on_error = "fail";
  std::string on_deadline;                       ///< Empty: as on_error.
  std::string order;                             ///< As written; empty: not said.
  compile::Order holds = compile::Order::input;  ///< How the stage's output is ordered, with what
                                                 ///< stages below ask for.
  bool by_key = false;                           ///< `key: [k]`.
  bool odd_only = false;                         ///< `when:` the text's size is odd.
  int attempts = 1;
  bool hedged = false;
  int cost = 0;  ///< 0: not said.
  bool cost_field = false;
  std::string more;     ///< Keys that do not show in what comes out.
  bool shaky = false;   ///< Clocks decide what becomes of some records.
  bool sheds = false;   ///< ... its queue drops them.
  bool called = false;  ///< Record by record.

  bool serial() const { return type == Type::tally || type == Type::take; }
  std::string yaml(const std::string& name) const;
};

/// A random pipeline over the numbers, from a seed.
struct CallPipeline {
  std::int64_t count = 0;
  bool split = false;
  bool blocking = false;
  std::int64_t fail_at = -1;  ///< The source throws there.
  bool fields = false;        ///< The stage after the source gives fields.
  FieldOptions given;
  std::vector<DrawnStage> stages;
  bool letters_as_json = false;
  std::int64_t records = 0;  ///< `limits.records`; 0: the default. May have to be raised.
  std::int64_t memory = 0;   ///< `limits.memory` in MiB, likewise.

  /// `shaky`: clocks decide, as in timeouts that strike.
  static CallPipeline random(std::uint64_t seed, bool shaky);
  std::string yaml() const;
  bool has_letters() const;
  bool ordered() const;  ///< At all stages.
  compile::Order order() const { return stages.back().holds; }
};

/// The `limits:` of a drawn pipeline; 0: those that are not said.
std::string limits_yaml(std::int64_t records, std::int64_t memory);
/// The name of stages[at].
std::string stage_name(std::size_t at);

}  // namespace weir::flow::test
