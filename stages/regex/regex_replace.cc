#include "stages/regex/regex_replace.h"

#include <re2/re2.h>

#include <array>

#include "stages/regex/pattern.h"

namespace weir {
namespace {

/// How many bytes the UTF-8 character at `at` has; 1 where there is none.
std::size_t character_size(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t size = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first > 0xf4 || size > text.size() - at) return 1;
  for (std::size_t i = 1; i < size; ++i) {
    if ((text[at + i] & 0xc0) != 0x80) return 1;
  }
  return size;
}

}  // namespace

RegexReplace::Scratch::Scratch(const RegexReplace& stage)
    : regex(compile_pattern(stage.options_.pattern)) {}
RegexReplace::Scratch::~Scratch() = default;

RegexReplace::RegexReplace(const RegexReplaceOptions& options) : options_(options) {
  std::string problem;
  if (!compile_pattern(options.pattern)->CheckRewriteString(options.to, &problem)) {
    throw OptionError("to", "expected a replacement: " + problem);
  }
}

/// Makes the new text in the scratch; false if nothing matches. RE2's own GlobalReplace does the
/// same, but makes as much as it takes before anyone can see that it is too much.
bool RegexReplace::replace(std::string_view subject, std::size_t limit, Scratch& scratch) const {
  std::array<re2::StringPiece, 10> groups;  // \0 to \9
  const re2::StringPiece text(subject.data(), subject.size());
  const int count = RE2::MaxSubmatch(options_.to) + 1;
  std::string& made = scratch.made;
  made.clear();
  std::size_t at = 0;                         // where the search goes on
  std::size_t copied = 0;                     // up to where the subject is in `made`
  std::size_t last = std::string_view::npos;  // where the latest match ended
  while (at <= subject.size() &&
         scratch.regex->Match(text, at, text.size(), RE2::UNANCHORED, groups.data(), count)) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - subject.data());
    const std::size_t end = begin + groups[0].size();
    if (begin == end && begin == last) {  // an empty match right behind the latest is none
      if (begin == subject.size()) break;
      at = begin + character_size(subject, begin);
      continue;
    }
    made.append(subject, copied, begin - copied);
    scratch.regex->Rewrite(&made, options_.to, groups.data(), count);
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
  if (!replace(subject, record.arena().budget(), scratch)) return;
  if (options_.field.empty()) {
    record.set_text(scratch.made);
  } else {
    record.set(options_.field, Value(std::string_view(scratch.made)));
  }
  if (scratch.made.capacity() > (1u << 20)) scratch.made = {};
}

Kinds RegexReplace::kinds(const RegexReplaceOptions& options) {
  if (options.field.empty()) return {.needs_text = true, .gives_text = true};
  return {.needs_fields = true, .changes_fields = true};
}

}  // namespace weir
