#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace weir::stages::http {

/// Lets only so many exchanges ask a host at a time. The others wait in the host's line, the oldest
/// (of the lowest number) in front. A host is named by its origin. For one thread.
class HostLines {
 public:
  /// `limit` is the number for each host; 0 sets no bound, and nothing is counted.
  explicit HostLines(long limit) : limit_(limit) {}

  bool bounded() const { return limit_ > 0; }
  /// Returns true if it is the turn of `number` at once; otherwise it waits in line.
  bool enter(const std::string& host, std::uint64_t number);
  /// Ends the turn or the wait of `number`. Returns the number whose turn it is instead, if any.
  std::optional<std::uint64_t> leave(std::uint64_t number);

 private:
  /// The exchanges at one host.
  struct Line {
    long asking = 0;
    std::set<std::uint64_t> waiting;
  };

  const long limit_;
  std::unordered_map<std::string, Line> lines_;  ///< The lines of hosts that are being asked.
  std::unordered_map<std::uint64_t, std::string> hosts_;
};

}  // namespace weir::stages::http
