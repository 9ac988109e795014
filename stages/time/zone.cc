#include "stages/time/zone.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace weir::stages::time {
namespace {

constexpr std::size_t kMostNames = 4000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads +02:00 or +0200 as seconds east of UTC.
std::optional<int> offset_of(std::string_view name) {
  const bool colon = name.size() == 6 && name[3] == ':';
  if ((!colon && name.size() != 5) || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  const std::string digits =
      std::string(name.substr(1, 2)) + std::string(name.substr(colon ? 4 : 3));
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  const int hours = (digits[0] - '0') * 10 + digits[1] - '0';
  const int minutes = (digits[2] - '0') * 10 + digits[3] - '0';
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (name[0] == '-' ? -60 : 60) * (hours * 60 + minutes);
}

/// Returns whether `name` may be asked for: the library would also open files by their paths.
bool is_name(std::string_view name) {
  const auto good = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '/' && name.back() != '/' &&
         name != "localtime" && std::all_of(name.begin(), name.end(), good);
}

}  // namespace

struct Zone::Named {
  /// From this local time on, as `utc_of` sees it, the offset counts.
  struct Change {
    std::int64_t local = 0;
    int offset = 0;
  };

  void find_changes();

  absl::TimeZone zone;
  /// The changes of the clock in the years for which they are looked up here, which takes a quarter
  /// of abseil's time. The first is where they begin; behind the last one nothing is known.
  std::vector<Change> changes;
};

void Zone::Named::find_changes() {
  absl::Time at = absl::FromCivil(absl::CivilYear(1970), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilYear(2100), absl::UTCTimeZone());
  int offset = zone.At(at).offset;
  changes.push_back({absl::ToUnixSeconds(at) + 2 * 86'400, offset});
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(at, &change)) {
    // What is skipped or comes twice counts by the offset before, up to its end.
    at = zone.At(change.to).trans;
    if (at >= end) break;
    const int after = zone.At(at).offset;
    changes.push_back({absl::ToUnixSeconds(at) + std::max(offset, after), after});
    offset = after;
  }
  changes.push_back({absl::ToUnixSeconds(end) - 86'400, offset});
  const auto follows = [](const Change& one, const Change& other) {
    return one.local >= other.local;
  };
  const bool ordered = std::adjacent_find(changes.begin(), changes.end(), follows) == changes.end();
  if (!ordered) changes.clear();
}

std::optional<Zone> Zone::find(std::string_view name) {
  Zone found;
  if (name == "UTC") return found;
  if (const auto offset = offset_of(name)) {
    found.offset_ = *offset;
    found.shown_ = name;
    return found;
  }
  auto named = std::make_shared<Named>();
  if (name == "local") {
    named->zone = absl::LocalTimeZone();
  } else if (!is_name(name) ||
             !absl::LoadTimeZone(absl::string_view(name.data(), name.size()), &named->zone)) {
    return std::nullopt;
  }
  named->find_changes();
  found.named_ = std::move(named);
  return found;
}

std::int64_t Zone::named_utc(std::int64_t local) const {
  const auto& changes = named_->changes;
  if (!changes.empty() && local >= changes.front().local && local < changes.back().local) {
    const auto after = std::upper_bound(
        changes.begin(), changes.end(), local,
        [](std::int64_t wanted, const Named::Change& change) { return wanted < change.local; });
    return local - std::prev(after)->offset;
  }
  return absl::ToUnixSeconds(named_->zone.At(absl::CivilSecond() + local).pre);
}

Local Zone::named_local(std::int64_t utc) const {
  const absl::TimeZone::CivilInfo info = named_->zone.At(absl::FromUnixSeconds(utc));
  return {utc + info.offset, info.offset, info.zone_abbr};
}

std::vector<std::string> zone_names() {
  namespace fs = std::filesystem;
  const char* const chosen = std::getenv("TZDIR");
  const fs::path root = chosen && *chosen ? chosen : "/usr/share/zoneinfo";
  std::vector<std::string> names;
  std::error_code failed;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, failed);
  for (const fs::recursive_directory_iterator end;
       !failed && at != end && names.size() < kMostNames; at.increment(failed)) {
    const std::string name = at->path().lexically_relative(root).string();
    if (name == "posix" || name == "right") at.disable_recursion_pending();
    if (!is_name(name) || name == "posixrules" || !at->is_regular_file(failed)) continue;
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace weir::stages::time
