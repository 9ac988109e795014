#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "weir/frequency.h"
#include "weir/registry.h"

namespace weir::stages::core {

enum class GenerateFormat : std::uint8_t { fields, ndjson, text };
/// The options of `generate`.
struct GenerateOptions {
  std::optional<std::int64_t> count;
  std::optional<Frequency> rate;
  std::uint64_t seed = 1;
  GenerateFormat format = GenerateFormat::fields;
  Code<TemplateLanguage> text{"line {n}"};
};

/// Makes records. A record depends on its number alone, so worker threads make ranges of them in
/// parallel. With a rate, where the clock decides, `read` makes the records itself.
class Generate final : public Source {
 public:
  explicit Generate(const GenerateOptions& options);

  void open(Context&) override { start_ = Clock::now(); }
  bool read(Feed& feed, Stop stop) override;
  void load(Split& split, Feed& feed) const override;
  bool blocking() const override { return rate_.has_value(); }

 private:
  using Clock = std::chrono::steady_clock;
  class Room;

  bool read_due(Feed& feed, Stop stop);
  Clock::time_point due(std::uint64_t number) const;
  void make(std::uint64_t number, Feed& feed, Room& room) const;
  void make_fields(std::uint64_t number, Feed& feed, Room& room) const;
  char* write_text(std::uint64_t number, char* out) const;

  std::uint64_t end_;
  std::optional<Frequency> rate_;
  std::uint64_t seed_;
  GenerateFormat format_;
  Template text_;
  std::size_t longest_;  ///< The largest number of bytes that a record takes.
  std::uint64_t next_ = 0;
  Clock::time_point start_;
};

}  // namespace weir::stages::core

namespace weir {

template <>
struct EnumNames<stages::core::GenerateFormat> {
  static constexpr std::string_view names[] = {"fields", "ndjson", "text"};
};

}  // namespace weir
