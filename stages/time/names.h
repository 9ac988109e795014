#pragma once

#include <cstdint>
#include <string_view>

#include "stages/time/cursor.h"

namespace weir::stages::time {

inline constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                               "May",       "June",     "July",     "August",
                                               "September", "October",  "November", "December"};
inline constexpr std::string_view kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                             "Thursday", "Friday", "Saturday"};

/// Returns the first three letters of a name, in lower case, as a number.
constexpr std::uint32_t three_of(const char* name) {
  const auto lower = [](char c) { return static_cast<std::uint32_t>(c | 0x20) & 0xff; };
  return lower(name[0]) << 16 | lower(name[1]) << 8 | lower(name[2]);
}

/// Returns the month, from 1, whose short name those three letters are; 0 if none has it.
constexpr int month_of(std::uint32_t letters) {
  switch (letters) {
    case three_of("jan"):
      return 1;
    case three_of("feb"):
      return 2;
    case three_of("mar"):
      return 3;
    case three_of("apr"):
      return 4;
    case three_of("may"):
      return 5;
    case three_of("jun"):
      return 6;
    case three_of("jul"):
      return 7;
    case three_of("aug"):
      return 8;
    case three_of("sep"):
      return 9;
    case three_of("oct"):
      return 10;
    case three_of("nov"):
      return 11;
    case three_of("dec"):
      return 12;
    default:
      return 0;
  }
}

/// Reads a name of a list, whole or its first three letters, in any case. Returns its index, or -1.
template <std::size_t N>
int read_name(Cursor& cursor, const std::string_view (&names)[N]) {
  char letters[9];
  const int count = cursor.letters(letters, 9);
  if (count < 3) return -1;
  for (std::size_t i = 0; i < N; ++i) {
    if (three_of(names[i].data()) != three_of(letters)) continue;
    std::size_t same = 3;
    while (same < names[i].size() && same < static_cast<std::size_t>(count) &&
           (names[i][same] | 0x20) == letters[same]) {
      ++same;
    }
    // What does not belong to the whole name belongs to what follows.
    cursor.back(count - static_cast<int>(same == names[i].size() ? same : 3));
    return static_cast<int>(i);
  }
  return -1;
}

}  // namespace weir::stages::time
