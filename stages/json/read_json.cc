// Reads a JSON text as a list of its parts, for code that makes values of its own from them
// (stages/lua). It is small, since few texts are read so: json.parse has a reader of its own.

#include <algorithm>
#include <utility>
#include <vector>

#include "stages/builtin.h"
#include "stages/json/mistake.h"
#include "stages/json/scalar.h"
#include "weir/in_quotes.h"

namespace weir::stages::json {
namespace {

class Reader {
 public:
  Reader(std::string_view json, JsonParts& out) : json_(json), out_(out) {}

  /// Returns what is wrong; empty if nothing is.
  std::string read() {
    out_.parts.clear();
    out_.texts.clear();
    out_.texts.reserve(json_.size());  // Views into it must stay.
    const std::size_t bad = find_bad_utf8(json_);
    if (bad < json_.size()) return "expected UTF-8, got another byte at " + std::to_string(bad);
    if (!value()) return std::move(problem_);
    while (!open_.empty()) {
      if (!step()) return std::move(problem_);
    }
    skip();
    if (at_ < json_.size()) expected("the end");
    return std::move(problem_);
  }

 private:
  using Kind = JsonParts::Kind;

  void skip() {
    while (at_ < json_.size() && is_json_space(json_[at_])) ++at_;
  }
  char peek() {
    skip();
    return at_ < json_.size() ? json_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c || at_ == json_.size()) return false;
    ++at_;
    return true;
  }
  bool expected(const std::string& what) {
    skip();
    return fail("expected " + what + ", got " + name_token(json_.substr(at_)));
  }
  bool fail(std::string problem) {
    problem_ = std::move(problem) + " at byte " + std::to_string(at_);
    return false;
  }
  bool add(Kind kind, Value value = {}) {
    if (out_.parts.size() == JsonParts::kMost) return fail("it has too many values");
    out_.parts.push_back({kind, value});
    return true;
  }

  /// Reads the next member or element of what is open, or its end.
  bool step() {
    const bool object = open_.back() == '}';
    if (take(open_.back())) {
      if (comma_) return fail("expected a value behind ','");
      open_.pop_back();
      comma_ = false;
      first_ = false;
      return add(Kind::end);
    }
    if (!first_ && !comma_) {
      if (!take(',')) return expected(object ? "',' or '}'" : "',' or ']'");
      comma_ = true;
      return true;
    }
    first_ = comma_ = false;
    if (object) {
      if (peek() != '"') return expected("a name in quotes");
      if (!text(Kind::name)) return false;
      if (!take(':')) return expected("':'");
    }
    return value();
  }

  bool value() {
    const char c = peek();
    if (c == '"') return text(Kind::value);
    if (c == '{' || c == '[') {
      if (open_.size() == JsonParts::kMostLevels) {
        return fail("expected at most " + std::to_string(JsonParts::kMostLevels) + " levels");
      }
      ++at_;
      open_.push_back(c == '{' ? '}' : ']');
      first_ = true;
      return add(c == '{' ? Kind::object : Kind::array);
    }
    constexpr std::string_view kEnds = " \t\r\n,:]}\"[{";
    const std::size_t end = std::min(json_.find_first_of(kEnds, at_), json_.size());
    const std::string_view token = json_.substr(at_, end - at_);
    Value read;
    if (token.empty() || (!read_json_number(token, read) && !read_json_atom(token, read))) {
      return expected("a value");
    }
    at_ = end;
    first_ = false;
    return add(Kind::value, read);
  }

  bool text(Kind kind) {
    const std::size_t begin = at_ + 1;
    for (++at_; at_ < json_.size() && json_[at_] != '"'; ++at_) {
      if (static_cast<unsigned char>(json_[at_]) < 0x20) {
        return fail("expected no control character in a text");
      }
      if (json_[at_] == '\\') ++at_;
    }
    if (at_ >= json_.size()) {
      at_ = begin - 1;
      return fail("a text without its closing quote");
    }
    std::string_view inside = json_.substr(begin, at_++ - begin);
    if (inside.find('\\') != inside.npos) {
      const std::size_t before = out_.texts.size();
      out_.texts.resize(before + inside.size());
      std::size_t bad = 0;
      const char* const end = unescape_json(inside, out_.texts.data() + before, bad);
      if (!end) {
        at_ = begin + bad;
        return fail("expected an escape");
      }
      out_.texts.resize(static_cast<std::size_t>(end - out_.texts.data()));
      inside = std::string_view(out_.texts).substr(before);
    }
    first_ = false;
    return add(kind, Value(inside));
  }

  std::string_view json_;
  JsonParts& out_;
  std::size_t at_ = 0;
  std::string open_;    ///< What closes the arrays and objects that are open.
  bool first_ = false;  ///< True directly behind what opens one.
  bool comma_ = false;  ///< True directly behind a comma.
  std::string problem_;
};

}  // namespace
}  // namespace weir::stages::json

namespace weir::stages {

std::string read_json(std::string_view json, JsonParts& out) {
  return json::Reader(json, out).read();
}

}  // namespace weir::stages
