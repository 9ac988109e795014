#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::stages::parse {

/// The parts of a syslog message as they stand in its text; what it does not have is nothing.
struct SyslogMessage {
  using Part = std::optional<std::string_view>;

  std::optional<int> priority;
  bool rfc5424 = false;
  std::string_view time;
  Part host;
  Part app;
  Part pid;
  Part msgid;
  Part data;  ///< The structured data with its brackets.
  std::string_view message;
};

/// How a message is read: by RFC 3164, by RFC 5424, or by the one that it looks like.
enum class SyslogFormat : std::uint8_t { automatic, rfc3164, rfc5424 };

/// Takes a message apart. Throws Error of kind `syslog`.
SyslogMessage read_syslog(std::string_view text, SyslogFormat format);

/// The parameters of structured data, one by one, with their elements.
class SyslogData {
 public:
  struct Parameter {
    std::string_view element;
    std::string_view name;   ///< Empty for an element without parameters.
    std::string_view value;  ///< With its escapes.
  };

  /// `data`: as in SyslogMessage.
  explicit SyslogData(std::string_view data) : left_(data) {}

  /// Returns false after the last one. Throws Error of kind `syslog`.
  bool next(Parameter& parameter);

 private:
  std::string_view left_;
  std::string_view element_;
  bool inside_ = false;  ///< True behind the name of an element.
  bool empty_ = false;   ///< True if the element has had no parameter yet.
};

/// The names of a priority's parts, such as `auth` and `info`.
std::string_view facility_name(int priority);
std::string_view severity_name(int priority);

}  // namespace weir::stages::parse
