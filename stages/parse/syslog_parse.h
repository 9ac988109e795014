#pragma once

#include <string>

#include "stages/parse/pairs.h"
#include "stages/parse/syslog_message.h"
#include "weir/time_options.h"

namespace weir::stages::parse {

/// The options of `syslog.parse`.
struct SyslogOptions : ParserOptions {
  SyslogFormat format = SyslogFormat::automatic;
  TimeZone zone;
  TimeReference reference;
};

/// Reads syslog messages, as RFC 3164 and RFC 5424 have them and log files hold them.
///
/// Example:
///   - uses: syslog.parse
///     with: { zone: Europe/Berlin, reference: 2026-02-01 }
class SyslogParse final : public Transform {
 public:
  struct Scratch {
    ResultWriter result;
    std::string room;  ///< For one member at a time.
  };

  explicit SyslogParse(const SyslogOptions& options);
  void open(Context& context) override;
  void process(Record& record, Call& call) const override;

 private:
  /// The members of a result, in this order.
  enum Member { kTime, kFacility, kSeverity, kHost, kApp, kPid, kMsgid, kMessage, kData, kMembers };

  Value time_of(std::string_view text, Record& record, std::string& room) const;
  Value text_of(Member member, const SyslogMessage::Part& part) const;

  ResultPlace place_;
  MemberTypes types_;
  SyslogFormat format_;
  TimeSpec times_;
  TimeFormat time_;  ///< Made in `open`.
  std::string names_[kMembers];
};

}  // namespace weir::stages::parse

namespace weir {

template <>
struct EnumNames<stages::parse::SyslogFormat> {
  static constexpr std::string_view names[] = {"auto", "rfc3164", "rfc5424"};
};

}  // namespace weir
