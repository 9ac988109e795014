#include "stages/regex/regex_replace.h"

#include <re2/re2.h>

#include <array>

#include "weir/detail/utf8.h"

namespace weir::stages::regex {
namespace {

constexpr std::size_t kSearchesBetweenLooks = 64;

}  // namespace

bool ReplacementLanguage::value(const Insert& insert, std::string_view value, std::string& out) {
  if (escape_) {
    problem = "expected no backslash before '" + insert.shown() + "'";
    return false;
  }
  for (const char c : value) out.append(c == '\\' ? 2 : 1, c);
  return true;
}

RegexReplace::Scratch::Scratch(const RegexReplace& stage) : matcher(stage.options_.pattern.text) {}

RegexReplace::RegexReplace(const RegexReplaceOptions& options) : options_(options) {
  std::string problem;
  if (!compile_pattern(options.pattern.text)->CheckRewriteString(options.to.text(), &problem)) {
    throw OptionError("to", "expected a replacement: " + problem);
  }
}

/// Makes the new text in the scratch space. Returns false if nothing matches. Rejected: RE2's own
/// GlobalReplace, which makes the whole text before anyone can see that it is too long.
bool RegexReplace::replace(std::string_view subject, std::size_t limit, Scratch& scratch,
                           const Call& call) const {
  std::array<re2::StringPiece, 10> groups;  // \0 to \9
  const re2::StringPiece text(subject.data(), subject.size());
  const int count = RE2::MaxSubmatch(options_.to.text()) + 1;
  const re2::RE2& regex = scratch.matcher.regex_for(subject);
  std::string& made = scratch.made;
  made.clear();
  // The search continues here.
  std::size_t at = 0;
  // The subject up to here is in `made`.
  std::size_t copied = 0;
  // The latest match ends here.
  std::size_t last = std::string_view::npos;
  for (std::size_t searches = 1;
       at <= subject.size() &&
       regex.Match(text, at, text.size(), RE2::UNANCHORED, groups.data(), count);
       ++searches) {
    // Each search may scan all of the rest, as `"(.*")?` does in a text of opening quotes.
    if (searches % kSearchesBetweenLooks == 0 && call.stopping()) {
      throw Error("stopped", "given up: the run is being abandoned");
    }
    const auto begin = static_cast<std::size_t>(groups[0].data() - subject.data());
    const std::size_t end = begin + groups[0].size();
    if (begin == end && begin == last) {  // an empty match right behind the latest is none
      if (begin == subject.size()) break;
      const bool bytes = regex.options().encoding() == RE2::Options::EncodingLatin1;
      at = begin + (bytes ? 1 : detail::utf8_length(subject.substr(begin)));
      continue;
    }
    made.append(subject, copied, begin - copied);
    regex.Rewrite(&made, options_.to.text(), groups.data(), count);
    if (made.size() > limit) throw detail::RecordTooBig{};
    copied = at = last = end;
    if (!options_.all) break;
  }
  made.append(subject, copied);
  return last != std::string_view::npos;
}

void RegexReplace::process(Record& record, Call& call) const {
  auto& scratch = call.scratch<Scratch>();
  std::string_view subject;
  if (!subject_of(record, options_.field, subject)) return;
  if (!replace(subject, record.arena().budget(), scratch, call)) return;
  if (options_.field.empty()) {
    record.set_text(scratch.made);
  } else {
    record.set(FieldName::lasting(options_.field), scratch.made);
  }
  if (scratch.made.capacity() > (1u << 20)) scratch.made = {};
}

Kinds RegexReplace::kinds(const RegexReplaceOptions& options) {
  if (options.field.empty()) return {.needs_text = true, .gives_text = true};
  return {.needs_fields = true, .changes_fields = true};
}

}  // namespace weir::stages::regex
