#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "graph/compile/plan/bounds.h"

namespace weir::compile {

/// The number of a thing among those of its kind, from 0 on. Numbers of different kinds do not mix,
/// and a plain number becomes one only in so many words. `Kind` says what it numbers, and how many
/// there may be; that many is a number, too, which stands for the end.
template <class Kind>
class Id {
 public:
  using difference_type = std::ptrdiff_t;

  constexpr Id() = default;
  /// Throws std::out_of_range if there can be no such thing.
  template <std::integral Number>
  constexpr explicit Id(Number number) : number_(static_cast<std::uint16_t>(number)) {
    static_assert(numbers<std::uint16_t>(Kind::kMost + 1));
    if (std::cmp_less(number, 0) || std::cmp_greater(number, Kind::kMost)) refuse(number);
  }

  constexpr std::uint16_t number() const { return number_; }

  constexpr Id& operator++() { return *this = Id(number_ + 1); }
  constexpr Id& operator--() { return *this = Id(number_ - 1); }
  friend constexpr Id operator+(Id id, std::size_t count) { return Id(id.number_ + count); }
  friend constexpr Id operator-(Id id, std::size_t count) { return Id(id.number_ - count); }
  /// Returns how far `a` is behind `b`.
  friend constexpr difference_type operator-(Id a, Id b) { return a.number_ - b.number_; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  template <class Number>
  [[noreturn]] static void refuse(Number number) {
    throw std::out_of_range(std::string(Kind::kName) + " " + std::to_string(number));
  }

  std::uint16_t number_ = 0;
};

struct StageKind {
  static constexpr const char* kName = "stage";
  static constexpr std::size_t kMost = kMostStages;
};
struct RegionKind {
  static constexpr const char* kName = "region";
  static constexpr std::size_t kMost = kMostRegions;
};
struct SourceKind {
  static constexpr const char* kName = "source";
  static constexpr std::size_t kMost = kMostSources;
};

/// Index into Plan::stages.
using StageId = Id<StageKind>;
/// Index into Plan::regions.
using RegionId = Id<RegionKind>;
/// Index into Plan::sources.
using SourceId = Id<SourceKind>;

/// Consecutive numbers: those from `first` on and below `end`.
template <class IdType>
class IdRange {
 public:
  /// Yields the numbers themselves.
  class Iterator {
   public:
    using value_type = IdType;
    using difference_type = std::ptrdiff_t;
    using reference = IdType;
    using pointer = void;
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;

    Iterator() = default;
    explicit Iterator(IdType at) : at_(at) {}
    IdType operator*() const { return at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(std::exchange(at_, at_ + 1)); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    IdType at_;
  };

  IdRange() = default;
  IdRange(IdType first, IdType end) : first_(first), end_(end) {}

  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(end_); }
  bool empty() const { return first_ >= end_; }
  IdType front() const { return first_; }
  IdType back() const { return end_ - 1; }

 private:
  IdType first_;
  IdType end_;
};

/// A vector whose elements are numbered by an Id.
template <class IdType, class T>
class IdVector : private std::vector<T> {
  using Base = std::vector<T>;

 public:
  using typename Base::const_iterator;
  using typename Base::const_reference;
  using typename Base::iterator;
  using typename Base::reference;
  using typename Base::value_type;

  using Base::back;
  using Base::Base;
  using Base::begin;
  using Base::emplace_back;
  using Base::empty;
  using Base::end;
  using Base::front;
  using Base::push_back;
  using Base::rbegin;
  using Base::rend;
  using Base::reserve;
  using Base::resize;
  using Base::size;

  reference operator[](IdType id) { return Base::operator[](id.number()); }
  const_reference operator[](IdType id) const { return Base::operator[](id.number()); }

  IdType end_id() const { return IdType(size()); }
  IdRange<IdType> ids() const { return {IdType(), end_id()}; }
};

}  // namespace weir::compile
