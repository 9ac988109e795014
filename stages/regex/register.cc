#include "stages/builtin.h"
#include "stages/regex/grok_match.h"
#include "stages/regex/regex_match.h"
#include "stages/regex/regex_replace.h"

namespace weir::stages::regex {
namespace {

void add_regex_match(Registry& registry) {
  using O = RegexMatchOptions;
  registry
      .add<RegexMatch, O>("regex.match", "Keeps the records that match; named groups become fields")
      .required("pattern", &O::pattern,
                "a regular expression of RE2, found anywhere in the text; (?P<name>...) is a "
                "named group")
      .declare(matcher_options)
      .optional("invert", &O::invert, "keep the others instead; not with named groups")
      .optional("types", &O::types, "groups that are no text; an empty one is then null")
      .optional("on_mismatch", &O::on_mismatch, "what becomes of a record that does not match")
      .kinds(&RegexMatch::kinds)
      .scratch<RegexMatch::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 20, format: text, text: "GET /item/{n} 200" }
  - uses: regex.match
    with:
      pattern: '^(?P<method>\S+) (?P<path>\S+7) (?P<status>\d+)$'
      types: { status: integer }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

void add_regex_replace(Registry& registry) {
  using O = RegexReplaceOptions;
  registry.add<RegexReplace, O>("regex.replace", "Replaces what matches a regular expression")
      .required("pattern", &O::pattern, "a regular expression of RE2")
      .required("to", &O::to, "what comes in its place; \\1 is the first group, \\0 all of it")
      .optional("field", &O::field, "the field to change; the text without")
      .optional("all", &O::all, "every match, not just the first")
      .kinds(&RegexReplace::kinds)
      .scratch<RegexReplace::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: text, text: "user {n} of 10.0.0.{n}" }
  - uses: regex.replace
    with:
      pattern: '\b(\d+)\.(\d+)\.\d+\.\d+\b'
      to: '\1.\2.x.x'
  - uses: file.write
    with: { path: "-" }
)");
}

void add_grok_match(Registry& registry) {
  using O = GrokOptions;
  registry
      .add<GrokMatch, O>("grok.match",
                         "Keeps the records that match a pattern of grok; what it names becomes "
                         "fields")
      .required(
          "pattern", &O::pattern,
          "a regular expression of RE2 with %{NAME}, %{NAME:field}, %{NAME:field:int} and "
          "%{NAME:field:float} in it, found anywhere in the text; of up to 16, the first that "
          "matches counts")
      .optional("patterns", &O::patterns,
                "names of one's own, each with its pattern; they win over those that weir knows")
      .declare(matcher_options)
      .optional("on_mismatch", &O::on_mismatch, "what becomes of a record that does not match")
      .kinds(&GrokMatch::kinds)
      .scratch<GrokMatch::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: text, text: "192.0.2.{n} GET /item/{n} 0.04{n}" }
  - uses: grok.match
    with: { pattern: '%{IP:client} %{WORD:method} %{URIPATH:path} %{NUMBER:seconds:float}' }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace

void add_regex_stages(Registry& registry);  // called by stages/builtin.cc

}  // namespace weir::stages::regex

namespace weir::stages {

void add_regex_stages(Registry& registry) {
  using namespace regex;
  add_regex_match(registry);
  add_regex_replace(registry);
  add_grok_match(registry);
}

}  // namespace weir::stages
