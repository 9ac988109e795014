#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include "weir/origin.h"
#include "weir/record.h"

namespace weir {

/// Tells a source that waits when to return: it polls `fd` beside its own descriptors; `fd` is
/// readable once `requested` is true.
class Stop {
 public:
  Stop(const std::atomic<bool>& flag, int fd) : flag_(&flag), fd_(fd) {}
  bool requested() const { return flag_->load(std::memory_order_acquire); }
  int fd() const { return fd_; }

 private:
  const std::atomic<bool>* flag_;
  int fd_;
};

/// A piece of input that a worker thread loads later, in parallel with others: bytes [begin, end)
/// of a part. `load` moves `begin` forward to the first byte that it has not dealt with.
struct Split {
  std::uint32_t part = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool done() const { return begin >= end; }
};

/// The batch that a source fills, in the order of the records' positions.
class Feed {
 public:
  virtual ~Feed() = default;

  /// The numbers of records and bytes that this batch should hold in all. A source need not wait
  /// for them: a batch of what is available is enough.
  std::uint32_t want_records() const { return want_records_; }
  std::uint64_t want_bytes() const { return want_bytes_; }
  /// Returns whether the batch is full. A source then returns; appending more is an error of the
  /// source.
  bool full() const { return appended() >= want_records_ || bytes_ >= want_bytes_; }

  /// Names the part that the following records come from, before the first of them. Returns its
  /// number: 0, 1, 2, ... Call it only from `read`.
  virtual std::uint32_t begin_part(Part part) = 0;

  /// Returns `size` bytes of this batch to read into; `adopt` makes records of slices of them.
  /// Throws detail::OutOfMemory, which a source lets pass; the records already appended stay.
  char* buffer(std::size_t size) { return arena_->take(size); }

  /// Appends a record whose text is a slice of `buffer` (no copy). A text over `limits.record`
  /// becomes the error of its record. The first form is for `read`, and uses the part begun last.
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
  /// Appends a record without text; `set_text` and `set` fill it.
  Record append(std::uint64_t position) { return append(part_, position); }

  /// The number of records appended so far.
  std::uint32_t appended() const { return appended_ + static_cast<std::uint32_t>(next_ - first_); }

  /// The value of `limits.record`, in bytes.
  std::size_t record_limit() const { return record_limit_; }

  /// Leaves this batch to a worker thread, which calls `load` with the split. Call it only from
  /// `read`, at most once a batch, and append nothing beside it.
  virtual void hand_out(const Split& split) = 0;

 protected:
  /// Called when the room is used up: books the records [first_, next_) and makes more room. Throws
  /// OutOfMemory.
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
  std::uint32_t appended_ = 0;  ///< The number of records that make_room has booked.
  std::uint32_t want_records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t want_bytes_ = 0;
  std::size_t record_limit_ = 0;
};

}  // namespace weir
