#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include "weir/origin.h"
#include "weir/record.h"

namespace weir {

/// Says when a source that waits must come back: poll `fd` beside your own descriptors; it is
/// readable once `requested`.
class Stop {
 public:
  Stop(const std::atomic<bool>& flag, int fd) : flag_(&flag), fd_(fd) {}
  bool requested() const { return flag_->load(std::memory_order_acquire); }
  int fd() const { return fd_; }

 private:
  const std::atomic<bool>* flag_;
  int fd_;
};

/// A piece of input that a worker loads later, in parallel with others: bytes [begin, end) of a
/// part. `load` moves `begin` forward to the first byte that it has not dealt with.
struct Split {
  std::uint32_t part = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool done() const { return begin >= end; }
};

/// Where a source puts the records of one batch, in the order of their positions.
class Feed {
 public:
  virtual ~Feed() = default;

  /// How many records and bytes this batch should hold in all; what is there at once is enough.
  std::uint32_t want_records() const { return want_records_; }
  std::uint64_t want_bytes() const { return want_bytes_; }
  /// The batch is full: return. Appending more is an error of the source.
  bool full() const { return appended() >= want_records_ || bytes_ >= want_bytes_; }

  /// Names the part that the following records come from, before its first record. Returns its
  /// number: 0, 1, 2... Only from `read`.
  virtual std::uint32_t begin_part(Part part) = 0;

  /// `size` bytes in this batch to read into; `adopt` makes records of slices of them.
  /// Throws detail::OutOfMemory, which a source lets pass; what it had appended stays.
  char* buffer(std::size_t size) { return arena_->take(size); }

  /// A record whose text is a slice of `buffer` (no copy). A text over `limits.record` becomes an
  /// error of its record. The first form is for `read`, whose part is the latest one begun.
  Record adopt(std::uint64_t position, std::string_view text) {
    return adopt(part_, position, text);
  }
  Record adopt(std::uint32_t part, std::uint64_t position, std::string_view text) {
    Record record = append(part, position);
    record.adopt_text(text);
    bytes_ += text.size();
    if (text.size() > record_limit_) reject_size(record, text.size());
    return record;
  }
  /// A record without text yet; `set_text` and `set` fill it.
  Record append(std::uint64_t position) { return append(part_, position); }

  /// Records appended so far.
  std::uint32_t appended() const { return appended_ + static_cast<std::uint32_t>(next_ - first_); }

  /// What `limits.record` says, in bytes.
  std::size_t record_limit() const { return record_limit_; }

  /// Leaves this batch to a worker, which will call `load`; at most once a batch, as the only
  /// thing in it. Only from `read`.
  virtual void hand_out(const Split& split) = 0;

 protected:
  /// Called when the room is used up: books [first_, next_) and makes more. Throws OutOfMemory.
  virtual void make_room() = 0;
  virtual void reject_size(Record& record, std::size_t size) = 0;

  Record append(std::uint32_t part, std::uint64_t position) {
    if (next_ == end_) make_room();
    detail::RecordData& data = *new (next_++) detail::RecordData();
    data.root = next_root_++;
    data.part = part;
    data.position = position;
    arena_->set_budget(record_limit_);
    return Record(data, *arena_, *host_);
  }

  detail::RecordData* first_ = nullptr;  ///< Room for records: [first_, end_), used to next_.
  detail::RecordData* next_ = nullptr;
  detail::RecordData* end_ = nullptr;
  std::uint32_t next_root_ = 0;
  detail::Arena* arena_ = nullptr;
  const detail::Host* host_ = nullptr;
  std::uint32_t part_ = 0;
  std::uint32_t appended_ = 0;  ///< Booked by make_room.
  std::uint32_t want_records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t want_bytes_ = 0;
  std::size_t record_limit_ = 0;
};

}  // namespace weir
