#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stages/builtin.h"
#include "weir/time_format.h"

namespace weir::stages::test {

/// Returns a format to read; throws std::runtime_error with what is wrong with it.
inline TimeFormat times(TimeSpec spec, bool write = false) {
  TimeProblem problem;
  auto rules = write ? time_language().compile_to_write(spec, problem)
                     : time_language().compile(spec, problem);
  if (!rules) {
    std::string all = problem.message;
    if (problem.offset != static_cast<std::size_t>(-1)) {
      all += " @" + std::to_string(problem.offset);
    }
    if (!problem.word.empty()) all += " [near " + problem.word + "]";
    throw std::runtime_error(all + (problem.hint.empty() ? "" : " [" + problem.hint + "]"));
  }
  return TimeFormat(std::move(rules));
}

/// Returns the time as ISO text.
inline std::string iso(const Instant& time) {
  std::string text;
  detail::append_iso(text, time);
  return text;
}

/// Returns the time that `value` is, as ISO text; nothing if it is none.
inline std::string read(const TimeFormat& format, const Value& value) {
  Instant time;
  return format.read(value, time) ? iso(time) : std::string();
}

}  // namespace weir::stages::test
