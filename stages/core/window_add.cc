// How a record comes into the windows that it belongs to.

#include <algorithm>

#include "stages/core/window.h"
#include "stages/core/window_time.h"

namespace weir {

void Window::add() {
  ++records_;
  Key* key = keys_.find(code_);
  switch (shape_.kind()) {
    case WindowShape::Kind::every:
      return add_to_spans(key);
    case WindowShape::Kind::session:
      return add_to_session(key);
    case WindowShape::Kind::count:
      return add_to_count(key);
  }
}

void Window::refuse_late() {
  throw Error("late", "every window of the record's time has closed", false);
}

void Window::add_to_spans(Key* key) {
  starts_.clear();
  const std::int64_t before = add_time(time_, -shape_.size());
  for (std::int64_t start = floor_time(time_, shape_.slide());
       start > before && add_time(start, shape_.size()) > watermark_;
       start = add_time(start, -shape_.slide())) {
    starts_.push_back(start);
  }
  if (starts_.empty()) refuse_late();
  std::size_t bytes = 0;
  for (const std::int64_t start : starts_) {
    bytes += growth(key ? window_at(*key, start) : nullptr);
  }
  Key& home = key_with_room(key, bytes);
  for (const std::int64_t start : starts_) {
    OpenWindow* window = window_at(home, start);
    add_values(window ? *window : open_window(home, start, add_time(start, shape_.size())));
  }
}

/// A record closer than the gap to two sessions makes them one.
void Window::add_to_session(Key* key) {
  const std::int64_t gap = shape_.size();
  OpenWindow* near[2] = {nullptr, nullptr};
  int found = 0;
  for (std::size_t i = 0; key && i < key->state.open.size() && found < 2; ++i) {
    OpenWindow& window = key->state.open[i];
    const bool joins = time_ < add_time(window.end, gap) && window.start < add_time(time_, gap);
    if (joins) near[found++] = &window;
  }
  if (found == 0 && add_time(time_, gap) <= watermark_) refuse_late();
  if (found == 2) {
    join(*key, *near[0], *near[1]);
    return;
  }
  Key& home = key_with_room(key, growth(near[0]));
  OpenWindow& window = near[0] ? *near[0] : open_window(home, time_, time_);
  add_values(window);
  window.end = std::max(window.end, time_);
  window.start = std::min(window.start, time_);
}

/// Makes one of two sessions and the record between them. How far texts grow depends on how large
/// they are together: more is reserved than they can need, and the rest given back.
void Window::join(Key& key, OpenWindow& into, OpenWindow& from) {
  const std::size_t before = held(into) + held(from);
  const std::size_t most = 6 * before + growth(&into);
  if (emitted_size(into.shown + from.shown + growth(&into)) > most_emitted_) {
    throw Error("too_big", "a window's record takes at most a third of limits.record", false);
  }
  key_with_room(&key, most);
  const std::size_t charged = into.charged + from.charged + most;
  for (std::size_t i = 0; i < fresh_.size(); ++i) {
    into.values[i].merge(options_.aggregate[i].second, from.values[i],
                         from.first<into.first, from.last> into.last);
  }
  into.first = std::min(into.first, from.first);
  into.start = std::min(into.start, time_);
  into.end = std::max(from.end, time_);
  into.shown += from.shown;
  add_values(into);
  unlist(key, from);
  key.state.open.erase(key.state.open.begin() + (&from - key.state.open.data()));
  into.charged = window_size_ + key.key.size() + held(into);
  account_.give(charged - into.charged);
}

void Window::add_to_count(Key* key) {
  const std::int64_t number = key ? key->state.records : 0;
  const bool opens = number % shape_.slide() == 0;
  std::size_t bytes = opens ? growth(nullptr) : 0;
  for (std::size_t i = 0; key && i < key->state.open.size(); ++i) {
    bytes += growth(&key->state.open[i]);
  }
  Key& home = key_with_room(key, bytes);
  if (opens) open_window(home, number, add_time(number, shape_.size()));
  for (OpenWindow& window : home.state.open) add_values(window);
  ++home.state.records;
  if (home.state.open.front().end == home.state.records) close_window(home, 0);
}

/// The record's key, made if it is null, with so many bytes of state.
Window::Key& Window::key_with_room(Key* key, std::size_t bytes) {
  if (!key) {
    bytes += Keys::kEntrySize + code_.size();
    if (options_.key.max > 0 && keys_.size() >= options_.key.max) make_room(nullptr);
  }
  while (!outbox_.reserve(bytes)) make_room(key);
  return key ? *key : keys_.add(code_);
}

/// Closes the windows of the key that was not seen for longest, unless that is `keep`.
void Window::make_room(const Key* keep) {
  const bool evicts = options_.key.when_full == KeyPolicy::WhenFull::evict;
  if (!evicts || keys_.empty() || &keys_.longest_unseen() == keep) {
    throw Error("state_full", "no room for a record in the windows of its key", false);
  }
  evicted_->add(1);
  close_key(keys_.longest_unseen());
}

/// What the record adds to the state of a window; null: of a new one.
std::size_t Window::growth(const OpenWindow* window) const {
  const auto& values = window ? window->values : fresh_;
  std::size_t state = window ? 0 : window_size_ + code_.size();
  std::size_t shown = window ? window->shown : code_.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Aggregation& aggregation = options_.aggregate[i].second;
    const std::size_t more = values[i].growth(aggregation, inputs_[i]);
    state += more;
    if (aggregation.function != Aggregation::Function::percentile) shown += more;
  }
  if (emitted_size(shown) > most_emitted_) {
    throw Error("too_big", "a window's record takes at most a third of limits.record", false);
  }
  return state;
}

