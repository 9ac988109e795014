#include "stages/parse/access_log_parse.h"

#include <algorithm>
#include <utility>

#include "stages/parse/unescape.h"
#include "weir/in_quotes.h"

namespace weir::stages::parse {
namespace {

constexpr std::string_view kKind = "access_log";
constexpr std::string_view kRequestMembers[] = {"method", "path", "protocol"};

/// Variables of nginx whose members have names of their own.
constexpr std::pair<std::string_view, std::string_view> kNames[] = {{"remote_addr", "ip"},
                                                                    {"remote_user", "user"},
                                                                    {"time_local", "time"},
                                                                    {"time_iso8601", "time"},
                                                                    {"msec", "time"},
                                                                    {"request", "path"},
                                                                    {"request_method", "method"},
                                                                    {"request_uri", "path"},
                                                                    {"uri", "path"},
                                                                    {"server_protocol", "protocol"},
                                                                    {"status", "status"},
                                                                    {"body_bytes_sent", "bytes"},
                                                                    {"bytes_sent", "bytes"},
                                                                    {"http_referer", "referer"},
                                                                    {"http_user_agent", "agent"}};

std::string_view member_of(std::string_view variable) {
  for (const auto& [known, member] : kNames) {
    if (known == variable) return member;
  }
  return variable;
}

[[noreturn]] void fail(const std::string& message) {
  throw Error(std::string(kKind), message, false);
}

/// Returns the types with those of the members that are always numbers.
OptionMap<FieldType> with_numbers(OptionMap<FieldType> types) {
  types.insert(types.begin(), {{"status", FieldType::integer}, {"bytes", FieldType::integer}});
  return types;
}

/// Returns where `behind` begins in the text of a variable in quotes: a quote behind a backslash
/// does not end it.
std::size_t end_of_quoted(std::string_view text, std::string_view behind) {
  const std::size_t first = text.find(behind);
  if (first == text.npos || text.substr(0, first).find('\\') == text.npos) return first;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text.substr(at).starts_with(behind)) {
      return at;
    }
  }
  return text.npos;
}

/// Returns the text with `\xHH` and, as Apache writes them, `\"` and `\\` decoded.
std::string_view decoded(std::string_view text, Record& record) {
  if (text.find('\\') == text.npos) return text;
  char* const begin = record.allocate(text.size());
  char* out = begin;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view left = text.substr(i);
    const int byte = left.starts_with("\\x") ? hex_byte(text, i + 2) : -1;
    if (byte >= 0) {
      *out++ = static_cast<char>(byte);
      i += 4;
    } else if (left.starts_with("\\\"") || left.starts_with("\\\\")) {
      *out++ = left[1];
      i += 2;
    } else {
      *out++ = text[i++];
    }
  }
  record.trim(out);
  return {begin, static_cast<std::size_t>(out - begin)};
}

}  // namespace

AccessLogParse::AccessLogParse(const AccessLogOptions& options)
    : place_(options), format_(options.format), zone_(options.zone) {
  const MemberTypes types(with_numbers(options.types));
  std::vector<std::string> names;
  for (const LogFormat::Piece& piece : format_.pieces()) {
    const std::string name(member_of(piece.variable));
    const Form form = piece.variable == "identity"  ? Form::ignored
                      : piece.variable == "request" ? Form::request
                      : name == "time"              ? Form::time
                                                    : Form::text;
    const bool again = std::ranges::count(names, name) > 0;
    members_.push_back({form, name, place_.name(name), types.of(name), again});
    if (form == Form::request) {
      members_.back().again = std::ranges::any_of(
          kRequestMembers, [&](auto one) { return std::ranges::count(names, one) > 0; });
      names.insert(names.end(), std::begin(kRequestMembers), std::end(kRequestMembers));
    } else if (form != Form::ignored) {
      names.push_back(name);
    }
  }
  most_ = static_cast<std::uint32_t>(names.size());
  for (int i = 0; i < 3; ++i) request_[i] = place_.name(kRequestMembers[i]);
}

