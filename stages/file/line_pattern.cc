#include "stages/file/line_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "weir/detail/utf8.h"

namespace weir::stages::file {
namespace {

std::unique_ptr<re2::RE2> compile(const std::string& pattern, RE2::Options::Encoding encoding) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(encoding);
  return std::make_unique<re2::RE2>(pattern, options);
}

/// Returns whether the pattern can be found at the beginning of a line alone. Not all that can only
/// be found there are told apart from those that can be elsewhere.
bool at_beginning(std::string_view pattern) {
  const bool begins =
      pattern.starts_with('^') &&
      (pattern.size() == 1 || std::string_view("*+?{").find(pattern[1]) == pattern.npos);
  return begins && pattern.find('|') == pattern.npos;
}

}  // namespace

bool is_pattern(const std::string& text, std::string& problem, std::size_t& offset) {
  const auto regex = compile(text, RE2::Options::EncodingUTF8);
  if (regex->ok()) return true;
  problem = "expected a regular expression: " + regex->error();
  const std::size_t found =
      regex->error_arg().empty() ? std::string::npos : text.find(regex->error_arg());
  if (found != std::string::npos) offset = found;
  return false;
}

LineMatcher::LineMatcher(const std::string& pattern)
    : source_(pattern), characters_(compile(pattern, RE2::Options::EncodingUTF8)) {
  constexpr int kLongest = 4;
  std::string least;
  std::string most;
  if (!at_beginning(pattern) || !characters_->PossibleMatchRange(&least, &most, kLongest)) return;
  if (least.empty() || most.empty()) return;
  least_ = static_cast<unsigned char>(least[0]);
  most_ = static_cast<unsigned char>(most[0]);
}
LineMatcher::~LineMatcher() = default;

bool LineMatcher::found(std::string_view line, std::size_t size) {
  if (most_ != 0) {
    if (size == 0) return false;
    // Both forms of the pattern find the same ASCII characters.
    const auto first = static_cast<unsigned char>(line[0]);
    if (first < 0x80 && (first < least_ || first > most_)) return false;
  }
  const re2::RE2* regex = characters_.get();
  if (!detail::is_utf8(line.substr(0, size))) {
    if (!bytes_) bytes_ = compile(source_, RE2::Options::EncodingLatin1);
    // A pattern that has no form for bytes (`\p{Greek}`) matches none.
    if (!bytes_->ok()) return false;
    regex = bytes_.get();
  }
  return regex->Match({line.data(), line.size()}, 0, size, re2::RE2::UNANCHORED, nullptr, 0);
}

LinePattern::LinePattern(Role role, std::string pattern)
    : role_(role), pattern_(std::move(pattern)) {}
LinePattern::~LinePattern() = default;

bool LinePattern::matches_every_line() const {
  // Texts that have nothing in common: what is found in each of them is the empty text, anywhere.
  LineMatcher matcher(pattern_);
  constexpr std::string_view kTexts[] = {"", "\x01", "~"};
  return std::all_of(std::begin(kTexts), std::end(kTexts),
                     [&](std::string_view text) { return matcher.found(text, text.size()); });
}

std::unique_ptr<LineMatcher> LinePattern::take_matcher() {
  {
    const std::lock_guard lock(mutex_);
    if (!unused_.empty()) {
      auto matcher = std::move(unused_.back());
      unused_.pop_back();
      return matcher;
    }
  }
  return std::make_unique<LineMatcher>(pattern_);
}

void LinePattern::give_back(std::unique_ptr<LineMatcher> matcher) {
  const std::lock_guard lock(mutex_);
  unused_.push_back(std::move(matcher));
}

}  // namespace weir::stages::file
