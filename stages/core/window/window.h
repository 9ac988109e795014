#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/state/key_states.h"
#include "stages/core/state/outbox.h"
#include "stages/core/window/window_options.h"

namespace weir::stages::core {

/// A window of one key that may still get records. The bounds of a session are the times of its
/// first and its last record; those of a window by count are numbers of records.
struct OpenWindow {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::uint64_t serial = 0;
  std::uint64_t first = 0;  ///< The number of its first record among those of the stage.
  std::uint64_t last = 0;   ///< The number of its last record.
  std::int64_t listed = 0;  ///< The time at which the schedule looks at it, not after it closes.
  bool number = false;      ///< True if the times of its records are numbers.
  std::size_t charged = 0;
  std::size_t shown = 0;  ///< The largest number of bytes that its record will hold.
  std::vector<Accumulator> values;
};

/// Aggregates records as they come and keeps none. Windows of time close when the watermark reaches
/// their end. The watermark is the largest time seen less `lateness`; without `time` it is the
/// clock.
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
  /// The open windows of one key.
  struct KeyWindows {
    std::map<std::int64_t, OpenWindow> open;  ///< By their starts.
    std::int64_t records = 0;                 ///< By count: records since the key has state.
  };
  using Keys = KeyStates<KeyWindows>;
  using Key = Keys::Entry;
  /// The time at which a window may have to close: an entry of the schedule.
  struct Due {
    std::int64_t time = 0;
    std::uint64_t key_number = 0;
    std::uint64_t serial = 0;
    Key* key = nullptr;
    OpenWindow* window = nullptr;
    bool operator<(const Due& other) const {
      if (time != other.time) return time < other.time;
      if (key_number != other.key_number) return key_number < other.key_number;
      return serial < other.serial;
    }
  };
  /// A window that waits to be emitted.
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
  void move_start(Key& key, OpenWindow& window);
  std::size_t held(const OpenWindow& window) const;

  std::int64_t close_time(const OpenWindow& window) const;
  void list(Key& key, OpenWindow& window);
  void unlist(const Key& key, const OpenWindow& window);
  void close_due();
  void close_window(Key& key, OpenWindow& window);
  void close_key(Key& key);
  void emit(Closed& closed, Call& call);

  WindowOptions options_;
  WindowShape shape_;
  std::vector<Accumulator> fresh_;  ///< The accumulators of a window without records.
  StateAccount account_;
  Outbox<Closed> outbox_;
  Keys keys_;
  std::set<Due> schedule_;
  std::int64_t watermark_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t next_serial_ = 0;
  std::size_t most_emitted_ = 0;
  std::size_t window_size_ = 0;  ///< The state that an empty window takes beside its key.
  Counter* evicted_ = nullptr;
  std::int64_t opened_ = 0;  ///< The wall clock's time at `clock_`, in nanoseconds.
  Clock::time_point clock_;  ///< The steady clock's time at `open`.

  // The current record:
  RecordKey key_;
  std::size_t key_size_ = 0;  ///< The bytes of its key as the stage keeps it.
  std::int64_t time_ = 0;
  bool number_ = false;
  std::vector<AggregateInput> inputs_;
  std::vector<std::int64_t> starts_;  ///< The starts of the windows that it belongs to.
};

}  // namespace weir::stages::core
