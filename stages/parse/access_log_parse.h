#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stages/parse/log_format.h"
#include "stages/parse/pairs.h"
#include "weir/time_options.h"

namespace weir::stages::parse {

/// The options of `access_log.parse`.
struct AccessLogOptions : ParserOptions {
  std::string format = "combined";
  TimeZone zone;
};

/// Reads lines that nginx or Apache wrote for each request.
///
/// Example:
///   - uses: access_log.parse
///     with: { format: '$remote_addr [$time_local] "$request" $status $request_time' }
class AccessLogParse final : public Transform {
 public:
  /// Of a call; most lines are of the same second as the one before.
  struct Scratch {
    ResultWriter result;
    std::size_t member = 0;  ///< Whose text `time` was.
    std::string time;
    std::string iso;
  };

  /// Throws OptionError.
  explicit AccessLogParse(const AccessLogOptions& options);
  void open(Context& context) override;
  void process(Record& record, Call& call) const override;

 private:
  /// What a variable's text becomes.
  enum class Form : std::uint8_t { ignored, text, time, request };
  struct Member {
    Form form = Form::text;
    std::string name;   ///< Without the prefix.
    std::string field;  ///< With it.
    FieldType type = FieldType::text;
    bool again = false;  ///< True if a member before it may have the same name.
  };

  std::string_view take(std::size_t member, std::string_view& left, bool& ended) const;
  void put(std::size_t member, std::string_view text, Record& record, Scratch& scratch) const;
  void put_request(std::string_view text, Record& record, ResultWriter& result, bool again) const;
  Value time_of(std::size_t member, std::string_view text, Record& record, Scratch& scratch) const;

  ResultPlace place_;
  LogFormat format_;
  std::vector<Member> members_;  ///< One for each piece of the format.
  std::string request_[3];       ///< The fields of a request line.
  std::uint32_t most_ = 0;       ///< How many fields a line has.
  TimeZone zone_;
  std::vector<TimeFormat> times_;  ///< One for each piece; made in `open`.
};

}  // namespace weir::stages::parse
