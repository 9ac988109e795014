#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "stages/exec/line_process.h"
#include "weir/record.h"
#include "weir/stage.h"

namespace weir::stages::exec {

class Worker;

/// The workers of a stage, so that it can end their processes together. For any thread.
class Roster {
 public:
  void add(Worker& worker);
  /// Removes a worker and takes over its process, which `end_all` ends: a thread that ends does not
  /// wait for a process.
  void remove(Worker& worker, std::unique_ptr<LineProcess> process);
  /// Ends the processes of all workers that are in no call. Returns false if one has written more
  /// than it was asked for.
  bool end_all();

 private:
  std::mutex mutex_;
  std::vector<Worker*> workers_;
  std::vector<std::unique_ptr<LineProcess>> left_;  ///< The processes of removed workers.
};

/// The settings that all workers of a stage share.
struct Terms {
  mutable std::atomic<bool> warned{false};  ///< True once it was said that nothing answers.
  std::vector<std::string> words;
  std::size_t limit = 0;               ///< The longest answer in bytes.
  std::chrono::nanoseconds restart{};  ///< The longest pause before a process is started again.
  Counter* restarts = nullptr;
  Context* context = nullptr;    ///< For the log.
  std::unique_ptr<Guard> guard;  ///< Set by `open`.
};

/// The process of one thread. It is started when it is first needed, and again after it died.
class Worker {
 public:
  Worker(std::shared_ptr<const Terms> terms, std::shared_ptr<Roster> roster);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// Has the process answer `line`. `answer` is valid until the next call. Returns false, with
  /// `record` failed, if there is no answer. Throws Error of kind `exec` if the process cannot be
  /// started.
  bool ask(std::string_view line, Record& record, const Call& call, std::string_view& answer);

 private:
  friend class Roster;

  bool start(const Call& call);
  std::function<void()> when_silent() const;
  void give_up(LineProcess::Result result, Record& record);

  std::shared_ptr<const Terms> terms_;
  std::shared_ptr<Roster> roster_;
  std::mutex in_call_;
  std::unique_ptr<LineProcess> process_;
  bool started_ = false;   ///< True once a process was started.
  bool answered_ = false;  ///< True if this process has answered.
  int deaths_ = 0;         ///< The number of deaths in a row without an answer.
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace weir::stages::exec
