#include <catch2/catch.hpp>

#include "tests/stages/parse/shown.h"

namespace weir::stages::test {
namespace {

using kit::map;
using kit::scalar;
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto types = kit::types_of<add_parse_stages>;

std::string syslog(const std::string& text, Options more = {}) {
  more.emplace_back("reference", scalar("2026-11-30T12:00:00Z"));
  return parsed(types(), "syslog.parse", text, std::move(more));
}

TEST_CASE("syslog.parse reads RFC 3164, and lines of log files") {
  CHECK(syslog("<34>Oct 11 22:14:15 mymachine su[77]: 'su root' failed") ==
        R"(time="2026-10-11T22:14:15Z" facility="auth" severity="crit" host="mymachine" app="su" )"
        R"(pid="77" msgid=null message="'su root' failed" data=null)");
  CHECK(syslog("Dec  1 06:55:46 LabSZ sshd: Connection closed") ==
        R"(time="2026-12-01T06:55:46Z" facility=null severity=null host="LabSZ" app="sshd" )"
        R"(pid=null msgid=null message="Connection closed" data=null)");
  CHECK(syslog("Dec  2 06:55:46 h a: b").find(R"(time="2025-12-02T06:55:46Z")") == 0);
  CHECK(syslog("2026-02-01T10:00:00.125+01:00 h app[1]: m") ==
        R"(time="2026-02-01T09:00:00.125Z" facility=null severity=null host="h" app="app" pid="1" )"
        R"(msgid=null message="m" data=null)");
}

TEST_CASE("a message without a tag, or without anything, is one") {
  CHECK(syslog("<0>Oct 11 22:14:15 h no tag here")
            .find(R"(app=null pid=null msgid=null message="no tag here" data=null)") !=
        std::string::npos);
  CHECK(syslog("<191>Oct 11 22:14:15 h").find(R"(severity="debug" host="h" app=null)") !=
        std::string::npos);
  CHECK(syslog("<191>Oct 11 22:14:15 h a:").find(R"(app="a" pid=null msgid=null message="")") !=
        std::string::npos);
  CHECK(
      syslog("Oct 11 22:14:15 h a[b: c").find(R"(app=null pid=null msgid=null message="a[b: c")") !=
      std::string::npos);
}

TEST_CASE("syslog.parse reads RFC 5424 with structured data") {
  CHECK(syslog("<165>1 2003-10-11T22:14:15.003Z host app 12 ID47 "
               R"([a@1 x="1" y="q\"]\\"][b] )"
               "\xef\xbb\xbfmessage ü") ==
        R"(time="2003-10-11T22:14:15.003Z" facility="local4" severity="notice" host="host" )"
        R"(app="app" pid="12" msgid="ID47" message="message ü" )"
        R"(data={"a@1":{"x":"1","y":"q\"]\\"},"b":{}})");
  CHECK(syslog("<13>1 - - - - - -") ==
        R"(time=null facility="user" severity="notice" host=null app=null pid=null msgid=null )"
        R"(message="" data=null)");
  CHECK(syslog("<13>1 - - - - - - m", {{"format", scalar("rfc5424")}}).find(R"(message="m")") !=
        std::string::npos);
}

TEST_CASE("syslog.parse says what is wrong") {
  CHECK(syslog("") == "syslog: expected a time, got the end");
  CHECK(syslog("<192>Oct 11 22:14:15 h m") ==
        "syslog: expected a priority from <0> to <191>, got '<192>'");
  CHECK(syslog("<1a>Oct 11 22:14:15 h m").find("syslog: expected a priority") == 0);
  CHECK(syslog("<34") == "syslog: expected a priority from <0> to <191>, got '<34'");
  CHECK(syslog("Oct 11").find("syslog: expected a time such as 'Oct 11 22:14:15'") == 0);
  CHECK(syslog("Oct 41 22:14:15 h m").find("syslog: field 'time': expected") == 0);
  CHECK(syslog("Oct 11 22:14:15 ") == "syslog: expected a host, got the end");
  CHECK(syslog("<13>1 - - - - - x") == "syslog: expected structured data or '-', got 'x'");
  CHECK(syslog("<13>1 - - - - - [a") == "syslog: expected ']', got the end");
  CHECK(syslog("<13>1 - - - - - [a]x") ==
        "syslog: expected ' ' behind the structured data, got 'x'");
  CHECK(syslog("<13>1 - - - - - [a b=c]").find("syslog: expected a parameter") == 0);
  CHECK(syslog(R"(<13>1 - - - - - [a "x="])").find("syslog: ") == 0);
  CHECK(syslog("<13>Oct 11 22:14:15 h m", {{"format", scalar("rfc5424")}})
            .find("syslog: expected '<PRI>1 '") == 0);
  CHECK_THROWS_WITH(syslog("", {{"zone", scalar("Europe/Berln")}}),
                    Catch::Contains("unknown zone 'Europe/Berln'"));
}

TEST_CASE("times of syslog without an offset are those of the zone") {
  CHECK(syslog("Oct 11 22:14:15 h a: m", {{"zone", scalar("Europe/Berlin")}})
            .find(R"(time="2026-10-11T20:14:15Z")") == 0);
}

}  // namespace
}  // namespace weir::stages::test
