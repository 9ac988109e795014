#include "stages/parse/pairs.h"

#include "weir/in_quotes.h"

namespace weir::stages::parse {
namespace {

/// Checks a text between parts.
void check_between(const char* option, const std::string& text) {
  constexpr std::size_t kMost = 16;
  if (text.empty() || text.size() > kMost) {
    throw OptionError(option, "expected 1 to 16 bytes, got " +
                                  (text.empty() ? "empty text" : std::to_string(text.size())));
  }
}

}  // namespace

void Pairs::process(Record& record, Call& call) const {
  std::string_view text;
  if (!place_.read(record, text, rules_.kind)) return;
  auto& result = call.scratch<ResultWriter>();
  result.begin(place_, record);
  PairReader pairs(rules_, ends_, text, record);
  for (PairReader::Pair pair; pairs.next(pair);) {
    result.put_member(pair.key,
                      pair.bare ? Value(true) : types_.value(rules_.kind, pair.key, pair.value));
  }
  result.end();
}

PairRules KvParse::rules_of(const KvOptions& options) {
  check_between("separator", options.separator);
  check_between("assign", options.assign);
  if (options.separator == options.assign) {
    throw OptionError("assign", "expected an 'assign' other than 'separator'");
  }
  const bool none = options.quote == "none";
  const bool ascii = options.quote.size() == 1 && !(options.quote[0] & 0x80);
  if (!none && (!ascii || options.quote == "\\")) {
    throw OptionError("quote",
                      "expected one ASCII character or none, got " + in_quotes(options.quote));
  }
  if (!none &&
      (options.separator[0] == options.quote[0] || options.assign[0] == options.quote[0])) {
    throw OptionError("quote", "expected a 'quote' other than 'separator' and 'assign'");
  }
  return {"kv", options.separator, options.assign, none ? '\0' : options.quote[0]};
}

}  // namespace weir::stages::parse
