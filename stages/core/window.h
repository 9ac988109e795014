#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/key_states.h"
#include "stages/core/outbox.h"
#include "stages/core/window_options.h"

namespace weir {

/// A window of one key that may still get records. A session's bounds are the times of its first
/// and its last record; those of a window by count are numbers of records.
struct OpenWindow {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::uint64_t serial = 0;
  std::uint64_t first = 0;  ///< Which of the stage's records came to it first,
  std::uint64_t last = 0;   ///< and last.
  std::int64_t listed = 0;  ///< The time at which the schedule looks at it: not behind its close.
  bool number = false;      ///< Its records' times are numbers.
  std::size_t charged = 0;
  std::size_t shown = 0;  ///< Bytes that its record will hold, at most.
  std::vector<Accumulator> values;
};

/// Aggregates records at once and holds none. Windows of time close when the watermark, the largest
/// time seen less `lateness`, reaches their end; without `time` the clock is the watermark.
class Window final : public SerialTransform {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Window(const WindowOptions& options);

  void open(Context& context) override;
  void close() override { account_.close(); }
  void process(Record& record, Call& call) override;
  bool finish(Call& call) override;
  std::optional<Clock::time_point> due() const override;
  bool tick(Call& call) override;

 private:
  struct KeyWindows {
    std::vector<OpenWindow> open;  ///< By their starts.
    std::int64_t records = 0;      ///< Since the key has state; of windows by count.
  };
  using Keys = KeyStates<KeyWindows>;
  using Key = Keys::Entry;
  struct Due {
    std::int64_t time = 0;
    std::uint64_t key_number = 0;
    std::uint64_t serial = 0;
    Key* key = nullptr;
    bool operator<(const Due& other) const {
      if (time != other.time) return time < other.time;
      if (key_number != other.key_number) return key_number < other.key_number;
      return serial < other.serial;
    }
  };
  struct Closed {
    std::string key;
    OpenWindow window;
    std::size_t state = 0;
    std::size_t emitted = 0;
  };

  void read(const Record& record);
  std::int64_t now() const;
  void add();
  void add_to_spans(Key* key);
  void add_to_session(Key* key);
  void add_to_count(Key* key);
  [[noreturn]] void refuse_late();

  Key& key_with_room(Key* key, std::size_t bytes);
  void make_room(const Key* keep);
  std::size_t growth(const OpenWindow* window) const;
  std::size_t emitted_size(std::size_t shown) const;
  OpenWindow* window_at(Key& key, std::int64_t start);
  OpenWindow& open_window(Key& key, std::int64_t start, std::int64_t end);
  void add_values(OpenWindow& window);
  void join(Key& key, OpenWindow& into, OpenWindow& from);
  std::size_t held(const OpenWindow& window) const;

  std::int64_t close_time(const OpenWindow& window) const;
  void list(Key& key, OpenWindow& window);
  void unlist(const Key& key, const OpenWindow& window);
  void close_due();
  void close_window(Key& key, std::size_t index);
  void close_key(Key& key);
  void emit(Closed& closed, Call& call);

  WindowOptions options_;
  WindowShape shape_;
  std::vector<Accumulator> fresh_;  ///< Of a window without records.
  StateAccount account_;
  Outbox<Closed> outbox_;
  Keys keys_;
  std::set<Due> schedule_;
  std::int64_t watermark_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t next_serial_ = 0;
  std::size_t most_emitted_ = 0;
  std::size_t window_size_ = 0;  ///< What an empty window is charged with, beside its key.
  Counter* evicted_ = nullptr;
  std::int64_t opened_ = 0;  ///< The wall clock's time
  Clock::time_point clock_;  ///< at this one.

  // Of the record at hand.
  std::string code_;
  std::int64_t time_ = 0;
  bool number_ = false;
  std::vector<AggregateInput> inputs_;
  std::vector<std::int64_t> starts_;  ///< Of the windows that it belongs to.
};

}  // namespace weir
