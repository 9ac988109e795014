#include "stages/builtin.h"
#include "stages/parse/access_log_parse.h"
#include "stages/parse/pairs.h"
#include "stages/parse/syslog_parse.h"
#include "stages/parse/url_parse.h"
#include "weir/registry.h"

namespace weir::stages::parse {
namespace {

void add_pairs(Registry& registry) {
  registry.add<LogfmtParse, ParserOptions>("logfmt.parse", "Makes fields of logfmt: key=value ...")
      .declare(typed_parser_options)
      .kinds(result_kinds)
      .scratch<ResultWriter>()
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: text, text: 'level=info msg="request {n}" slow' }
  - uses: logfmt.parse
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
  using O = KvOptions;
  registry.add<KvParse, O>("kv.parse", "Makes fields of keys and values")
      .optional("separator", &O::separator,
                "1 to 16 bytes between pairs; a blank stands for any blanks")
      .optional("assign", &O::assign, "1 to 16 bytes between a key and its value")
      .optional("quote", &O::quote,
                "one ASCII character around values that may hold separators, or none")
      .declare(typed_parser_options)
      .kinds(result_kinds)
      .scratch<ResultWriter>()
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: text, text: 'id: {n}; name: "a; b"; done' }
  - uses: kv.parse
    with: { separator: ";", assign: ":", types: { id: integer } }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

void add_url(Registry& registry) {
  registry.add<UrlParse, ResultOptions>("url.parse", "Takes a URL apart")
      .declare(parser_options)
      .kinds(result_kinds)
      .scratch<UrlParse::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: text, text: "https://example.com:8443/item/{n}?q=caf%C3%A9&page=2" }
  - uses: url.parse
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

void add_syslog(Registry& registry) {
  using O = SyslogOptions;
  registry.add<SyslogParse, O>("syslog.parse", "Makes fields of syslog messages")
      .optional("format", &O::format,
                "auto takes what begins with <PRI>1 for RFC 5424, and all else for RFC 3164 or a "
                "line of a log file")
      .optional("zone", &O::zone, "the zone of times without an offset")
      .optional("reference", &O::reference,
                "an ISO time by which a time without a year gets one: the latest year that leaves "
                "it at most a day later; now is the start of the run")
      .declare(typed_parser_options)
      .kinds(result_kinds)
      .by_clock([](const O& options) { return options.reference.is_now(); })
      .scratch<SyslogParse::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: text, text: '<34>Oct 11 22:14:15 host su[{n}]: failed for root' }
  - uses: syslog.parse
    with: { reference: 2026-01-31 }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

void add_access_log(Registry& registry) {
  using O = AccessLogOptions;
  registry.add<AccessLogParse, O>("access_log.parse", "Makes fields of a web server's access log")
      .optional("format", &O::format,
                "combined (which takes common lines, too), common, or a log_format of nginx")
      .optional("zone", &O::zone, "the zone of times without an offset")
      .declare(typed_parser_options)
      .kinds(result_kinds)
      .scratch<AccessLogParse::Scratch>()
      .example(R"(stages:
  - uses: generate
    with:
      count: 3
      format: text
      text: '192.0.2.{n} - - [29/Nov/2026:12:00:00 +0100] "GET /item HTTP/1.1" 200 512 "-" "curl"'
  - uses: access_log.parse
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace
}  // namespace weir::stages::parse

namespace weir::stages {

void add_parse_stages(Registry& registry) {
  using namespace parse;
  add_pairs(registry);
  add_url(registry);
  add_syslog(registry);
  add_access_log(registry);
}

}  // namespace weir::stages
