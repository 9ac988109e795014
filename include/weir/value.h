#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

/// The type of a field's value.
enum class ValueType : std::uint8_t { null, boolean, integer, real, text, json };

/// One field's value: null, a boolean, a 64-bit integer, a double, text, or a nested JSON array or
/// object as its raw slice. 16 bytes, trivially copyable; text and json are views whose bytes
/// belong to the record's batch (at most 4 GiB each).
class Value {
 public:
  constexpr Value() = default;
  constexpr Value(bool v) : integer_(v ? 1 : 0), type_(ValueType::boolean) {}      // NOLINT
  constexpr Value(int v) : integer_(v), type_(ValueType::integer) {}               // NOLINT
  constexpr Value(std::int64_t v) : integer_(v), type_(ValueType::integer) {}      // NOLINT
  constexpr Value(double v) : real_(v), type_(ValueType::real) {}                  // NOLINT
  constexpr Value(std::string_view v) : Value(v, ValueType::text) {}               // NOLINT
  constexpr Value(const char* v) : Value(std::string_view(v), ValueType::text) {}  // NOLINT

  /// A nested array or object, or a number that neither an integer nor a double holds; `raw` is
  /// valid JSON.
  static constexpr Value json(std::string_view raw) { return Value(raw, ValueType::json); }

  constexpr ValueType type() const { return type_; }
  constexpr bool is_null() const { return type_ == ValueType::null; }
  constexpr bool is_number() const {
    return type_ == ValueType::integer || type_ == ValueType::real;
  }
  /// Whether the value has bytes of its own: text or json.
  constexpr bool has_bytes() const { return type_ >= ValueType::text; }

  /// Each is defined for its own type only; as_real also for integers.
  constexpr bool as_bool() const { return integer_ != 0; }
  constexpr std::int64_t as_integer() const { return integer_; }
  constexpr double as_real() const {
    return type_ == ValueType::integer ? static_cast<double>(integer_) : real_;
  }
  /// The bytes of text, or the raw slice of json.
  constexpr std::string_view as_text() const { return {bytes_, size_}; }

 private:
  constexpr Value(std::string_view v, ValueType type)
      : bytes_(v.data()), size_(static_cast<std::uint32_t>(v.size())), type_(type) {}

  union {
    std::int64_t integer_ = 0;
    double real_;
    const char* bytes_;
  };
  std::uint32_t size_ = 0;
  ValueType type_ = ValueType::null;
};

static_assert(sizeof(Value) == 16);

}  // namespace weir
