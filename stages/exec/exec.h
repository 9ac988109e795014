#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "stages/exec/command.h"
#include "stages/exec/worker.h"
#include "weir/registry.h"

namespace weir::stages::exec {

/// The options of `exec`.
struct ExecOptions {
  Command command;
  std::optional<Template> input;
  std::optional<std::string> into;
  Duration restart = std::chrono::seconds(1);
};

/// Has a child process answer each record: a line on its standard input, a line on its standard
/// output. Each worker has a process of its own. When the stage closes, the processes' input ends;
/// one that is there a second later is asked to end (SIGTERM), and after another one killed. One
/// that has written more lines than it was asked for fails the run: who answered what is unknown.
///
/// Example:
///   - uses: exec
///     with:
///       command: [tr, -u, a-z, A-Z]
///     workers: 2
class Exec final : public Transform {
 public:
  /// The process of one worker.
  struct Scratch : exec::Worker {
    explicit Scratch(const Exec& stage) : Worker(stage.terms_, stage.roster_) {}
  };

  explicit Exec(const ExecOptions& options);

  void open(Context& context) override;
  void process(Record& record, Call& call) const override;
  void close() override;
  /// Returns the line that the process would get.
  std::string question(const Record& record) const;

 private:
  ExecOptions options_;
  std::shared_ptr<exec::Terms> terms_ = std::make_shared<exec::Terms>();
  std::shared_ptr<exec::Roster> roster_ = std::make_shared<exec::Roster>();
};

}  // namespace weir::stages::exec
