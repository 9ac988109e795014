#pragma once

#include <chrono>
#include <string>

#include "graph/flow/report.h"

namespace weir {

/// Writes errors of records as NDJSON (`--errors`): a line each with `stage`, `kind`, `message`,
/// `attempts`, `origin` (`part`, if it has a name, and `position`) and `text`, its beginning.
/// Writes what it has gathered now and then, and at `close`. For use by one thread at a time.
class ErrorFile {
 public:
  ErrorFile() = default;
  ~ErrorFile() { close(); }
  ErrorFile(const ErrorFile&) = delete;
  ErrorFile& operator=(const ErrorFile&) = delete;

  /// Creates the file, or empties it. What went wrong, empty if nothing.
  std::string open(const std::string& path);
  void write(const ErrorSample& error);
  /// Writes the rest. What went wrong since `open`, empty if nothing.
  std::string close();

 private:
  void flush();

  std::string path_;
  std::string gathered_;
  std::string problem_;
  int fd_ = -1;
  std::chrono::steady_clock::time_point flushed_;
};

}  // namespace weir
