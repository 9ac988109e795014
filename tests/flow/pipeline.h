#pragma once

#include <memory>
#include <string>
#include <vector>

#include "graph/flow/run.h"
#include "tests/flow/test_stages.h"

namespace weir::test {

/// A pipeline of YAML text, loaded with the test stages and the built-in ones, ready to run once.
class Pipeline {
 public:
  explicit Pipeline(const std::string& yaml, int threads = 2);

  Report run(RunServices services = {});
  Run& start(RunServices services = {});  ///< For tests that interrupt: then `Run::run`.
  Plan& plan() { return *plan_; }
  /// What test.collect got.
  const std::vector<std::string>& texts() const;
  bool committed() const;
  /// The first that takes no dead letters.
  Sink& sink() const;

 private:
  std::unique_ptr<Plan> plan_;
  std::unique_ptr<Run> run_;
};

/// The registry that those pipelines use.
const Registry& test_registry();

/// The value of one outcome.
inline std::uint64_t count_of(const Report& report, Outcome outcome) {
  return report.outcomes[static_cast<std::size_t>(outcome)];
}

}  // namespace weir::test
