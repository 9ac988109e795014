#include "stages/builtin.h"
#include "tests/fuzz/targets.h"
#include "weir/time_format.h"

namespace weir::fuzz {
namespace {

constexpr const char* kZones[] = {"UTC", "Europe/Berlin", "-02:30", "Australia/Lord_Howe"};

/// What was read is a time, and has one text only as ISO.
void check(const TimeFormat& format, const TimeFormat& written, const Value& value) {
  Instant time;
  if (!format.read(value, time)) {
    expect(!format.problem(value).empty(), "a value is refused without a reason");
    return;
  }
  expect(time.in_range() && time.nanoseconds >= 0 && time.nanoseconds < 1'000'000'000,
         "a time is none");
  std::string room;
  TimeFormat().write(time, room);
  Instant again;
  expect(TimeFormat().read(Value(std::string_view(room)), again) && again == time,
         "ISO text is another time");
  written.write(time, room);
}

}  // namespace

/// A zone, a format, and texts that it reads.
void time(std::string_view bytes) {
  Bytes input(bytes);
  TimeSpec spec;
  spec.zone = kZones[input.byte() % std::size(kZones)];
  spec.formats = {input.line()};
  TimeProblem problem;
  const auto to_write = stages::time_language().compile_to_write(spec, problem);
  const auto to_read = stages::time_language().compile(spec, problem);
  if (!to_read || !to_write) {
    expect(!problem.message.empty(), "a format is refused without a reason");
    return;
  }
  while (!input.empty()) {
    const std::string text = input.line();
    check(TimeFormat(to_read), TimeFormat(to_write), Value(text));
    check(TimeFormat(to_read), TimeFormat(to_write),
          Value(static_cast<std::int64_t>(text.size()) * 1'000'003));
  }
}

}  // namespace weir::fuzz
