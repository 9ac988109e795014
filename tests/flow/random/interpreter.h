#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph/flow/api/report.h"
#include "tests/flow/kit/test_stages.h"

namespace weir::flow::test {

/// One transform of a random pipeline.
struct MixStage {
  enum class Type : std::uint8_t { mix, batch, tally } type = Type::mix;
  MixOptions options;
  std::string on_error = "fail";
  std::int64_t take = -1;
  int workers = 0;
  bool unordered = false;
  bool odd_only = false;  ///< `when:` the text's size is odd.
};

/// A random pipeline over the numbers, from a seed.
struct MixPipeline {
  std::int64_t count = 0;
  bool split = false;
  bool blocking = false;
  std::int64_t big = 0;     ///< Each record has so many bytes, and the sink only counts them.
  std::int64_t memory = 0;  ///< `limits.memory` in MiB; 0: the default.
  std::vector<MixStage> stages;

  static MixPipeline random(std::uint64_t seed);
  std::string yaml() const;
  bool ordered() const;
};

/// What a plain loop over the records, one after the other, makes of the pipeline: the oracle.
struct Expected {
  std::vector<std::string> texts;
  std::array<std::uint64_t, kOutcomes> outcomes{};
  std::uint64_t errors = 0;
  bool failed = false;
  std::int64_t failed_at = -1;  ///< The origin's position.
  bool took_all = false;        ///< A stage wanted no more input.
};

Expected interpret(const MixPipeline& pipeline);

}  // namespace weir::flow::test
