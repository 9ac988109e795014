#include "stages/parse/url_parse.h"

#include <algorithm>
#include <charconv>

#include "stages/parse/unescape.h"
#include "weir/detail/json_object.h"
#include "weir/in_quotes.h"

namespace weir::stages::parse {
namespace {

constexpr std::string_view kMemberNames[] = {"scheme", "user", "password", "host",
                                             "port",   "path", "query",    "fragment"};

[[noreturn]] void fail(const std::string& message) { throw Error("url", message, false); }

bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Returns the size of the scheme with which the URL begins; 0 if there is none.
std::size_t scheme_size(std::string_view url) {
  if (url.empty() || !is_letter(url[0])) return 0;
  std::size_t size = 1;
  while (size < url.size() && (is_letter(url[size]) || is_digit(url[size]) || url[size] == '+' ||
                               url[size] == '-' || url[size] == '.')) {
    ++size;
  }
  return size < url.size() && url[size] == ':' ? size : 0;
}

/// Cuts `text` at `mark`, and returns what stands behind it; null if there is no mark.
Value cut_behind(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return {};
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return Value(behind);
}

Value port_of(std::string_view text) {
  if (text.empty()) return {};
  std::int64_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, port);
  if (code != std::errc() || at != end || !is_digit(text[0]) || port > 65'535) {
    fail("expected a port from 0 to 65535, got " + in_quotes(text));
  }
  return Value(port);
}

/// Returns a part of a query as it was before it was encoded; what is no escape stays as it is.
std::string_view decoded(std::string_view text, Record& record) {
  if (text.find_first_of("%+") == text.npos) return text;
  char* const begin = record.allocate(text.size());
  char* out = begin;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? hex_byte(text, i + 1) : -1;
    if (byte >= 0) i += 2;
    *out++ = byte >= 0 ? static_cast<char>(byte) : text[i] == '+' ? ' ' : text[i];
  }
  record.trim(out);
  return {begin, static_cast<std::size_t>(out - begin)};
}

/// Refuses a text that is no URL: nothing, or with blanks or control characters.
void check(std::string_view url) {
  if (url.empty()) fail("expected a URL, got nothing");
  const auto bad = std::ranges::find_if(
      url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
  if (bad == url.end()) return;
  fail(std::string("expected a URL without ") + (*bad == ' ' ? "blanks" : "control characters") +
       ", got " + in_quotes(url));
}

}  // namespace

UrlParse::UrlParse(const ResultOptions& options) : place_(options) {
  for (int i = 0; i < kMembers; ++i) names_[i] = place_.name(kMemberNames[i]);
}

/// Reads `user:password@host:port`.
void UrlParse::take_authority(std::string_view authority, Value* members) const {
  const std::size_t at = authority.rfind('@');
  if (at != authority.npos) {
    std::string_view user = authority.substr(0, at);
    members[kPassword] = cut_behind(user, ':');
    members[kUser] = Value(user);
    authority.remove_prefix(at + 1);
  }
  if (authority.starts_with('[')) {  // An address of IPv6.
    const std::size_t end = authority.find(']');
    if (end == authority.npos) fail("expected ']' behind " + in_quotes(authority));
    members[kHost] = Value(authority.substr(1, end - 1));
    authority.remove_prefix(end + 1);
    if (!authority.empty() && authority[0] != ':') {
      fail("expected ':' behind ']', got " + in_quotes(authority));
    }
    members[kPort] = port_of(authority.substr(authority.empty() ? 0 : 1));
    return;
  }
  const Value port = cut_behind(authority, ':');
  members[kHost] = Value(authority);
  if (!port.is_null()) members[kPort] = port_of(port.as_text());
}

/// Returns the parameters of a query as an object; of two with one name, the last counts.
Value UrlParse::query_of(std::string_view query, Record& record, detail::MemberTable& table) const {
  table.begin();
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    std::string_view name = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (name.empty()) continue;
    const Value value = cut_behind(name, '=');
    const std::string_view text = value.is_null() ? std::string_view() : value.as_text();
    table.set(decoded(name, record), Value(decoded(text, record)));
  }
  const Value object = Value::json(detail::json_object(table.slots(), record));
  table.shrink();
  return object;
}

void UrlParse::process(Record& record, Call& call) const {
  std::string_view url;
  if (!place_.read(record, url, "url")) return;
  check(url);
  auto& [result, table] = call.scratch<Scratch>();
  Value members[kMembers];
  members[kFragment] = cut_behind(url, '#');
  const Value query = cut_behind(url, '?');
  if (!query.is_null()) members[kQuery] = query_of(query.as_text(), record, table);
  if (const std::size_t size = scheme_size(url)) {
    members[kScheme] = Value(url.substr(0, size));
    url.remove_prefix(size + 1);
  }
  if (url.starts_with("//")) {
    const std::size_t end = std::min(url.find('/', 2), url.size());
    take_authority(url.substr(2, end - 2), members);
    url.remove_prefix(end);
  }
  members[kPath] = Value(url);
  result.begin(place_, record, kMembers);
  for (int i = 0; i < kMembers; ++i) result.put_distinct(names_[i], members[i]);
  result.end();
}

}  // namespace weir::stages::parse
