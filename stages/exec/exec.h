#pragma once

#include <memory>
#include <optional>
#include <string>

#include "stages/exec/exec_options.h"
#include "stages/exec/once.h"
#include "stages/exec/worker.h"
#include "weir/registry.h"

namespace weir::stages::exec {

/// Has a child process answer each record. `mode: lines`: it gets a line on its standard input, and
/// writes a line to its standard output. Each worker has a process of its own. When the stage
/// closes, the processes' input ends; one that is there a second later is asked to end (SIGTERM),
/// and after another one killed. One that has written more lines than it was asked for fails the
/// run: who answered what is unknown. `mode: once`: a process for each record (`Once`).
///
/// Example:
///   - uses: exec
///     with:
///       command: [tr, -u, a-z, A-Z]
///     workers: 2
class Exec final : public Transform {
 public:
  /// The process of one worker, for `mode: lines`.
  struct Scratch {
    explicit Scratch(const Exec& stage) {
      if (!stage.once_) worker.emplace(stage.terms_, stage.roster_);
    }
    std::optional<Worker> worker;
  };

  explicit Exec(const ExecOptions& options);

  void open(Context& context) override;
  void process(Record& record, Call& call) const override;
  void close() override;
  /// Returns what the process would get: a line, or arguments and input.
  std::string question(const Record& record) const;

 private:
  ExecOptions options_;
  std::string program_;
  std::optional<Once> once_;
  std::shared_ptr<Terms> terms_ = std::make_shared<Terms>();
  std::shared_ptr<Roster> roster_ = std::make_shared<Roster>();
};

}  // namespace weir::stages::exec
