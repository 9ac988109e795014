#include "stages/file/framing.h"

#include <chrono>
#include <utility>

#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kLongestDelimiter = 64;
constexpr std::size_t kLongestPath = 1024;

constexpr const char* kIdle = "idle";

/// The keys, of which a map has exactly one.
std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const OptionSpec& key : OptionType<FramingOption>::keys()) {
    if (key.name != kIdle) names.push_back(key.name);
  }
  return names;
}

std::string joined(const std::vector<std::string>& words, std::string_view between,
                   std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : between;
    text += words[i];
  }
  return text;
}

/// A key that is a pattern.
struct PatternKey {
  const char* name;
  LinePattern::Role role;
  std::optional<Pattern> FramingKeys::*member;
};
constexpr PatternKey kPatternKeys[] = {
    {"begin", LinePattern::Role::begin, &FramingKeys::begin},
    {"continue", LinePattern::Role::continues, &FramingKeys::continues},
    {"end", LinePattern::Role::end, &FramingKeys::end},
};

const PatternKey* pattern_key(const FramingOption& option) {
  for (const PatternKey& key : kPatternKeys) {
    if (option.keys.*key.member) return &key;
  }
  return nullptr;
}

bool check_pattern(const PatternKey& key, const FramingOption& option, const Node& node,
                   Binder& binder) {
  const std::string& pattern = (option.keys.*key.member)->text;
  std::string problem;
  std::size_t offset = OptionError::kWhole;
  if (!is_pattern(pattern, problem, offset)) {
    binder.error(node, problem, {}, offset);
    return false;
  }
  if (LinePattern(key.role, pattern).matches_every_line()) {
    const bool one = key.role == LinePattern::Role::continues;
    binder.warning(node, in_quotes(key.name) + " matches every line",
                   one ? "each file is one record" : "each line is a record");
  }
  return true;
}

bool check_size(const Node& node, std::size_t most, Binder& binder) {
  const std::size_t size = node.text.size();
  if (size > 0 && size <= most) return true;
  binder.error(node, "expected 1 to " + std::to_string(most) + " bytes, got " +
                         (size == 0 ? "empty text" : std::to_string(size)));
  return false;
}

bool parse_map(const Node& node, FramingOption& out, Binder& binder) {
  if (!binder.bind_map(OptionType<FramingOption>::keys(), &out.keys, node)) return false;
  std::vector<std::string> given;
  for (const Node::Entry& entry : node.entries) {
    if (entry.key.text != kIdle) given.push_back(entry.key.text);
  }
  if (given.size() != 1) {
    binder.error(node, "expected one of " + joined(key_names(), " | ", " | ") + ", got " +
                           (given.empty() ? "none" : joined(given, ", ", " and ")));
    return false;
  }
  out.key = given.front();
  const Node& value = *node.find(out.key);
  if (out.keys.idle && !pattern_key(out)) {
    binder.error(*node.find(kIdle), "'idle' needs begin, continue or end");
    return false;
  }
  if (const PatternKey* key = pattern_key(out)) return check_pattern(*key, out, value, binder);
  if (out.keys.delimiter) return check_size(value, kLongestDelimiter, binder);
  return check_size(value, kLongestPath, binder);
}

}  // namespace

std::string FramingOption::written() const {
  if (!key.empty()) return "framing: { " + key + ": ... }";
  return named && choice != FramingChoice::automatic
             ? "framing: " + OptionType<FramingChoice>::show(choice)
             : "";
}

std::shared_ptr<LinePattern> FramingOption::line_pattern() const {
  const PatternKey* key = pattern_key(*this);
  return key ? std::make_shared<LinePattern>(key->role, (keys.*key->member)->text) : nullptr;
}

}  // namespace weir::stages::file

namespace weir {

using stages::file::FramingChoice;
using stages::file::FramingKeys;

std::string OptionType<stages::file::FramingOption>::name() {
  return OptionType<FramingChoice>::name() + " | map of " +
         stages::file::joined(stages::file::key_names(), ", ", ", ");
}

const std::vector<OptionSpec>& OptionType<stages::file::FramingOption>::keys() {
  static const auto keys = declared<FramingKeys>([](auto& map) {
    map.optional("begin", &FramingKeys::begin,
                 "a record begins with each line in which this pattern is found")
        .optional("continue", &FramingKeys::continues,
                  "a line in which this pattern is found belongs to the record above it")
        .optional("end", &FramingKeys::end,
                  "a record ends with each line in which this pattern is found");
    map.optional("delimiter", &FramingKeys::delimiter,
                 "the bytes that end a record, 64 at most; a single byte is fastest")
        .optional("json_array", &FramingKeys::json_array,
                  "the names, with points between them, that lead to the array of a JSON document "
                  "whose elements are the records");
    map.optional("idle", &FramingKeys::idle,
                 "beside a pattern, with follow: whole lines are a record when so long nothing has "
                 "come; 1s without")
        .min(&FramingKeys::idle, std::chrono::milliseconds(10));
  });
  return keys;
}

bool OptionType<stages::file::FramingOption>::parse(const Node& node, Option& out, Binder& binder) {
  out = {};
  if (node.shape == Node::Shape::map) return stages::file::parse_map(node, out, binder);
  out.named = true;
  for (const std::string& key : stages::file::key_names()) {
    if (node.shape != Node::Shape::scalar || node.text != key || key == "json_array") continue;
    binder.error(node,
                 "expected one of " + OptionType<FramingChoice>::name() + ", got '" + key + "'",
                 "write 'framing: { " + key + ": ... }'");
    return false;
  }
  return OptionType<FramingChoice>::parse(node, out.choice, binder);
}

std::string OptionType<stages::file::FramingOption>::show(const Option& value) {
  return value.key.empty() ? OptionType<FramingChoice>::show(value.choice) : "";
}

}  // namespace weir
