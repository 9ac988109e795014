#include "stages/parse/log_format.h"

#include "weir/error.h"

namespace weir::stages::parse {
namespace {

// As Apache and nginx write them; `identity`, nearly always "-", is no variable of nginx.
constexpr std::string_view kCommon =
    R"($remote_addr $identity $remote_user [$time_local] "$request" $status $body_bytes_sent)";
constexpr std::string_view kCombinedEnd = R"( "$http_referer" "$http_user_agent")";

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

LogFormat::LogFormat(const std::string& format) {
  if (format == "common" || format == "combined") {
    read(kCommon);
    fewest_ = pieces_.size();
    if (format == "combined") {
      pieces_.clear();
      read(std::string(kCommon) + std::string(kCombinedEnd));
    }
    return;
  }
  read(format);
  fewest_ = pieces_.size();
  check();
}

/// Reads `$name` and `${name}`; any other `$` is text.
void LogFormat::read(std::string_view format) {
  for (std::size_t i = 0; i < format.size();) {
    const bool braces = format[i] == '$' && format.substr(i + 1).starts_with('{');
    const std::size_t begin = i + 1 + braces;
    std::size_t end = begin;
    if (format[i] == '$') {
      while (end < format.size() && is_name(format[end])) ++end;
    }
    const bool closed = !braces || format.substr(end).starts_with('}');
    if (end == begin || !closed || format[i] != '$') {
      (pieces_.empty() ? before_ : pieces_.back().behind) += format[i++];
      continue;
    }
    const std::string& text = pieces_.empty() ? before_ : pieces_.back().behind;
    const bool in_quotes = text.ends_with('"') && format.substr(end + braces).starts_with('"');
    pieces_.push_back({std::string(format.substr(begin, end - begin)), {}, in_quotes});
    i = end + braces;
  }
}

void LogFormat::check() const {
  if (pieces_.empty()) {
    throw OptionError("format",
                      "expected common, combined, or a format with variables such as $status");
  }
  for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
    if (!pieces_[i].behind.empty()) continue;
    throw OptionError("format", "expected text between '$" + pieces_[i].variable + "' and '$" +
                                    pieces_[i + 1].variable + "', got none");
  }
}

}  // namespace weir::stages::parse
