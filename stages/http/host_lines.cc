#include "stages/http/host_lines.h"

namespace weir::stages::http {

bool HostLines::enter(const std::string& host, std::uint64_t number) {
  if (!bounded()) return true;
  hosts_.emplace(number, host);
  Line& line = lines_[host];
  if (line.asking < limit_) {
    ++line.asking;
    return true;
  }
  line.waiting.insert(number);
  return false;
}

std::optional<std::uint64_t> HostLines::leave(std::uint64_t number) {
  const auto host = hosts_.find(number);
  if (host == hosts_.end()) return std::nullopt;
  const auto found = lines_.find(host->second);
  hosts_.erase(host);
  Line& line = found->second;
  if (line.waiting.erase(number) > 0) return std::nullopt;
  if (!line.waiting.empty()) return line.waiting.extract(line.waiting.begin()).value();
  if (--line.asking == 0) lines_.erase(found);
  return std::nullopt;
}

}  // namespace weir::stages::http
