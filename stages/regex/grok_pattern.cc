#include "stages/regex/grok_pattern.h"

#include <algorithm>

#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::stages::regex {
namespace {

constexpr std::size_t kLargest = 64 << 10;  ///< Bytes of an expanded pattern.

/// A reference such as `%{NAME:field:int}`.
struct Reference {
  std::string name;
  std::string field;
  std::string type;
  bool names = false;  ///< True if a `:` announces a field.
};

Reference split(const std::string& text) {
  Reference found;
  const std::size_t first = text.find(':');
  found.name = text.substr(0, first);
  found.names = first != text.npos;
  if (!found.names) return found;
  const std::size_t second = text.find(':', first + 1);
  found.field = text.substr(first + 1, second - first - 1);
  if (second != text.npos) found.type = text.substr(second + 1);
  return found;
}

/// Expands one pattern; each mistake is thrown with the place of the reference in the option.
class Expansion {
 public:
  explicit Expansion(const OptionMap<std::string>& own) : own_(own) {}

  GrokPattern run(const std::string& pattern) {
    expand(pattern, 0, true);
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw OptionError("pattern", message, at_);
  }

  /// `offset`: where `pattern` begins in the option, if it stands in it.
  void expand(const std::string& pattern, std::size_t offset, bool written) {
    for (std::size_t i = 0; i < pattern.size();) {
      const bool escaped = pattern[i] == '\\' && i + 1 < pattern.size();
      if (escaped || pattern.compare(i, 2, "%{") != 0) {
        if (pattern.compare(i, 3, "(?<") == 0 || pattern.compare(i, 4, "(?P<") == 0) {
          if (written) at_ = offset + i;
          i = copy_group(pattern, i);
          continue;
        }
        out_.regex.append(pattern, i, escaped ? 2 : 1);
        i += escaped ? 2 : 1;
        continue;
      }
      if (written) at_ = offset + i;
      const std::size_t end = pattern.find('}', i);
      if (end == pattern.npos) fail("expected '}' behind '%{'");
      refer(split(pattern.substr(i + 2, end - i - 2)));
      i = end + 1;
    }
    check_size();
  }

  void check_size() const {
    if (out_.regex.size() > kLargest) fail("expected at most 64KiB with all patterns in it");
  }

  /// Copies the head of a named group, which becomes a field.
  std::size_t copy_group(const std::string& pattern, std::size_t at) {
    if (pattern[at + 2] != 'P') fail("expected '(?P<' for a named group, got '(?<'");
    const std::size_t end = pattern.find('>', at);
    if (end == pattern.npos) fail("expected '>' behind '(?P<'");
    open_group(pattern.substr(at + 4, end - at - 4), FieldType::text);
    return end + 1;
  }

  void refer(const Reference& reference) {
    check_size();
    const std::string_view pattern = find(reference.name);
    const auto cycle = std::find(path_.begin(), path_.end(), reference.name);
    if (cycle != path_.end()) {
      std::string shown;
      for (auto name = cycle; name != path_.end(); ++name) shown += *name + " -> ";
      fail("cycle: " + shown + reference.name);
    }
    constexpr std::size_t kDeepest = 100;
    if (path_.size() == kDeepest) fail("expected patterns at most 100 deep in one another");
    path_.push_back(reference.name);
    if (!reference.names) {
      out_.regex += "(?:";
    } else {
      open_group(reference.field, type_of(reference));
    }
    expand(std::string(pattern), 0, false);
    out_.regex += ')';
    path_.pop_back();
  }

  FieldType type_of(const Reference& reference) const {
    if (reference.type.empty()) return FieldType::text;
    if (reference.type == "int") return FieldType::integer;
    if (reference.type == "float") return FieldType::number;
    fail("unknown type " + in_quotes(reference.type) + "; the types are int and float");
  }

  /// Opens a group that becomes a field. RE2 takes each name once, and only letters, digits and
  /// underscores in it.
  void open_group(const std::string& field, FieldType type) {
    if (field.empty()) fail("expected a field behind ':', got nothing");
    const std::string group = "f" + std::to_string(out_.groups.size());
    out_.groups.push_back({field, group, type});
    out_.regex += "(?P<" + group + ">";
  }

  std::string_view find(const std::string& name) const {
    for (const auto& [known, pattern] : own_) {
      if (known == name) return pattern;
    }
    const std::string_view pattern = grok_library(name);
    if (pattern.empty()) fail("unknown pattern " + in_quotes(name));
    return pattern;
  }

  const OptionMap<std::string>& own_;
  GrokPattern out_;
  std::vector<std::string> path_;  ///< The names that are being expanded.
  std::size_t at_ = OptionError::kWhole;
};

}  // namespace

GrokPattern expand_grok(const std::string& pattern, const OptionMap<std::string>& own) {
  return Expansion(own).run(pattern);
}

}  // namespace weir::stages::regex
