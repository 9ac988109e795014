#include "stages/core/window/window.h"

#include <algorithm>
#include <limits>

#include "stages/core/window/window_time.h"

namespace weir::stages::core {

Window::Window(const WindowOptions& options) : options_(options), shape_(options) {
  if (options_.aggregate.empty()) {
    options_.aggregate.emplace_back("count", Aggregation{});
  }
  for (const auto& [name, aggregation] : options_.aggregate) fresh_.emplace_back(aggregation);
  inputs_.resize(fresh_.size());
  constexpr std::size_t kScheduled = sizeof(Due) + 48;
  window_size_ = 2 * sizeof(OpenWindow) + fresh_.size() * sizeof(Accumulator) + kScheduled;
}

void Window::open(Context& context) {
  account_.open(context.state());
  outbox_.open(account_, context.record_limit());
  most_emitted_ = emitted_share(context.record_limit());
  evicted_ = &context.counter("evicted");
  watermark_ = std::numeric_limits<std::int64_t>::min();
  clock_ = Clock::now();
  opened_ = std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Returns the time of the wall clock at `open` plus the time since then, so that it never goes
/// back.
std::int64_t Window::now() const {
  return opened_ + std::chrono::nanoseconds(Clock::now() - clock_).count();
}

void Window::read(const Record& record) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    inputs_[i].read(options_.aggregate[i].second, record);
  }
  if (options_.time) {
    const Value value = record.get(options_.time->field);
    time_ = options_.time->from(value).count();
    number_ = value.is_number();
  } else if (options_.by_clock()) {
    time_ = now();
  }
  key_.read(record, options_.key.fields);
}

void Window::process(Record& record, Call& call) {
  read(record);
  try {
    if (shape_.kind() != WindowShape::Kind::count) {
      watermark_ = std::max(watermark_, add_time(time_, -shape_.lateness()));
      close_due();
    }
    add();
  } catch (...) {
    outbox_.undo();
    throw;
  }
  call.aggregate(record);
  outbox_.flush([&](Closed& closed) { emit(closed, call); });
}

bool Window::finish(Call& call) {
  watermark_ = std::numeric_limits<std::int64_t>::max();
  close_due();
  while (!keys_.empty()) close_key(keys_.oldest());
  return outbox_.flush_until_full(call, [&](Closed& closed) { emit(closed, call); });
}

std::optional<Window::Clock::time_point> Window::due() const {
  if (!options_.by_clock()) return std::nullopt;
  if (!outbox_.empty()) return Clock::now();
  if (schedule_.empty()) return std::nullopt;
  return clock_ + std::chrono::nanoseconds(schedule_.begin()->time - opened_);
}

bool Window::tick(Call& call) {
  if (options_.by_clock()) watermark_ = std::max(watermark_, now());
  close_due();
  return outbox_.flush_until_full(call, [&](Closed& closed) { emit(closed, call); });
}

std::int64_t Window::close_time(const OpenWindow& window) const {
  const bool session = shape_.kind() == WindowShape::Kind::session;
  return session ? add_time(window.end, shape_.size()) : window.end;
}

void Window::list(Key& key, OpenWindow& window) {
  window.listed = close_time(window);
  schedule_.insert({window.listed, key.number, window.serial, &key, &window});
}

void Window::unlist(const Key& key, const OpenWindow& window) {
  schedule_.erase({window.listed, key.number, window.serial, nullptr, nullptr});
}

/// Closes the windows that are due. A session that has grown is still in the schedule at its
/// earlier end; it is put in again.
void Window::close_due() {
  while (!schedule_.empty() && schedule_.begin()->time <= watermark_) {
    const Due due = *schedule_.begin();
    schedule_.erase(schedule_.begin());
    if (close_time(*due.window) > due.time) {
      list(*due.key, *due.window);
    } else {
      close_window(*due.key, *due.window);
    }
  }
}

/// Closes a window. The key is removed with its last window.
void Window::close_window(Key& key, OpenWindow& window) {
  auto& open = key.state.open;
  const auto at = open.find(window.start);
  Closed closed{key.key, std::move(window), 0, 0};
  closed.state = closed.window.charged;
  closed.emitted = emitted_size(closed.window.shown);
  outbox_.push(std::move(closed));
  open.erase(at);
  if (!open.empty()) return;
  account_.give(Keys::kEntrySize + key.key.size());
  keys_.take(key);
}

void Window::close_key(Key& key) {
  for (std::size_t left = key.state.open.size(); left > 0; --left) {
    OpenWindow& first = key.state.open.begin()->second;
    unlist(key, first);
    close_window(key, first);
  }
}

void Window::emit(Closed& closed, Call& call) {
  Record record = call.emit();
  record.reserve_fields(static_cast<std::uint32_t>(options_.key.fields.size() + fresh_.size() + 2));
  const auto& fields = options_.key.fields;
  RecordKey::values(closed.key, fields.size(), [&](std::size_t i, const Value& value) {
    record.set(FieldName::lasting(fields[i]), value);
  });
  OpenWindow& window = closed.window;
  if (shape_.kind() != WindowShape::Kind::count) {
    record.adopt("start", time_value(window.start, window.number, record));
    record.adopt("end", time_value(window.end, window.number, record));
  }
  for (std::size_t i = 0; i < fresh_.size(); ++i) {
    const auto& [name, aggregation] = options_.aggregate[i];
    window.values[i].emit(aggregation, FieldName::lasting(name), record);
  }
}

void add_window(Registry& registry) {
  registry
      .add<Window, WindowOptions>(
          "window",
          "Aggregates the records of each span of time, each session, or each so many records; "
          "with key: of each key by itself")
      .optional("every", &WindowOptions::every,
                "windows of this length, which begin at whole multiples of it since 1970")
      .optional("session", &WindowOptions::session,
                "windows that end when no record came for so long; `end` is the time of the last")
      .optional("count", &WindowOptions::count, "windows of so many records")
      .optional("slide", &WindowOptions::slide,
                "a window begins so long, or so many records, behind the one before, so that they "
                "overlap: each record is in several; the size of a window unless set")
      .optional("time", &WindowOptions::time,
                "the field with a record's time, seconds since 1970 or text such as "
                "2026-01-31T23:59:59Z, or { field, format, zone, reference }; `start` and `end` "
                "are numbers of seconds where times are numbers. Without it, when the record "
                "came, by the clock")
      .optional(
          "lateness", &WindowOptions::lateness,
          "how far a record's time may be behind the largest one so far; a window closes, and "
          "is emitted, when no record in time can belong to it any more, and one whose "
          "windows have all closed is an error of kind `late`")
      .optional("aggregate", &WindowOptions::aggregate,
                "output fields and what they say: count, count(FIELD), sum(FIELD), min, max, avg, "
                "first, last, collect (all, as a JSON array), p50, p99, p99.9...; records without "
                "the field are passed over; `count: count` unless set")
      .key(&WindowOptions::key)
      .stateful()
      .timed([](const WindowOptions& options) { return options.by_clock(); })
      .kinds({.gives_fields = true, .changes_fields = true})
      .example(R"(stages:
  - uses: generate
    with: { count: 1000 }
  - uses: window
    key: status
    with:
      every: 1m
      time: time
      aggregate:
        hits: count
        slowest: max(ms)
  - uses: text.format
    with:
      template: "{start} {status} {hits} {slowest}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
