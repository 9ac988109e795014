#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

namespace weir::stages::file {

/// Bytes that were read and not yet cut: taken at the front, put in at the back. They are in one
/// piece of memory, which grows by half without being initialised, and shrinks after a record that
/// made it large.
class Tail {
 public:
  std::string_view bytes() const { return {data_.get() + head_, end_ - head_}; }
  std::size_t size() const { return end_ - head_; }

  void take(std::size_t size) {
    head_ += size;
    if (head_ == end_) head_ = end_ = 0;
  }
  /// Returns at least `size` bytes of room. `put` then adds the first of them to the bytes.
  std::span<char> room(std::size_t size) {
    if (capacity_ - end_ < size) make_room(size);
    return {data_.get() + end_, capacity_ - end_};
  }
  void put(std::size_t size) { end_ += size; }
  /// Gives back the memory that the bytes do not need.
  void shrink() {
    if (size() == 0) {
      data_.reset();
      capacity_ = head_ = end_ = 0;
    } else if (capacity_ / 2 > size()) {
      make_room(0);
      resize(size());
    }
  }

 private:
  static constexpr std::size_t kKeep = 1u << 20;

  void make_room(std::size_t size) {
    const std::size_t kept = end_ - head_;
    if (head_ > 0) std::memmove(data_.get(), data_.get() + head_, kept);
    head_ = 0;
    end_ = kept;
    const std::size_t needed = kept + size;
    if (needed > capacity_) {
      resize(std::max(needed, capacity_ + capacity_ / 2));
    } else if (capacity_ > kKeep && needed < kKeep / 2) {
      resize(kKeep);
    }
  }
  void resize(std::size_t capacity) {
    void* data = std::realloc(data_.get(), capacity);
    if (!data) throw std::bad_alloc();
    static_cast<void>(data_.release());
    data_.reset(static_cast<char*>(data));
    capacity_ = capacity;
  }

  struct Free {
    void operator()(char* data) const { std::free(data); }
  };
  std::unique_ptr<char, Free> data_;
  std::size_t capacity_ = 0;
  std::size_t head_ = 0;
  std::size_t end_ = 0;
};

}  // namespace weir::stages::file
