#include "tests/flow/kit/call_stages.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace weir::flow::test {

CallVerdict decide_call(const CallOptions& o, std::string_view text, int attempt) {
  using Act = CallVerdict::Act;
  const std::uint64_t h = mix(static_cast<std::uint64_t>(o.seed), text);
  auto percent = static_cast<std::int64_t>(h % 100);
  if ((percent -= o.drop) < 0) return {Act::drop, {}};
  if ((percent -= o.permanent) < 0) return {Act::permanent, {}};
  if ((percent -= o.thrown) < 0) return {Act::thrown, {}};
  if ((percent -= o.unanswered) < 0) return {Act::unanswered, {}};
  const bool flaky = (percent -= o.flaky) < 0;
  if (flaky && attempt <= 1 + static_cast<int>((h >> 40) % 4)) return {Act::flaky, {}};
  CallVerdict verdict;
  const std::string pad(o.pad > 0 ? (h >> 12) % static_cast<std::uint64_t>(o.pad) : 0, 'x');
  if (!flaky && (percent -= o.emit) < 0) {
    verdict.act = Act::emit;
    verdict.copies = (h >> 50) % 2 == 0;
    for (std::uint64_t i = 0; i < 1 + (h >> 20) % 3; ++i) {
      verdict.texts.push_back(std::string(text) + "." + std::to_string(i) + pad);
    }
    return verdict;
  }
  verdict.texts.push_back(std::string(text) + static_cast<char>('A' + (h >> 32) % 26) + pad);
  return verdict;
}

DrawnFields decide_fields(const FieldOptions& o, std::string_view text) {
  const std::uint64_t h = mix(static_cast<std::uint64_t>(o.seed), text);
  if (static_cast<std::int64_t>(h % 100) < o.missing) return {};
  const auto up_to = [](std::uint64_t bits, std::int64_t n) {
    return static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(n));
  };
  return {true, up_to(h >> 10, o.keys), 1 + up_to(h >> 30, o.costs)};
}

std::string total_text(std::string_view first, std::uint64_t count) {
  return std::string(first.substr(0, 40)) + " total " + std::to_string(count);
}

using std::chrono::microseconds;

KeyWatch::Key& KeyWatch::key_of(const Record& record) const {
  const Value key = record.get("k");
  return keys_[key.is_number() ? std::to_string(key.as_integer()) : "none"];
}

void KeyWatch::call_begins(const Record& record, const Call& call) const {
  if (!on_) return;
  const auto origin = static_cast<std::int64_t>(record.origin().position);
  const std::lock_guard lock(mutex_);
  Key& key = key_of(record);
  if (key.running++ > 0) ++wrong_;
  if (in_order_ && call.attempt() == 1 && origin < key.origin) ++wrong_;
  if (std::chrono::steady_clock::now() < key.end) ++early_;
  key.origin = origin;
}

void KeyWatch::call_ends(const Record& record) const {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  --key_of(record).running;
}

void KeyWatch::call_rests(const Record& record, microseconds time) const {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  key_of(record).end = std::chrono::steady_clock::now() + time;
}

namespace {

/// An attempt's own delay.
microseconds delay_of(const CallOptions& o, std::string_view text, int attempt) {
  if (o.delay_us <= 0) return {};
  const std::uint64_t h = mix(static_cast<std::uint64_t>(o.seed + 77 * attempt), text);
  return microseconds(h % static_cast<std::uint64_t>(o.delay_us));
}

/// False: the record is to be let go of.
bool act(const CallOptions& o, Record& record, Call& call) {
  const CallVerdict verdict = decide_call(o, record.text(), call.attempt());
  switch (verdict.act) {
    case CallVerdict::Act::drop:
      record.drop();
      break;
    case CallVerdict::Act::flaky:
      // What was emitted and changed before must be gone.
      if (call.attempt() % 2 == 0) call.emit().set_text("discarded");
      record.set_text("changed, then failed");
      record.fail("flaky", "not yet");
      break;
    case CallVerdict::Act::permanent:
      record.set_text("changed, then failed");
      record.fail("chosen", "failed for good", false);
      break;
    case CallVerdict::Act::thrown:
      call.emit().set_text("discarded");
      throw std::runtime_error("thrown on purpose");
    case CallVerdict::Act::unanswered:
      return false;
    case CallVerdict::Act::emit:
      for (const std::string& text : verdict.texts) {
        (verdict.copies ? call.emit_copy(record) : call.emit()).set_text(text);
      }
      break;
    case CallVerdict::Act::change:
      record.set_text(verdict.texts[0]);
      break;
  }
  return true;
}

class Fields final : public Transform {
 public:
  explicit Fields(const FieldOptions& o) : o_(o) {}
  void process(Record& record, Call&) const override {
    const DrawnFields fields = decide_fields(o_, record.text());
    if (!fields.there) return;
    record.set("k", fields.key);
    record.set("c", fields.cost);
  }

 private:
  FieldOptions o_;
};

class Flaky : public Transform, public KeyWatch {
 public:
  explicit Flaky(const CallOptions& o) : KeyWatch(o), o_(o) {}
  void process(Record& record, Call& call) const override {
    call_begins(record, call);
    const microseconds delay = delay_of(o_, record.text(), call.attempt());
    if (delay.count() > 0) std::this_thread::sleep_for(delay);
    call_ends(record);
    act(o_, record, call);
  }

