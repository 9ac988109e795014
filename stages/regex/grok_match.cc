#include "stages/regex/grok_match.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "weir/in_quotes.h"

namespace weir::stages::regex {
namespace {

constexpr int kMostGroups = 100;
constexpr std::size_t kMostPatterns = 16;

}  // namespace

GrokMatch::Scratch::Scratch(const GrokMatch& stage) {
  for (const Alternative& one : stage.alternatives_) matchers.emplace_back(one.regex);
}

GrokMatch::GrokMatch(const GrokOptions& options)
    : place_(options), on_mismatch_(options.on_mismatch) {
  if (options.pattern.empty() || options.pattern.size() > kMostPatterns) {
    throw OptionError("pattern",
                      "expected 1 to 16 patterns, got " + std::to_string(options.pattern.size()));
  }
  for (const Pattern& pattern : options.pattern) {
    alternatives_.push_back(compile(pattern.text, options.patterns));
  }
}

GrokMatch::Alternative GrokMatch::compile(const std::string& pattern,
                                          const OptionMap<std::string>& own) const {
  const GrokPattern expanded = expand_grok(pattern, own);
  RE2::Options quiet;
  quiet.set_log_errors(false);
  const RE2 regex(expanded.regex, quiet);
  if (!regex.ok()) {
    throw OptionError("pattern", "expected a regular expression: " + regex.error());
  }
  Alternative out{expanded.regex, {}, 0};
  const auto& numbers = regex.NamedCapturingGroups();
  for (const GrokPattern::Group& group : expanded.groups) {
    const int number = numbers.at(group.group);
    const bool again = std::ranges::count(out.groups, group.name, &Group::name) > 0;
    out.groups.push_back({group.name, place_.name(group.name), number, group.type, again});
    out.matches = std::max(out.matches, number);
  }
  if (out.matches > kMostGroups) {
    throw OptionError("pattern", "expected at most " + std::to_string(kMostGroups) +
                                     " groups, got " + std::to_string(out.matches));
  }
  return out;
}

/// Matches one pattern, and puts its fields into the record if it does.
bool GrokMatch::try_one(std::size_t index, std::string_view subject, Record& record,
                        Scratch& scratch) const {
  const Alternative& one = alternatives_[index];
  std::array<re2::StringPiece, kMostGroups + 1> found;
  const RE2& regex = scratch.matchers[index].regex_for(subject);
  if (!regex.Match({subject.data(), subject.size()}, 0, subject.size(), RE2::UNANCHORED,
                   found.data(), one.groups.empty() ? 0 : one.matches + 1)) {
    return false;
  }
  scratch.result.begin(place_, record, static_cast<std::uint32_t>(one.groups.size()));
  for (const Group& group : one.groups) {
    const re2::StringPiece& piece = found[static_cast<std::size_t>(group.number)];
    const std::string_view text(piece.data(), piece.size());
    // One that took no part in the match is null, unless the other one of its name did.
    if (!text.data() && group.again) continue;
    Value value;
    if (text.data() && !read_as(group.type, text, value)) {
      throw Error("grok", "field " + in_quotes(group.name) + ": " + mistyped(group.type, text),
                  false);
    }
    ResultWriter& result = scratch.result;
    group.again ? result.put(group.field, value) : result.put_distinct(group.field, value);
  }
  scratch.result.end();
  return true;
}

/// It makes fields if any pattern names some; a pattern that is none is reported elsewhere.
Kinds GrokMatch::kinds(const GrokOptions& options) {
  Kinds kinds;
  kinds.needs_text = options.field.empty();
  kinds.needs_fields = !kinds.needs_text;
  for (const Pattern& pattern : options.pattern) {
    try {
      kinds.gives_fields |= !expand_grok(pattern.text, options.patterns).groups.empty();
    } catch (const OptionError&) {
    }
  }
  kinds.changes_fields = kinds.gives_fields && kinds.needs_fields;
  return kinds;
}

void GrokMatch::process(Record& record, Call& call) const {
  auto& scratch = call.scratch<Scratch>();
  std::string_view subject;
  if (subject_of(record, place_.field(), subject)) {
    for (std::size_t i = 0; i < alternatives_.size(); ++i) {
      if (try_one(i, subject, record, scratch)) return;
    }
  }
  if (on_mismatch_ == OnMismatch::drop) return record.drop();
  if (on_mismatch_ == OnMismatch::keep) return;
  record.fail("grok", "no pattern matches " + in_quotes(subject), false);
}

}  // namespace weir::stages::regex
