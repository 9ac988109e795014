#include "stages/parse/syslog_parse.h"

#include "weir/detail/json_text.h"
#include "weir/in_quotes.h"

namespace weir::stages::parse {
namespace {

constexpr std::string_view kKind = "syslog";
constexpr std::string_view kMemberNames[] = {"time", "facility", "severity", "host", "app",
                                             "pid",  "msgid",    "message",  "data"};

/// Appends a parameter's value as a JSON string. `\"`, `\\` and `\]` stand for what follows the
/// backslash; any other backslash stands for itself (RFC 5424, section 6.3.3).
void append_value(std::string& out, std::string_view value) {
  std::string plain;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size() &&
        (value[i + 1] == '"' || value[i + 1] == '\\' || value[i + 1] == ']')) {
      ++i;
    }
    plain += value[i];
  }
  detail::append_json_string(out, plain);
}

/// Makes an object of the elements of structured data, each an object of its parameters.
void make_object(std::string_view data, std::string& out) {
  out = "{";
  std::string_view element;
  bool first = true;
  SyslogData parameters(data);
  for (SyslogData::Parameter one; parameters.next(one); first = false) {
    const bool begins = first || one.element.data() != element.data();
    if (begins) {
      if (!first) out += "},";
      element = one.element;
      detail::append_json_string(out, element);
      out += ":{";
    } else {
      out += ',';
    }
    if (one.name.empty()) continue;
    detail::append_json_string(out, one.name);
    out += ':';
    append_value(out, one.value);
  }
  out += first ? "}" : "}}";
}

}  // namespace

SyslogParse::SyslogParse(const SyslogOptions& options)
    : place_(options), types_(options.types), format_(options.format) {
  times_.formats = {"syslog", "iso"};
  times_.zone = options.zone.name;
  times_.reference = options.reference.time;
  for (int i = 0; i < kMembers; ++i) names_[i] = place_.name(kMemberNames[i]);
}

void SyslogParse::open(Context& context) { time_ = TimeFormat(context.times(), times_); }

Value SyslogParse::time_of(std::string_view text, Record& record, std::string& room) const {
  if (text.empty()) return {};
  Instant time;
  if (!time_.read(Value(text), time)) {
    throw Error(std::string(kKind), "field 'time': " + time_.problem(Value(text)), false);
  }
  return Value(record.copy(TimeFormat().write(time, room).as_text()));
}

Value SyslogParse::text_of(Member member, const SyslogMessage::Part& part) const {
  return part ? types_.value(kKind, kMemberNames[member], *part) : Value();
}

void SyslogParse::process(Record& record, Call& call) const {
  std::string_view text;
  if (!place_.read(record, text, kKind)) return;
  const SyslogMessage found = read_syslog(text, format_);
  auto& [result, room] = call.scratch<Scratch>();
  Value members[kMembers];
  members[kTime] = time_of(found.time, record, room);
  if (found.priority) {
    members[kFacility] = Value(facility_name(*found.priority));
    members[kSeverity] = Value(severity_name(*found.priority));
  }
  members[kHost] = text_of(kHost, found.host);
  members[kApp] = text_of(kApp, found.app);
  members[kPid] = text_of(kPid, found.pid);
  members[kMsgid] = text_of(kMsgid, found.msgid);
  members[kMessage] = text_of(kMessage, found.message);
  if (found.data) {
    make_object(*found.data, room);
    members[kData] = Value::json(record.copy(room));
  }
  result.begin(place_, record, kMembers);
  for (int i = 0; i < kMembers; ++i) result.put_distinct(names_[i], members[i]);
  result.end();
}

}  // namespace weir::stages::parse
