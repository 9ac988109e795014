#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/flow/random/call_pipeline.h"

namespace weir::flow::test {

/// What may come of the origin with number `n` where clocks decide: each record that enters a shaky
/// stage goes on as the stage's answer, or ends there, or is kept as it was; never two of these.
class Chances {
 public:
  Chances(const CallPipeline& pipeline, std::int64_t n);

  /// Whether the sink may have got these texts of the origin, in this order.
  bool allow(std::span<const std::string> texts) const;
  /// Whether it may have got this one, among others.
  std::size_t times(const std::string& text) const;

 private:
  struct Going {
    std::string text;
    DrawnFields fields;
  };
  using Places = std::set<std::size_t>;
  using Ways = std::vector<std::vector<Going>>;

  Ways ways(const DrawnStage& stage, const Going& record) const;
  Places match(std::size_t at, const Going& record, std::span<const std::string> texts,
               const Places& from) const;
  std::size_t most(std::size_t at, const Going& record, const std::string& text) const;

  const CallPipeline& pipeline_;
  Going origin_;
};

}  // namespace weir::flow::test