void AccessLogParse::open(Context& context) {
  times_.clear();
  for (const LogFormat::Piece& piece : format_.pieces()) {
    TimeSpec spec;
    spec.zone = zone_.name;
    spec.formats = {piece.variable == "time_local" ? "common_log" : "auto"};
    times_.emplace_back(context.times(), spec);
  }
}

void AccessLogParse::process(Record& record, Call& call) const {
  std::string_view left;
  if (!place_.read(record, left, kKind)) return;
  auto& scratch = call.scratch<Scratch>();
  if (!left.starts_with(format_.before())) {
    fail("expected " + in_quotes(format_.before()) + " at the beginning, got " + in_quotes(left));
  }
  left.remove_prefix(format_.before().size());
  scratch.result.begin(place_, record, most_);
  const auto& pieces = format_.pieces();
  bool ended = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    put(i, ended ? std::string_view("-") : take(i, left, ended), record, scratch);
  }
  if (!left.empty()) fail("expected the end, got " + in_quotes(left));
  scratch.result.end();
}

/// Returns the text of a variable, and moves behind it. `ended` becomes true if the line ends here
/// though more variables could follow.
std::string_view AccessLogParse::take(std::size_t member, std::string_view& left,
                                      bool& ended) const {
  const LogFormat::Piece& piece = format_.pieces()[member];
  std::size_t end = piece.in_quotes        ? end_of_quoted(left, piece.behind)
                    : piece.behind.empty() ? left.size()
                                           : left.find(piece.behind);
  if (end == left.npos) {
    ended = member + 1 == format_.fewest() && member + 1 < format_.pieces().size();
    if (!ended) {
      fail("expected " + in_quotes(piece.behind) + " behind '$" + piece.variable +
           "', got the end");
    }
    end = left.size();
  }
  const std::string_view text = left.substr(0, end);
  left.remove_prefix(ended ? end : end + piece.behind.size());
  return text;
}

void AccessLogParse::put(std::size_t member, std::string_view text, Record& record,
                         Scratch& scratch) const {
  const Member& which = members_[member];
  if (which.form == Form::ignored) return;
  if (which.form == Form::request) {
    return put_request(text, record, scratch.result, which.again);
  }
  Value value;
  if (text != "-") {
    text = decoded(text, record);
    value = which.form == Form::time ? time_of(member, text, record, scratch)
                                     : MemberTypes::value(kKind, which.name, which.type, text);
  }
  ResultWriter& result = scratch.result;
  which.again ? result.put(which.field, value) : result.put_distinct(which.field, value);
}

/// Puts what a request line consists of; one that is none goes whole into the path.
void AccessLogParse::put_request(std::string_view text, Record& record, ResultWriter& result,
                                 bool again) const {
  Value members[3];
  const std::size_t first = text.find(' ');
  const std::size_t last = text.rfind(' ');
  if (first != last && first > 0 && text.substr(last + 1).starts_with("HTTP/")) {
    members[0] = Value(decoded(text.substr(0, first), record));
    members[1] = Value(decoded(text.substr(first + 1, last - first - 1), record));
    members[2] = Value(decoded(text.substr(last + 1), record));
  } else if (text != "-") {
    members[1] = Value(decoded(text, record));
  }
  for (int i = 0; i < 3; ++i) {
    again ? result.put(request_[i], members[i]) : result.put_distinct(request_[i], members[i]);
  }
}

Value AccessLogParse::time_of(std::size_t member, std::string_view text, Record& record,
                              Scratch& scratch) const {
  if (scratch.member == member && scratch.time == text && !text.empty()) {
    return Value(record.copy(scratch.iso));
  }
  const TimeFormat& format = times_[member];
  // `$msec` is a number, and the others are none.
  Value written(text);
  if (format_.pieces()[member].variable == "msec") read_as(FieldType::number, text, written);
  Instant time;
  if (!format.read(written, time)) {
    fail("field " + in_quotes(members_[member].name) + ": " + format.problem(written));
  }
  TimeFormat().write(time, scratch.iso);
  scratch.member = member;
  scratch.time.assign(text);
  return Value(record.copy(scratch.iso));
}

}  // namespace weir::stages::parse
