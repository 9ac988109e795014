// Adds a record to the windows that it belongs to.

#include <algorithm>
#include <utility>

#include "stages/core/window/window.h"
#include "stages/core/window/window_time.h"

namespace weir::stages::core {

void Window::add() {
  ++records_;
  Key* key = keys_.find(key_);
  key_size_ = key ? key->key.size() : key_.code().size();
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

/// Adds a record to a session. A record that is closer than the gap to two sessions makes them one.
/// Sessions are further apart than the gap, so at most two are near a record. In order of their
/// starts these are the last ones that begin before the record's time plus the gap.
void Window::add_to_session(Key* key) {
  const std::int64_t gap = shape_.size();
  OpenWindow* near[2] = {nullptr, nullptr};
  int found = 0;
  if (key) {
    auto& open = key->state.open;
    auto at = open.lower_bound(add_time(time_, gap));
    while (at != open.begin() && found < 2 && time_ < add_time((--at)->second.end, gap)) {
      near[found++] = &at->second;
    }
  }
  if (found == 0 && add_time(time_, gap) <= watermark_) refuse_late();
  if (found == 2) {
    join(*key, *near[1], *near[0]);
    return;
  }
  Key& home = key_with_room(key, growth(near[0]));
  OpenWindow& window = near[0] ? *near[0] : open_window(home, time_, time_);
  add_values(window);
  window.end = std::max(window.end, time_);
  move_start(home, window);
}

/// Moves the start of the window to the record's time if that is earlier.
void Window::move_start(Key& key, OpenWindow& window) {
  if (time_ >= window.start) return;
  auto node = key.state.open.extract(window.start);
  node.key() = window.start = time_;
  key.state.open.insert(std::move(node));
}

/// Makes one of two sessions and the record between them. How far texts grow depends on their
/// common size, so more state is reserved than they can need, and the rest is given back.
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
  move_start(key, into);
  into.end = std::max(from.end, time_);
  into.shown += from.shown;
  add_values(into);
  unlist(key, from);
  key.state.open.erase(from.start);
  into.charged = window_size_ + key.key.size() + held(into);
  account_.give(charged - into.charged);
}

void Window::add_to_count(Key* key) {
  const std::int64_t number = key ? key->state.records : 0;
  const bool opens = number % shape_.slide() == 0;
  std::size_t bytes = opens ? growth(nullptr) : 0;
  if (key) {
    for (const auto& [start, window] : key->state.open) bytes += growth(&window);
  }
  Key& home = key_with_room(key, bytes);
  if (opens) open_window(home, number, add_time(number, shape_.size()));
  for (auto& [start, window] : home.state.open) add_values(window);
  ++home.state.records;
  OpenWindow& first = home.state.open.begin()->second;
  if (first.end == home.state.records) close_window(home, first);
}

/// Takes `bytes` of state and returns the record's key, which is added if `key` is null.
Window::Key& Window::key_with_room(Key* key, std::size_t bytes) {
  if (!key) {
    bytes += Keys::kEntrySize + key_size_;
    if (options_.key.max > 0 && keys_.size() >= options_.key.max) make_room(nullptr);
  }
  while (!outbox_.reserve(bytes)) make_room(key);
  return key ? *key : keys_.add(key_);
}

/// Closes the windows of the key that was not seen for longest. Throws Error `state_full` if that
/// is `keep`, or if keys are not evicted.
void Window::make_room(const Key* keep) {
  const bool evicts = options_.key.when_full == KeyPolicy::WhenFull::evict;
  if (!evicts || keys_.empty() || &keys_.longest_unseen() == keep) {
    throw Error("state_full", "no room for a record in the windows of its key", false);
  }
  evicted_->add(1);
  close_key(keys_.longest_unseen());
}

/// Returns the bytes that the record adds to the state of a window, or of a new one if it is null.
std::size_t Window::growth(const OpenWindow* window) const {
  const auto& values = window ? window->values : fresh_;
  std::size_t state = window ? 0 : window_size_ + key_size_;
  std::size_t shown = window ? window->shown : key_size_;
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

/// Returns what a window whose record shows `shown` bytes takes of `limits.record`.
std::size_t Window::emitted_size(std::size_t shown) const {
  constexpr std::size_t kTimes = 128;
  const std::size_t fields = options_.key.fields.size() + fresh_.size() + 5;
  return detail::kRecordCharge + record_charge(fields * sizeof(detail::FieldSlot)) +
         record_charge(shown + 2 * fields) + kTimes;
}

OpenWindow* Window::window_at(Key& key, std::int64_t start) {
  const auto at = key.state.open.find(start);
  return at == key.state.open.end() ? nullptr : &at->second;
}

OpenWindow& Window::open_window(Key& key, std::int64_t start, std::int64_t end) {
  OpenWindow& window = key.state.open[start];
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

/// Adds the record to a window, for which room has been made.
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

/// Returns the bytes that the accumulators of a window hold beside themselves.
std::size_t Window::held(const OpenWindow& window) const {
  std::size_t bytes = 0;
  for (const Accumulator& values : window.values) bytes += values.held();
  return bytes;
}

}  // namespace weir::stages::core
