#include "stages/regex/regex_match.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "weir/in_quotes.h"

namespace weir::stages::regex {
namespace {

constexpr int kMaxGroups = 100;

bool has_named_group(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 regex(pattern, options);
  return regex.ok() && !regex.NamedCapturingGroups().empty();
}

}  // namespace

RegexMatch::Scratch::Scratch(const RegexMatch& stage) : matcher(stage.options_.pattern.text) {}

RegexMatch::RegexMatch(const RegexMatchOptions& options) : options_(options), place_(options) {
  find_groups(*compile_pattern(options.pattern.text));
  if (groups_.empty() && (options.into || options.prefix)) {
    throw OptionError(options.into ? "into" : "prefix", std::string("'") +
                                                            (options.into ? "into" : "prefix") +
                                                            "' needs a pattern with named groups");
  }
  if (options.invert && !groups_.empty()) {
    throw OptionError("invert",
                      "a record that does not match has no groups: remove 'invert' or "
                      "the names of the groups");
  }
  if (options.invert && options.on_mismatch != OnMismatch::drop) {
    throw OptionError("on_mismatch", "expected no 'on_mismatch' beside 'invert: true'");
  }
  for (const auto& [name, type] : options.types) {
    const auto found =
        std::find_if(groups_.begin(), groups_.end(),
                     [&wanted = name](const Group& group) { return group.name == wanted; });
    if (found == groups_.end()) throw OptionError("types", "unknown group '" + name + "'");
    found->type = type;
  }
}

RegexMatch::~RegexMatch() = default;

void RegexMatch::find_groups(const re2::RE2& regex) {
  for (const auto& [number, name] : regex.CapturingGroupNames()) {
    groups_.push_back({name, place_.name(name), number, FieldType::text});
    matches_ = std::max(matches_, number);
  }
  if (matches_ > kMaxGroups) {
    throw OptionError("pattern", "expected at most " + std::to_string(kMaxGroups) +
                                     " groups, got " + std::to_string(matches_));
  }
}

void RegexMatch::process(Record& record, Call& call) const {
  std::array<re2::StringPiece, kMaxGroups + 1> found;
  auto& scratch = call.scratch<Scratch>();
  std::string_view subject;
  const bool matched = subject_of(record, options_.field, subject) &&
                       scratch.matcher.regex_for(subject).Match(
                           {subject.data(), subject.size()}, 0, subject.size(), RE2::UNANCHORED,
                           found.data(), groups_.empty() ? 0 : matches_ + 1);
  if (matched == options_.invert) {
    if (options_.on_mismatch == OnMismatch::drop) return record.drop();
    if (options_.on_mismatch == OnMismatch::keep) return;
    return record.fail("regex", "the pattern does not match " + in_quotes(subject), false);
  }
  if (groups_.empty()) return;
  ResultWriter& result = scratch.result;
  result.begin(place_, record, static_cast<std::uint32_t>(groups_.size()));
  for (const Group& group : groups_) {
    const re2::StringPiece& piece = found[static_cast<std::size_t>(group.number)];
    Value value;  // Null if the group took no part in the match.
    const std::string_view text(piece.data(), piece.size());
    if (piece.data() && !read_as(group.type, text, value)) {
      return record.fail("regex", "group '" + group.name + "': " + mistyped(group.type, text),
                         false);
    }
    result.put_distinct(group.field, value);
  }
  result.end();
}

Kinds RegexMatch::kinds(const RegexMatchOptions& options) {
  Kinds kinds;
  kinds.needs_text = options.field.empty();
  kinds.needs_fields = !kinds.needs_text;
  if (has_named_group(options.pattern.text)) {
    kinds.gives_fields = true;
    kinds.changes_fields = kinds.needs_fields;
  }
  return kinds;
}

}  // namespace weir::stages::regex