 private:
  CallOptions o_;
};

class Blocking final : public Flaky {
 public:
  using Flaky::Flaky;
};

/// Answers at once, by the run's timer, or on a thread of its own.
class Async final : public AsyncTransform, public KeyWatch {
 public:
  explicit Async(const CallOptions& o) : KeyWatch(o), o_(o) {}
  ~Async() override { stop(); }
  void open(Context&) override {
    thread_ = std::thread([this] { answer_all(); });
  }
  void close() override { stop(); }

  void start(Completion completion) override {
    Record record = completion.record();
    call_begins(record, completion.call());
    const int attempt = completion.call().attempt();
    const microseconds delay = delay_of(o_, record.text(), attempt);
    const std::uint64_t way = mix(static_cast<std::uint64_t>(o_.seed + attempt), record.text()) % 3;
    if (way == 2) {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(completion));
      changed_.notify_one();
      return;
    }
    call_ends(record);
    if (!act(o_, record, completion.call())) return;
    call_rests(record, delay);
    if (delay.count() > 0) return completion.done_after(delay);
    completion.done();
  }

 private:
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }
  void answer_all() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Completion completion = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      answer(std::move(completion));
      lock.lock();
    }
  }
  void answer(Completion completion) {
    Record record = completion.record();
    const int attempt = completion.call().attempt();
    const auto verdict = decide_call(o_, record.text(), attempt);
    call_ends(record);
    if (verdict.act == CallVerdict::Act::unanswered) return;
    completion.done([this](Record& changed, Call& call) { act(o_, changed, call); });
  }

  CallOptions o_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Completion> queue_;
  bool stopping_ = false;
};

struct KeyCount {
  std::uint64_t count = 0;
  std::string first;
};

class Keyed final : public KeyedTransform<KeyCount> {
 public:
  explicit Keyed(const MixOptions& o) : o_(o) {}
  void process(Record& record, KeyCount& state, Call&) const override {
    if (state.count++ == 0) state.first = record.text().substr(0, 40);
    const Verdict verdict = decide(o_, record.text());
    switch (verdict.act) {
      case Verdict::Act::drop:
        return record.drop();
      case Verdict::Act::fail:
        record.set_text("changed, then failed");
        return record.fail("chosen", "failed on purpose");
      case Verdict::Act::thrown:
        throw std::runtime_error("thrown on purpose");
      default:
        record.set_text(numbered(verdict.texts[0], state.count));
    }
  }
  void finish(KeyCount& state, Call& call) const override {
    call.emit().set_text(total_text(state.first, state.count));
  }

 private:
  MixOptions o_;
};

class Letters final : public Collect {
 public:
  void write(Batch& batch) override {
    batch.each([&](Record& record) {
      texts_.push_back(std::to_string(record.origin().position) + "|" + std::string(record.text()) +
                       "|" + std::string(record.get(error_).as_text()));
    });
  }
  void commit() override { committed_ = true; }
  const std::vector<std::string>& texts() const override { return texts_; }
  bool committed() const override { return committed_; }

 private:
  const Field error_{"error"};
  std::vector<std::string> texts_;
  bool committed_ = false;
};

template <class T>
TypeBuilder<T, CallOptions> add_called(Registry& registry, const char* name) {
  auto builder = registry.add<T, CallOptions>(name, "A called stage of the tests.");
  builder.optional("seed", &CallOptions::seed, "Seed.")
      .optional("drop", &CallOptions::drop, "Percent.")
      .optional("permanent", &CallOptions::permanent, "Percent.")
      .optional("thrown", &CallOptions::thrown, "Percent.")
      .optional("unanswered", &CallOptions::unanswered, "Percent.")
      .optional("flaky", &CallOptions::flaky, "Percent.")
      .optional("emit", &CallOptions::emit, "Percent.")
      .optional("pad", &CallOptions::pad, "Bytes.")
      .optional("delay_us", &CallOptions::delay_us, "Microseconds.")
      .optional("by_key", &CallOptions::by_key, "Watches calls of one `k`.")
      .optional("in_order", &CallOptions::in_order, "Watches their order.");
  return builder;
}

}  // namespace

void add_call_stages(Registry& registry) {
  registry.add<Fields, FieldOptions>("test.fields", "Gives fields.")
      .kinds(Kinds{.gives_fields = true})
      .optional("seed", &FieldOptions::seed, "Seed.")
      .optional("keys", &FieldOptions::keys, "How many values of k.")
      .optional("costs", &FieldOptions::costs, "How many values of c.")
      .optional("missing", &FieldOptions::missing, "Percent of records that get none.");
  add_called<Flaky>(registry, "test.flaky").idempotent();
  add_called<Blocking>(registry, "test.blocking").blocking().idempotent();
  add_called<Async>(registry, "test.async").idempotent();
  registry.add<Keyed, MixOptions>("test.keyed", "Numbers the records of a key.")
      .optional("seed", &MixOptions::seed, "Seed.")
      .optional("drop", &MixOptions::drop, "Percent.")
      .optional("fail", &MixOptions::fail, "Percent.")
      .optional("thrown", &MixOptions::thrown, "Percent.")
      .optional("at", &MixOptions::at, "Number.");
  registry.add<Letters>("test.letters", "Keeps dead letters.").kinds(Kinds{.needs_text = true});
}

}  // namespace weir::flow::test
