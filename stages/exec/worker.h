#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "stages/exec/line_process.h"
#include "weir/record.h"
#include "weir/stage.h"

namespace weir::exec {

class Worker;

/// The workers of a stage, so that it can end their processes together.
class Roster {
 public:
  void add(Worker& worker);
  void remove(Worker& worker);
  /// Ends the processes of all workers that are in no call.
  void end_all();

 private:
  std::mutex mutex_;
  std::vector<Worker*> workers_;
};

/// What all workers of a stage go by.
struct Terms {
  std::vector<std::string> words;
  std::size_t limit = 0;               ///< How long an answer may be.
  std::chrono::nanoseconds restart{};  ///< The longest pause before a process is started again.
  Counter* restarts = nullptr;
};

/// One thread's process, started when it is first needed, and again after it died.
class Worker {
 public:
  Worker(std::shared_ptr<const Terms> terms, std::shared_ptr<Roster> roster);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// Has the process answer `line`; `answer` lives until the next call. False, with `record`
  /// failed, if there is none. Throws Error of kind `exec` if the process cannot be started.
  bool ask(std::string_view line, Record& record, const Call& call, std::string_view& answer);

 private:
  friend class Roster;

  bool start(const Call& call);
  void give_up(LineProcess::Result result, Record& record);

  std::shared_ptr<const Terms> terms_;
  std::shared_ptr<Roster> roster_;
  std::mutex in_call_;
  std::unique_ptr<LineProcess> process_;
  bool started_ = false;   ///< Ever.
  bool answered_ = false;  ///< This process.
  int deaths_ = 0;         ///< In a row, without an answer.
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace weir::exec