/// What a window takes of `limits.record` that shows so many bytes.
std::size_t Window::emitted_size(std::size_t shown) const {
  constexpr std::size_t kTimes = 128;
  const std::size_t fields = options_.key.fields.size() + fresh_.size() + 5;
  return detail::kRecordCharge + record_charge(fields * sizeof(detail::FieldSlot)) +
         record_charge(shown + 2 * fields) + kTimes;
}

OpenWindow* Window::window_at(Key& key, std::int64_t start) {
  auto& open = key.state.open;
  const auto at = std::lower_bound(
      open.begin(), open.end(), start,
      [](const OpenWindow& window, std::int64_t wanted) { return window.start < wanted; });
  return at != open.end() && at->start == start ? &*at : nullptr;
}

OpenWindow& Window::open_window(Key& key, std::int64_t start, std::int64_t end) {
  auto& open = key.state.open;
  const auto at = std::upper_bound(
      open.begin(), open.end(), start,
      [](std::int64_t wanted, const OpenWindow& window) { return wanted < window.start; });
  OpenWindow& window = *open.emplace(at);
  window.start = start;
  window.end = end;
  window.serial = next_serial_++;
  window.first = records_;
  window.number = number_;
  window.charged = window_size_ + key.key.size();
  window.shown = key.key.size();
  window.values = fresh_;
  if (shape_.kind() != WindowShape::Kind::count) list(key, window);
  return window;
}

/// Room for it was made.
void Window::add_values(OpenWindow& window) {
  for (std::size_t i = 0; i < fresh_.size(); ++i) {
    const Aggregation& aggregation = options_.aggregate[i].second;
    const std::size_t more = window.values[i].growth(aggregation, inputs_[i]);
    window.charged += more;
    if (aggregation.function != Aggregation::Function::percentile) window.shown += more;
    window.values[i].add(aggregation, inputs_[i]);
  }
  window.last = records_;
}

/// What its values hold beside themselves.
std::size_t Window::held(const OpenWindow& window) const {
  std::size_t bytes = 0;
  for (const Accumulator& values : window.values) bytes += values.held();
  return bytes;
}

}  // namespace weir
