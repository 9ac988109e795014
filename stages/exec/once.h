#pragma once

#include <string>
#include <vector>

#include "stages/exec/exec_options.h"
#include "stages/exec/guard.h"
#include "weir/call.h"

namespace weir::stages::exec {

/// Runs a command for each record, once: `mode: once`. For any thread.
class Once {
 public:
  /// Throws OptionError.
  explicit Once(const ExecOptions& options);

  /// `options`, `guard` and `program`, the path of the command, must outlive it.
  void open(const std::string& program, std::size_t limit, const Guard& guard);
  void process(Record& record, Call& call) const;
  /// Returns the command line, and the input, if any.
  std::string question(const Record& record) const;

 private:
  std::vector<std::string> words(const Record& record) const;
  std::string input(const Record& record) const;
  void answer(std::string_view output, int status, Record& record, Call& call) const;

  const ExecOptions& options_;
  std::vector<std::string> words_;
  std::vector<NumberRange> accept_;
  const std::string* program_ = nullptr;
  std::size_t limit_ = 0;
  const Guard* guard_ = nullptr;
};

}  // namespace weir::stages::exec
