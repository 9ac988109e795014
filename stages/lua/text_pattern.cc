#include "stages/lua/text_pattern.h"

#include <cctype>
#include <cstring>

namespace weir::stages::lua {
namespace {

constexpr int kMaxDepth = 200;  // LuaJIT's limit.

/// Returns whether `c` is of the ASCII class that `letter` names; a capital stands for all other
/// bytes. If it names no class, returns whether `c` is the letter itself.
bool in_class(unsigned char c, unsigned char letter) {
  const int of = c < 0x80 ? c : 0x100;  // no class of ASCII has it
  const auto is = [of](int (*test)(int)) { return of < 0x80 && test(of) != 0; };
  bool found = false;
  switch (letter | 0x20) {
    case 'a':
      found = is(std::isalpha);
      break;
    case 'c':
      found = is(std::iscntrl);
      break;
    case 'd':
      found = is(std::isdigit);
      break;
    case 'g':
      found = is(std::isgraph);
      break;
    case 'l':
      found = is(std::islower);
      break;
    case 'p':
      found = is(std::ispunct);
      break;
    case 's':
      found = is(std::isspace);
      break;
    case 'u':
      found = is(std::isupper);
      break;
    case 'w':
      found = is(std::isalnum);
      break;
    case 'x':
      found = is(std::isxdigit);
      break;
    case 'z':
      found = c == 0;
      break;
    default:
      return letter == c;
  }
  if (letter >= 0x80 || !std::isalpha(letter)) return letter == c;
  return found != (std::isupper(letter) != 0);
}

}  // namespace

const char* TextPattern::match(const char* at) {
  count_ = 0;
  return run(at, pattern_);
}

const char* TextPattern::run(const char* at, const char* pattern) {
  if (++depth_ > kMaxDepth) return fail("pattern too complex");
  const char* end = run_here(at, pattern);
  --depth_;
  return end;
}

const char* TextPattern::run_here(const char* at, const char* pattern) {
  while (step()) {
    if (pattern == pattern_end_) return at;
    if (*pattern == '(' || *pattern == ')') return run_capture(at, pattern);
    if (*pattern == '$' && pattern + 1 == pattern_end_) return at == end_ ? at : nullptr;
    if (*pattern == '%' && escaped(at, pattern)) {
      if (!at) return nullptr;
      continue;
    }
    const char* behind = behind_item(pattern);
    if (!behind) return nullptr;
    const char suffix = behind == pattern_end_ ? '\0' : *behind;
    if (suffix == '*') return longest(at, pattern, behind);
    if (suffix == '-') return shortest(at, pattern, behind);
    const bool good = fits(at, pattern, behind);
    if (suffix == '?') {
      const char* end = good ? run(at + 1, behind + 1) : nullptr;
      if (end || problem_) return end;
      pattern = behind + 1;
      continue;
    }
    if (!good) return nullptr;
    if (suffix == '+') return longest(at + 1, pattern, behind);
    ++at;
    pattern = behind;
  }
  return nullptr;
}

/// Begins a capture, or ends the newest one that is open.
const char* TextPattern::run_capture(const char* at, const char* pattern) {
  if (*pattern == '(') {
    if (count_ == kMaxCaptures) return fail("too many captures");
    const bool position = pattern + 1 != pattern_end_ && pattern[1] == ')';
    captures_[static_cast<std::size_t>(count_++)] = {at, position ? kPosition : kOpen};
    const char* end = run(at, pattern + (position ? 2 : 1));
    if (!end) --count_;
    return end;
  }
  for (int i = count_; i-- > 0;) {
    Capture& capture = captures_[static_cast<std::size_t>(i)];
    if (capture.size != kOpen) continue;
    capture.size = at - capture.begin;
    const char* end = run(at, pattern + 1);
    if (!end) capture.size = kOpen;
    return end;
  }
  return fail("invalid pattern capture");
}

const char* TextPattern::longest(const char* at, const char* item, const char* behind) {
  std::ptrdiff_t most = 0;
  while (step() && fits(at + most, item, behind)) ++most;
  for (; !problem_ && most >= 0; --most) {
    if (const char* end = run(at + most, behind + 1)) return end;
  }
  return nullptr;
}

const char* TextPattern::shortest(const char* at, const char* item, const char* behind) {
  for (; step(); ++at) {
    if (const char* end = run(at, behind + 1)) return end;
    if (problem_ || !fits(at, item, behind)) return nullptr;
  }
  return nullptr;
}

/// Matches `%b`, `%f` or `%1`. Returns false if the pattern has none of them here. Otherwise `at`
/// and `pattern` are behind it, or `at` is null if it does not match.
bool TextPattern::escaped(const char*& at, const char*& pattern) {
  const char letter = pattern + 1 == pattern_end_ ? '\0' : pattern[1];
  if (letter == 'b') {
    at = balanced(at, pattern + 2);
    pattern += 4;
  } else if (letter == 'f') {
    const char* behind = frontier(at, pattern + 2);
    if (!behind) at = nullptr;
    pattern = behind;
  } else if (letter >= '0' && letter <= '9') {
    at = again(at, letter);
    pattern += 2;
  } else {
    return false;
  }
  return true;
}

const char* TextPattern::balanced(const char* at, const char* pattern) {
  if (pattern_end_ - pattern < 2) return fail("unbalanced pattern");
  if (at == end_ || *at != *pattern) return nullptr;
  const char* const begin = at;
  std::size_t depth = 1;
  while (++at < end_) {
    if (*at == pattern[1]) {
      if (--depth == 0) break;
    } else if (*at == pattern[0]) {
      ++depth;
    }
  }
  step(at - begin);
  return at < end_ ? at + 1 : nullptr;
}

/// Returns the pattern behind the set, if the text goes over into the set here; otherwise null.
const char* TextPattern::frontier(const char* at, const char* pattern) {
  if (pattern == pattern_end_ || *pattern != '[') return fail("missing '[' after '%f' in pattern");
  const char* behind = behind_item(pattern);
  if (!behind) return nullptr;
  const char before = at == text_ ? '\0' : at[-1];
  const char here = at == end_ ? '\0' : *at;
  const bool found = !in_set(static_cast<unsigned char>(before), pattern, behind - 1) &&
                     in_set(static_cast<unsigned char>(here), pattern, behind - 1);
  return found ? behind : nullptr;
}

/// Matches what a capture holds once more.
const char* TextPattern::again(const char* at, char digit) {
  const int index = digit - '1';
  if (index < 0 || index >= count_ || capture(index).size == kOpen) {
    return fail("invalid capture index");
  }
  // As in LuaJIT, a position counts as a text without end.
  const auto size = static_cast<std::size_t>(capture(index).size);
  if (static_cast<std::size_t>(end_ - at) < size) return nullptr;
  step(static_cast<std::int64_t>(size / 8));
  return std::memcmp(capture(index).begin, at, size) == 0 ? at + size : nullptr;
}

/// Returns the pattern behind one item: a character, a class or a set.
const char* TextPattern::behind_item(const char* pattern) {
  const char first = *pattern++;
  if (first == '%') {
    if (pattern == pattern_end_) return fail("malformed pattern (ends with '%')");
    return pattern + 1;
  }
  if (first != '[') return pattern;
  const char* const begin = pattern;
  if (pattern != pattern_end_ && *pattern == '^') ++pattern;
  do {
    if (pattern == pattern_end_) return fail("malformed pattern (missing ']')");
    if (*pattern++ == '%' && pattern != pattern_end_) ++pattern;
  } while (pattern == pattern_end_ || *pattern != ']');
  step((pattern - begin) / 8);
  return pattern + 1;
}

bool TextPattern::fits(const char* at, const char* item, const char* behind) {
  if (at == end_) return false;
  const auto c = static_cast<unsigned char>(*at);
  switch (*item) {
    case '.':
      return true;
    case '%':
      return in_class(c, static_cast<unsigned char>(item[1]));
    case '[':
      return in_set(c, item, behind - 1);
    default:
      return *at == *item;
  }
}

/// `last` is the closing bracket.
bool TextPattern::in_set(unsigned char c, const char* set, const char* last) {
  const auto code = [](char byte) { return static_cast<unsigned char>(byte); };
  step((last - set) / 8);
  const bool wanted = set[1] != '^';
  if (!wanted) ++set;
  while (++set < last) {
    if (*set == '%') {
      ++set;
      if (in_class(c, code(*set))) return wanted;
    } else if (set[1] == '-' && set + 2 < last) {
      set += 2;
      if (code(set[-2]) <= c && c <= code(*set)) return wanted;
    } else if (code(*set) == c) {
      return wanted;
    }
  }
  return !wanted;
}

}  // namespace weir::stages::lua
