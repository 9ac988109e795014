#include "stages/lua/patterns.h"

#include <re2/re2.h>

#include <utility>

#include "weir/detail/utf8.h"

namespace weir::stages::lua {

namespace {

std::unique_ptr<re2::RE2> compile(std::string_view pattern, RE2::Options::Encoding encoding) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(encoding);
  return std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

}  // namespace

struct Patterns::Known {
  std::string source;
  std::unique_ptr<re2::RE2> characters;
  std::unique_ptr<re2::RE2> bytes;  ///< Made when it is first needed.
};

Patterns::Patterns() = default;
Patterns::~Patterns() = default;

Patterns::Known* Patterns::find(std::string_view pattern) {
  for (Known& known : known_) {
    if (known.source == pattern) return &known;
  }
  auto regex = compile(pattern, RE2::Options::EncodingUTF8);
  if (!regex->ok()) {
    problem_ = "expected a regular expression: " + regex->error();
    return nullptr;
  }
  if (known_.size() >= kKept) known_.clear();
  known_.push_back({std::string(pattern), std::move(regex), nullptr});
  return &known_.back();
}

/// Returns the form of the pattern for a text; null if there is none.
const re2::RE2* Patterns::regex_for(std::string_view text, std::string_view pattern) {
  Known* const known = find(pattern);
  if (!known) return nullptr;
  const re2::RE2* regex = known->characters.get();
  if (!detail::is_utf8(text)) {
    if (!known->bytes) known->bytes = compile(pattern, RE2::Options::EncodingLatin1);
    regex = known->bytes.get();
    if (!regex->ok()) {
      problem_ = "the pattern needs UTF-8, and the text is none";
      return nullptr;
    }
  }
  return regex;
}

bool Patterns::matches(std::string_view text, std::string_view pattern, bool& result) {
  const re2::RE2* const regex = regex_for(text, pattern);
  if (!regex) return false;
  result = regex->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
  return true;
}

bool Patterns::extract(std::string_view text, std::string_view pattern, std::string_view& found) {
  const re2::RE2* const regex = regex_for(text, pattern);
  if (!regex) return false;
  re2::StringPiece groups[2];
  const int count = regex->NumberOfCapturingGroups() > 0 ? 2 : 1;
  found = {};
  if (!regex->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, groups, count)) {
    return true;
  }
  const re2::StringPiece& group = groups[count - 1];  // Of none, if it took no part in the match.
  if (group.data()) found = {group.data(), group.size()};
  return true;
}

bool Patterns::replace(std::string_view text, std::string_view pattern, std::string_view to,
                       std::string& made) {
  const re2::RE2* const regex = regex_for(text, pattern);
  if (!regex || !check_replacement(pattern, to)) return false;
  made = text;
  RE2::GlobalReplace(&made, *regex, re2::StringPiece(to.data(), to.size()));
  return true;
}

bool Patterns::check_replacement(std::string_view pattern, std::string_view to) {
  Known* const known = find(pattern);
  if (!known) return false;
  std::string why;
  if (known->characters->CheckRewriteString(re2::StringPiece(to.data(), to.size()), &why)) {
    return true;
  }
  problem_ = "expected a replacement: " + why;
  return false;
}

}  // namespace weir::stages::lua
