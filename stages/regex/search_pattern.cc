#include "stages/regex/search_pattern.h"

#include <algorithm>

#include "weir/in_quotes.h"

namespace weir::stages::regex {
namespace {

/// Returns the size of what an escape at the beginning of `pattern` covers.
std::size_t escape_size(std::string_view pattern) {
  if (!pattern.starts_with("\\Q")) return std::min<std::size_t>(2, pattern.size());
  const std::size_t end = pattern.find("\\E");
  return end == pattern.npos ? pattern.size() : end + 2;
}

/// Returns the size of the class at the beginning of `pattern`.
std::size_t class_size(std::string_view pattern) {
  std::size_t at = pattern.starts_with("[^") ? 2 : 1;
  // A bracket that comes first stands for itself.
  if (at < pattern.size() && pattern[at] == ']') ++at;
  while (at < pattern.size() && pattern[at] != ']') {
    const std::size_t named =
        pattern.substr(at).starts_with("[:") ? pattern.find(":]", at) : pattern.npos;
    if (named != pattern.npos) {
      at = named + 2;
    } else {
      at += pattern[at] == '\\' ? 2 : 1;
    }
  }
  return std::min(at + 1, pattern.size());
}

}  // namespace

std::string_view class_beyond_ascii(std::string_view pattern) {
  while (!pattern.empty()) {
    std::size_t size = 1;
    if (pattern[0] == '\\') {
      size = escape_size(pattern);
    } else if (pattern[0] == '[') {
      size = class_size(pattern);
      const std::string_view found = pattern.substr(0, size);
      const auto beyond = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
      if (std::any_of(found.begin(), found.end(), beyond)) return found;
    }
    pattern.remove_prefix(size);
  }
  return {};
}

}  // namespace weir::stages::regex

bool weir::OptionType<weir::stages::regex::SearchPattern>::parse(const Node& node,
                                                                 SearchPattern& out,
                                                                 Binder& binder) {
  Pattern pattern;
  if (!OptionType<Pattern>::parse(node, pattern, binder)) return false;
  out.text = std::move(pattern.text);
  const std::string_view found = stages::regex::class_beyond_ascii(out.text);
  if (!found.empty()) {
    binder.warning(node, in_quotes(found) + " stands for single bytes in a text that is not UTF-8",
                   "there '(?:ä|ö)' stands for characters, '[äö]' does not");
  }
  return true;
}
