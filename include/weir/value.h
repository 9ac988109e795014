#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir {

/// The type of a field's value.
enum class ValueType : std::uint8_t { null, boolean, integer, real, text, json };

namespace detail {

/// Integers of every size, but neither booleans nor characters.
template <class T>
concept Countable = std::integral<T> && sizeof(T) <= sizeof(std::int64_t) &&
                    !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
                    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> &&
                    !std::same_as<T, char32_t>;

template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

}  // namespace detail

/// One field's value: null, a boolean, a 64-bit integer, a double, text, or a nested JSON array or
/// object as its raw slice. It has 16 bytes and is trivially copyable. Text, JSON and the digits of
/// a written number are views, whose bytes belong to the record's batch (at most 4 GiB each).
class Value {
 public:
  constexpr Value() = default;
  template <std::same_as<bool> T>
  constexpr Value(T v) : integer_(v ? 1 : 0), type_(ValueType::boolean) {}  // NOLINT
  /// A number above the largest int64 becomes the nearest double.
  template <detail::Countable T>
  constexpr Value(T v) : type_(ValueType::integer) {  // NOLINT
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::int64_t)) {
      if (v > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
        real_ = static_cast<double>(v);
        type_ = ValueType::real;
        return;
      }
    }
    integer_ = static_cast<std::int64_t>(v);
  }
  template <std::floating_point T>
  constexpr Value(T v) : real_(static_cast<double>(v)), type_(ValueType::real) {}  // NOLINT
  constexpr Value(std::string_view v) : Value(v, ValueType::text) {}               // NOLINT
  Value(const std::string& v) : Value(std::string_view(v)) {}                      // NOLINT
  /// A null pointer is null (getenv).
  constexpr Value(const char* v) : Value(v ? Value(std::string_view(v)) : Value()) {}  // NOLINT
  /// Other pointers and characters are rejected: they may be meant as text or as a number.
  template <class T>
  requires(!std::same_as<std::remove_cv_t<T>, char>) Value(T*)
  = delete;
  template <detail::Character T>
  Value(T) = delete;

  /// Returns a nested array or object, or a number that neither an integer nor a double holds;
  /// `raw` is valid JSON.
  static constexpr Value json(std::string_view raw) { return Value(raw, ValueType::json); }

  /// Returns a real as it was written: `digits` is a JSON number that a double holds to within
  /// rounding. It is output with these digits (19.90, 1E5), and is converted only when its value is
  /// asked for.
  static constexpr Value written(std::string_view digits) {
    return Value(digits, digits.empty() ? ValueType::null : ValueType::real);
  }
  /// Returns the same value over other bytes; only for one that `has_bytes`.
  constexpr Value with_bytes(std::string_view bytes) const { return Value(bytes, type_); }

  constexpr ValueType type() const { return type_; }
  constexpr bool is_null() const { return type_ == ValueType::null; }
  constexpr bool is_number() const {
    return type_ == ValueType::integer || type_ == ValueType::real;
  }
  /// Returns whether the value has bytes: text, JSON or a written number.
  constexpr bool has_bytes() const {
    return type_ >= ValueType::text || (type_ == ValueType::real && size_ != 0);
  }

  /// Each is defined for its own type only, as_real also for integers.
  constexpr bool as_bool() const { return integer_ != 0; }
  constexpr std::int64_t as_integer() const { return integer_; }
  double as_real() const {
    if (type_ == ValueType::integer) return static_cast<double>(integer_);
    return size_ == 0 ? real_ : read();
  }
  /// The bytes of a text, the raw slice of JSON, or the digits of a written number.
  constexpr std::string_view as_text() const { return {bytes_, size_}; }

 private:
  constexpr Value(std::string_view v, ValueType type)
      : bytes_(v.data()), size_(size_of(v)), type_(type) {}
  /// Clamps a size that does not fit, instead of wrapping it: a copy of the value then exceeds
  /// `limits.record`.
  static constexpr std::uint32_t size_of(std::string_view v) {
    constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
    return v.size() > kMost ? kMost : static_cast<std::uint32_t>(v.size());
  }

  double read() const {
    double real = 0;
    std::from_chars(bytes_, bytes_ + size_, real);
    return real;
  }

  union {
    std::int64_t integer_ = 0;
    double real_;
    const char* bytes_;
  };
  std::uint32_t size_ = 0;  ///< The number of bytes; 0 for a real without any.
  ValueType type_ = ValueType::null;
};

static_assert(sizeof(Value) == 16);

}  // namespace weir
