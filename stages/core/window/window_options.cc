#include "stages/core/window/window_options.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::stages::core {
namespace {

/// The largest number of windows that a record may be in.
constexpr std::int64_t kMostOverlap = 1000;

void check_names(const WindowOptions& options, bool times) {
  std::vector<std::string_view> names;
  if (times) names.insert(names.end(), {"start", "end"});
  for (const Field& field : options.key.fields) {
    if (times && (field.name() == "start" || field.name() == "end")) {
      throw std::runtime_error("a window has a field '" + std::string(field.name()) +
                               "' of its own: rename the one that is its key");
    }
    names.push_back(field.name());
  }
  for (const auto& [name, aggregation] : options.aggregate) {
    if (name.empty()) throw OptionError("aggregate", "expected a field, got empty text");
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw OptionError("aggregate", "duplicate field '" + name + "'");
    }
    names.push_back(name);
  }
}

std::int64_t positive(const char* option, std::int64_t value, const std::string& shown) {
  if (value > 0) return value;
  throw OptionError(option, "expected a size above 0, got '" + shown + "'");
}

}  // namespace

WindowShape::WindowShape(const WindowOptions& options) {
  const int kinds =
      options.every.has_value() + options.session.has_value() + options.count.has_value();
  if (kinds == 0) throw OptionError("every", "a window needs a size: give every, session or count");
  if (kinds > 1) {
    throw OptionError(options.count ? "count" : "session",
                      "expected one of every, session and count, got several");
  }
  if (options.count) {
    constexpr std::uint64_t kMost = 1'000'000'000'000;
    if (*options.count > kMost) throw OptionError("count", "expected at most 1000000000000");
    kind_ = Kind::count;
    size_ = positive("count", static_cast<std::int64_t>(*options.count), "0");
    if (options.time) throw OptionError("time", "windows of a number of records have no time");
  } else if (options.session) {
    kind_ = Kind::session;
    size_ = positive("session", options.session->count(), "0s");
  } else {
    size_ = positive("every", options.every->count(), "0s");
  }
  slide_ = size_;
  if (options.slide) read_slide(options);
  if (options.lateness && !options.time) {
    throw OptionError("lateness", "expected 'time', too: only times of records come late");
  }
  lateness_ = options.lateness.value_or(Duration::zero()).count();
  check_names(options, kind_ != Kind::count);
}

void WindowShape::read_slide(const WindowOptions& options) {
  const Slide& slide = *options.slide;
  const auto fail = [](const std::string& message) { throw OptionError("slide", message); };
  if (kind_ == Kind::session) fail("sessions do not slide");
  if (slide.time.has_value() != (kind_ == Kind::every)) {
    fail(kind_ == Kind::count ? "expected a number of records, as count is"
                              : "expected a duration, as every is");
  }
  slide_ = slide.time ? slide.time->count()
                      : static_cast<std::int64_t>(
                            std::min<std::uint64_t>(slide.records, std::uint64_t{1} << 62));
  positive("slide", slide_, slide.time ? "0s" : "0");
  if (slide_ > size_) fail("expected at most the size of a window");
  if ((size_ - 1) / slide_ >= kMostOverlap) {
    fail("expected at least a thousandth of the size of a window");
  }
}

}  // namespace weir::stages::core
