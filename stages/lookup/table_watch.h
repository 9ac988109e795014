#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <sys/stat.h>

namespace weir::stages::lookup {

/// Looks at a file now and then, on a thread of its own, and says when it has changed: another
/// file, size or time of change.
class TableWatch {
 public:
  using Changed = std::function<void(std::stop_token)>;

  ~TableWatch() { stop(); }

  /// Notes the file as it is now. Call it before the file is read.
  void note(const std::string& path);
  /// Calls `changed` each time the file is another than at the last note or call.
  void start(std::chrono::nanoseconds every, Changed changed);
  /// Ends the thread; `changed` is told by its stop token.
  void stop();

 private:
  /// What tells one state of a file from another.
  struct Mark {
    dev_t device = 0;
    ino_t number = 0;
    off_t size = 0;
    std::int64_t changed = 0;
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  static std::optional<Mark> mark_of(const std::string& path);

  std::string path_;
  std::optional<Mark> mark_;  ///< Nothing: there was no file.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace weir::stages::lookup
