#pragma once

// Drives file.read by hand, with wants and refusals of memory that the kit does not have.

#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "stages/file/file_read.h"
#include "tests/kit/no_host.h"
#include "tests/stages/file/fixture.h"
#include "weir/positioned_error.h"

namespace weir::stages::test {

/// Small blocks of random sizes, each of which may be refused.
class StingyArena final : public detail::Arena {
 public:
  explicit StingyArena(std::mt19937& random, unsigned refuse_one_in)
      : random_(random), refuse_one_in_(refuse_one_in) {}

  void maybe_refuse() {
    if (refuse_one_in_ > 0 && random_() % refuse_one_in_ == 0) throw detail::OutOfMemory{};
  }
  std::size_t taken() const { return taken_; }

 private:
  char* grow(std::size_t size) override {
    maybe_refuse();
    const std::size_t block = size + random_() % 4096;
    blocks_.push_back(std::make_unique<char[]>(block + kPadding));
    taken_ += block;
    if (size >= kOwnBlock) return blocks_.back().get();
    begin_ = blocks_.back().get();
    cursor_ = begin_ + size;
    end_ = begin_ + block;
    return begin_;
  }

  std::mt19937& random_;
  unsigned refuse_one_in_;
  std::size_t taken_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

class StingyFeed final : public Feed {
 public:
  StingyFeed(StingyArena& arena, std::uint32_t records, std::uint64_t bytes) : stingy_(arena) {
    arena_ = &arena;
    host_ = &no_host_;
    want_records_ = records;
    want_bytes_ = bytes;
    record_limit_ = 16u << 20;
  }
  std::uint32_t begin_part(Part part) override {
    parts.push_back(std::move(part));
    return first_part + static_cast<std::uint32_t>(parts.size()) - 1;
  }
  void hand_out(const Split& given) override { split = given; }

  void collect(std::vector<Line>& out, std::vector<std::uint64_t>* numbers = nullptr) const {
    for (const detail::RecordData& data : records_) {
      if (numbers) numbers->push_back(data.extra ? data.extra->line : 0);
      const bool failed = data.state == detail::RecordState::failed;
      out.push_back({data.part, data.position, std::string(data.text, data.text_size),
                     failed ? std::string(data.extra->error.kind) : ""});
    }
  }
  Split split;
  std::uint32_t first_part = 0;  ///< The number of the next part.
  std::vector<Part> parts;

 private:
  void make_room() override {
    appended_ += static_cast<std::uint32_t>(next_ - first_);
    first_ = next_ = end_ = nullptr;
    stingy_.maybe_refuse();
    if (full()) throw std::logic_error("a record was appended to a full batch");
    first_ = next_ = &records_.emplace_back();
    end_ = first_ + 1;
  }
  void reject_size(Record& record, std::size_t) override { record.fail("too_big", ""); }

  StingyArena& stingy_;
  kit::NoHost no_host_;
  std::deque<detail::RecordData> records_;
};

class SmallContext final : public Context {
 public:
  explicit SmallContext(int threads = 1) : threads_(threads) {}
  std::string_view stage_name() const override { return "read"; }
  void log(LogLevel, std::string_view) override {}
  Counter& counter(std::string_view) override { return counter_; }
  int threads() const override { return threads_; }
  std::size_t record_limit() const override { return 16u << 20; }
  StateBudget& state() override { return state_; }
  const detail::TimeLanguage& times() const override { return time_language(); }

 private:
  int threads_;
  Counter counter_;
  StateBudget state_{0};
};

/// What a source gave, and the error that ended it.
struct Reading {
  std::vector<Line> lines;
  std::vector<std::uint64_t> numbers;  ///< Record::line of each.
  std::vector<Part> parts;
  std::string error;
  std::uint64_t error_position = 0;
};

/// Reads all in batches of random wants; memory is refused once in so many times (0: never).
inline Reading read_stingily(
    const file::FileReadOptions& options, std::mt19937& random, unsigned refuse_one_in,
    int threads = 1, MemoryShare* share = nullptr, const std::function<void()>& opened = [] {}) {
  Reading reading;
  file::FileRead source(options);
  SmallContext context(threads);
  source.open(context);
  if (share) source.share_memory(*share);
  opened();
  const std::atomic<bool> never{false};
  const auto batch = [&](auto body) {
    StingyArena arena(random, refuse_one_in);
    StingyFeed feed(arena, 1 + random() % 30, 1 + random() % 20'000);
    try {
      body(feed);
    } catch (const detail::OutOfMemory&) {
    } catch (const Error& e) {
      reading.error = e.what();
      if (const auto* positioned = dynamic_cast<const PositionedError*>(&e)) {
        reading.error_position = positioned->position();
      }
    }
    feed.collect(reading.lines, &reading.numbers);
    reading.parts.insert(reading.parts.end(), feed.parts.begin(), feed.parts.end());
    return feed.split;
  };
  for (bool more = true; more && reading.error.empty();) {
    Split split = batch([&](Feed& feed) { more = source.read(feed, Stop(never, -1)); });
    while (!split.done()) batch([&](Feed& feed) { source.load(split, feed); });
  }
  source.close();
  return reading;
}

}  // namespace weir::stages::test
