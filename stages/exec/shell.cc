#include "stages/exec/shell.h"

#include <utility>

namespace weir::stages::exec {

void ShellLanguage::code(std::string_view piece) {
  for (const char c : piece) {
    step(c);
    before_ = c;
  }
}

void ShellLanguage::step(char c) {
  const Place place = frames_.back().place;
  if (place == Place::comment || place == Place::single_quote) return step_quoted(c);
  if (std::exchange(escape_, false)) {
    dollar_ = false;
    return;
  }
  if (c == '\\') {
    escape_ = true;
    dollar_ = false;
    return;
  }
  if (std::exchange(dollar_, false)) {
    if (c == '(' || c == '{') return open(c);
  }
  // `$(` directly before another `(` begins arithmetic, not a command.
  if (c == '(' && place == Place::plain && before_ == '(' && brackets_ == 1) {
    frames_.back() = {Place::arithmetic, 2};
    brackets_ = 0;
    return;
  }
  brackets_ = 0;
  dollar_ = c == '$';
  if (place == Place::plain) return step_plain(c);
  if (place == Place::double_quote) {
    if (c == '"') frames_.pop_back();
    if (c == '`') frames_.push_back({Place::backticks});
    return;
  }
  if (place == Place::backticks) {
    if (c == '`') frames_.pop_back();
    return;
  }
  step_braces(c);
}

/// Begins `$(` or `${`.
void ShellLanguage::open(char c) {
  frames_.push_back({c == '(' ? Place::plain : Place::braces, 1});
  brackets_ = c == '(' ? 1 : 0;
}

void ShellLanguage::step_quoted(char c) {
  const char end = frames_.back().place == Place::comment ? '\n' : '\'';
  if (c == end) frames_.pop_back();
}

void ShellLanguage::step_plain(char c) {
  const bool word_begins = std::string_view(" \t\n;&|()").find(before_) != std::string_view::npos;
  if (c == '\'') {
    frames_.push_back({Place::single_quote});
  } else if (c == '"') {
    frames_.push_back({Place::double_quote});
  } else if (c == '`') {
    frames_.push_back({Place::backticks});
  } else if (c == '#' && word_begins) {
    frames_.push_back({Place::comment});
  } else if (c == '<' && before_ == '<') {
    heredoc_ = true;
  } else if (frames_.size() > 1 && c == '(') {
    ++frames_.back().depth;
  } else if (frames_.size() > 1 && c == ')' && --frames_.back().depth == 0) {
    frames_.pop_back();
  }
}

void ShellLanguage::step_braces(char c) {
  const bool numbers = frames_.back().place == Place::arithmetic;
  if (c == (numbers ? '(' : '{')) ++frames_.back().depth;
  if (c == (numbers ? ')' : '}') && --frames_.back().depth == 0) frames_.pop_back();
}

bool ShellLanguage::value(const Insert& insert, std::string_view value, std::string& out) {
  const Place place = frames_.back().place;
  const std::string shown = "'" + insert.shown() + "'";
  constexpr const char* kAdvice = "put it into a variable first: x=${params.x}";
  if (heredoc_) return refuse(shown + " cannot stand behind '<<'", kAdvice);
  if (place == Place::backticks || place == Place::braces) {
    return refuse(shown + " cannot stand inside of " +
                      (place == Place::braces ? "the shell's own '${...}'" : "backticks"),
                  kAdvice);
  }
  if (escape_ || dollar_) {
    return refuse(std::string("expected no '") + before_ + "' before " + shown,
                  "it is quoted for the shell by itself");
  }
  const std::string_view number = value.substr(value.starts_with('-') ? 1 : 0);
  const bool digits = !number.empty() && number.find_first_not_of("0123456789") == number.npos;
  before_ = 'x';
  brackets_ = 0;
  if (place == Place::arithmetic) {
    if (!digits) return refuse("expected an integer for " + shown, "'$((...))' runs what is not");
    out.append("(").append(value).append(")");
    return true;
  }
  if (place == Place::comment) return true;
  const std::string variable = name(value);
  if (place == Place::plain) out += "\"$" + variable + "\"";
  if (place == Place::double_quote) out += "${" + variable + "}";
  if (place == Place::single_quote) out += "'\"$" + variable + "\"'";
  return true;
}

std::string ShellLanguage::name(std::string_view value) {
  values_.emplace_back(value);
  return "weir_" + std::to_string(values_.size());
}

std::vector<std::string> ShellLanguage::words(std::string text) const {
  std::vector<std::string> words = {"/bin/sh", "-c", std::move(text)};
  if (values_.empty()) return words;
  std::string takes;
  for (std::size_t i = 1; i <= values_.size(); ++i) {
    const std::string number = std::to_string(i);
    takes += "weir_" + number + "=${" + number + "} ";
  }
  // On the first line of the command, so that the line numbers in the shell's messages are right.
  words[2].insert(0, takes + "; shift " + std::to_string(values_.size()) + "; ");
  words.push_back(words[0]);
  words.insert(words.end(), values_.begin(), values_.end());
  return words;
}

bool ShellLanguage::refuse(std::string message, std::string advice) {
  problem = std::move(message);
  hint = std::move(advice);
  return false;
}

}  // namespace weir::stages::exec
