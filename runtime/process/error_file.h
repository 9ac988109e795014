#pragma once

#include <chrono>
#include <string>

#include "graph/flow/api/report.h"

namespace weir::cli {

/// Writes errors of records as NDJSON (`--errors`), one line each, with `stage`, `kind`, `message`,
/// `attempts`, `origin` (`part`, if it has a name, and `position`) and `text`, the beginning of the
/// record's text. Gathers lines, and writes them at intervals and at `close`. For use by one thread
/// at a time.
class ErrorFile {
 public:
  ErrorFile() = default;
  ~ErrorFile() { close(); }
  ErrorFile(const ErrorFile&) = delete;
  ErrorFile& operator=(const ErrorFile&) = delete;

  /// Creates the file, or empties it. Returns the failure; empty if there is none.
  std::string open(const std::string& path);
  void write(const flow::ErrorSample& error);
  /// Writes the rest. Returns the first failure since `open`; empty if there is none.
  std::string close();

 private:
  void flush();

  std::string path_;
  std::string gathered_;
  std::string problem_;
  int fd_ = -1;
  std::chrono::steady_clock::time_point flushed_;
};

}  // namespace weir::cli
