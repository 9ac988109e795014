#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/flow/run.h"
#include "tests/flow/kit/reports.h"
#include "tests/flow/kit/test_stages.h"

namespace weir::flow::test {

/// A pipeline of YAML text, loaded with the test stages and the built-in ones, ready to run once.
/// Throws std::runtime_error of all diagnostics.
class Pipeline {
 public:
  explicit Pipeline(const std::string& yaml, int threads = 2);

  Report run(RunServices services = {});
  Run& start(RunServices services = {});  ///< For tests that interrupt: then `Run::run`.
  compile::Plan& plan() { return *plan_; }
  /// The test.collect or test.letters of that name.
  const Collect& collected(std::string_view name) const;
  /// What the first that takes no dead letters got, which is a test.collect.
  const std::vector<std::string>& texts() const;
  bool committed() const;
  /// The first that takes no dead letters.
  Sink& sink() const;

 private:
  std::unique_ptr<compile::Plan> plan_;
  std::unique_ptr<Run> run_;
};

/// The registry that those pipelines use.
const Registry& test_registry();

}  // namespace weir::flow::test
