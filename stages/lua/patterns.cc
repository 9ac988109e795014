#include "stages/lua/patterns.h"

#include <re2/re2.h>

namespace weir::lua {

Patterns::Patterns() = default;
Patterns::~Patterns() = default;

const re2::RE2* Patterns::find(std::string_view pattern) {
  for (const auto& [source, regex] : known_) {
    if (source == pattern) return regex.get();
  }
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!regex->ok()) {
    problem_ = "expected a regular expression: " + regex->error();
    return nullptr;
  }
  if (known_.size() >= kKept) known_.clear();
  known_.emplace_back(pattern, std::move(regex));
  return known_.back().second.get();
}

bool Patterns::matches(std::string_view text, std::string_view pattern, bool& result) {
  const re2::RE2* regex = find(pattern);
  if (!regex) return false;
  result = regex->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
  return true;
}

}  // namespace weir::lua
