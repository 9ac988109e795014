#include "stages/csv/dialect.h"

#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::stages::csv {
namespace {

char character_of(const char* option, const std::string& text) {
  if (text.size() != 1 || (text[0] & 0x80)) {
    throw OptionError(option, "expected one ASCII character, got " + in_quotes(text));
  }
  if (text[0] == '\n' || text[0] == '\r' || text[0] == '\0') {
    throw OptionError(option, "expected another character than a line break or NUL");
  }
  return text[0];
}

}  // namespace

char delimiter_of(const std::string& text, char quote) {
  if (text == "auto") return '\0';
  const char delimiter = text == "tab" ? '\t' : character_of("delimiter", text);
  if (delimiter == quote) {
    throw OptionError("delimiter", "expected a 'delimiter' other than 'quote'");
  }
  return delimiter;
}

char quote_of(const std::string& text) {
  return text == "none" ? '\0' : character_of("quote", text);
}

}  // namespace weir::stages::csv
