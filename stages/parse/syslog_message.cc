#include "stages/parse/syslog_message.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::stages::parse {
namespace {

using Part = SyslogMessage::Part;

constexpr std::string_view kFacilities[] = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
constexpr std::string_view kSeverities[] = {"emerg",   "alert",  "crit", "err",
                                            "warning", "notice", "info", "debug"};
constexpr int kMostPriority = 191;
constexpr std::string_view kBom = "\xef\xbb\xbf";

[[noreturn]] void fail(const std::string& message) { throw Error("syslog", message, false); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads `<PRI>`; nothing if the text does not begin with it.
std::optional<int> take_priority(std::string_view& text) {
  if (!text.starts_with('<')) return std::nullopt;
  const std::size_t end = text.find('>');
  int priority = 0;
  const bool good =
      end != text.npos && end >= 2 && end <= 4 &&
      std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(end), is_digit);
  if (good) std::from_chars(text.data() + 1, text.data() + end, priority);
  if (!good || priority > kMostPriority) {
    fail("expected a priority from <0> to <191>, got " +
         in_quotes(text.substr(0, good ? end + 1 : 8)));
  }
  text.remove_prefix(end + 1);
  return priority;
}

/// Returns what stands before the next blank, and moves behind that.
std::string_view take_word(std::string_view& text, const char* what) {
  const std::size_t end = std::min(text.find(' '), text.size());
  if (end == 0)
    fail(std::string("expected ") + what + ", got " + (text.empty() ? "the end" : "a blank"));
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

Part present(std::string_view word) { return word == "-" ? Part() : Part(word); }

/// Returns the structured data at the beginning of the text, and moves behind it. Brackets in
/// quotes do not count.
Part take_data(std::string_view& text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    return {};
  }
  if (!text.starts_with('[')) fail("expected structured data or '-', got " + in_quotes(text));
  std::size_t at = 0;
  while (at < text.size() && text[at] == '[') {
    bool quoted = false;
    for (++at; at < text.size() && (quoted || text[at] != ']'); ++at) {
      if (text[at] == '"') quoted = !quoted;
      if (text[at] == '\\' && quoted) ++at;
    }
    if (at >= text.size()) fail("expected ']', got the end");
    ++at;
  }
  const std::string_view data = text.substr(0, at);
  text.remove_prefix(at);
  return data;
}

std::string_view without_bom(std::string_view text) {
  return text.starts_with(kBom) ? text.substr(kBom.size()) : text;
}

/// Reads what follows `<PRI>1 ` (RFC 5424, section 6).
void read_rfc5424(std::string_view text, SyslogMessage& out) {
  out.rfc5424 = true;
  const std::string_view time = take_word(text, "a time");
  out.time = time == "-" ? std::string_view() : time;
  out.host = present(take_word(text, "a host"));
  out.app = present(take_word(text, "an app"));
  out.pid = present(take_word(text, "a pid"));
  out.msgid = present(take_word(text, "a msgid"));
  out.data = take_data(text);
  if (!text.empty() && text[0] != ' ') {
    fail("expected ' ' behind the structured data, got " + in_quotes(text));
  }
  out.message = without_bom(text.substr(text.empty() ? 0 : 1));
}

/// Returns the time at the beginning, as `Oct 11 22:14:15` with or without a fraction, or as an ISO
/// time, and moves behind it and the blank.
std::string_view take_time(std::string_view& text) {
  constexpr std::size_t kDate = 7;  // "Oct 11 "
  if (text.empty()) fail("expected a time, got the end");
  if (is_digit(text[0])) return take_word(text, "a time");
  if (text.size() < kDate + 8)
    fail("expected a time such as 'Oct 11 22:14:15', got " + in_quotes(text));
  const std::size_t end = std::min(text.find(' ', kDate), text.size());
  const std::string_view time = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return time;
}

/// Reads `app[pid]: message`; all of the text is the message if there is no such tag.
void take_tag(std::string_view text, SyslogMessage& out) {
  const std::size_t end = std::min(text.find_first_of("[: "), text.size());
  std::string_view left = text.substr(end);
  Part pid;
  if (left.starts_with('[')) {
    const std::size_t close = left.find(']');
    if (close != left.npos) {
      pid = left.substr(1, close - 1);
      left.remove_prefix(close + 1);
    }
  }
  if (end > 0 && left.starts_with(':')) {
    out.app = text.substr(0, end);
    out.pid = pid;
    text = left.substr(1);
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  out.message = without_bom(text);
}

/// Reads what follows `<PRI>` (RFC 3164, section 4), or a line of a log file without it.
void read_rfc3164(std::string_view text, SyslogMessage& out) {
  out.time = take_time(text);
  out.host = take_word(text, "a host");
  take_tag(text, out);
}

}  // namespace

SyslogMessage read_syslog(std::string_view text, SyslogFormat format) {
  SyslogMessage out;
  text = without_bom(text);
  out.priority = take_priority(text);
  const bool looks_new = out.priority && text.starts_with("1 ");
  if (format == SyslogFormat::rfc5424 && !looks_new) {
    fail("expected '<PRI>1 ' at the beginning, got " + in_quotes(text));
  }
  if (looks_new && format != SyslogFormat::rfc3164) {
    read_rfc5424(text.substr(2), out);
  } else {
    read_rfc3164(text, out);
  }
  return out;
}

bool SyslogData::next(Parameter& parameter) {
  while (!left_.empty()) {
    if (!inside_) {
      const std::size_t end = std::min(left_.find_first_of(" ]", 1), left_.size());
      if (left_[0] != '[') fail("expected '[', got " + in_quotes(left_));
      element_ = left_.substr(1, end - 1);
      left_.remove_prefix(end);
      inside_ = empty_ = true;
    }
    while (left_.starts_with(' ')) left_.remove_prefix(1);
    if (left_.starts_with(']')) {
      left_.remove_prefix(1);
      inside_ = false;
      if (!empty_) continue;
      parameter = {element_, {}, {}};
      return true;
    }
    const std::size_t equals = left_.find("=\"");
    const std::size_t stop = left_.find_first_of("] ");
    if (equals == left_.npos || equals == 0 || equals > stop) {
      fail("expected a parameter such as name=\"value\", got " + in_quotes(left_));
    }
    std::size_t end = equals + 2;
    while (end < left_.size() && left_[end] != '"') end += left_[end] == '\\' ? 2 : 1;
    if (end >= left_.size()) fail("missing closing quote in the structured data");
    parameter = {element_, left_.substr(0, equals), left_.substr(equals + 2, end - equals - 2)};
    left_.remove_prefix(end + 1);
    empty_ = false;
    return true;
  }
  return false;
}

std::string_view facility_name(int priority) { return kFacilities[priority / 8]; }
std::string_view severity_name(int priority) { return kSeverities[priority % 8]; }

}  // namespace weir::stages::parse
