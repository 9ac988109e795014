#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::stages::time {

/// The local time of a zone at an instant.
struct Local {
  std::int64_t seconds = 0;  ///< As if of UTC.
  int offset = 0;            ///< Seconds east of UTC.
  std::string_view abbreviation;
};

/// A time zone: a fixed offset, or one of the machine's database. Immutable, cheap to copy.
class Zone {
 public:
  /// UTC.
  Zone() = default;
  /// Returns the zone of an IANA name, `UTC`, `local` or `+02:00`; nothing if there is none.
  static std::optional<Zone> find(std::string_view name);

  /// Returns the instant of a local time, both in seconds since 1970. One that the clock skips is
  /// moved on by the gap; of one that comes twice it is the first.
  std::int64_t utc_of(std::int64_t local) const {
    return named_ ? named_utc(local) : local - offset_;
  }
  Local local_of(std::int64_t utc) const {
    if (named_) return named_local(utc);
    return {utc + offset_, offset_, shown_};
  }

 private:
  struct Named;

  std::int64_t named_utc(std::int64_t local) const;
  Local named_local(std::int64_t utc) const;

  int offset_ = 0;
  std::string shown_ = "UTC";
  std::shared_ptr<const Named> named_;
};

/// Returns the names of all zones of the machine's database, to find the one that is meant; empty
/// if there is none.
std::vector<std::string> zone_names();

}  // namespace weir::stages::time
