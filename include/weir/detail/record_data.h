#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weir/value.h"

namespace weir::detail {

/// One row of a record's flat field table.
struct FieldSlot {
  const char* name;
  std::uint32_t name_size;
  std::uint32_t reserved;
  Value value;

  std::string_view key() const { return {name, name_size}; }
};
static_assert(sizeof(FieldSlot) == 32);

/// The error of a record, as it is stored; the views live in the batch's arena.
struct ErrorSlot {
  std::string_view kind;
  std::string_view message;
  std::uint16_t stage = 0;  ///< The stage's index in the plan.
  std::uint32_t attempts = 1;
  bool retryable = true;
  std::chrono::nanoseconds retry_after{0};
};

/// The parts of a record that few records have, kept out of RecordData to keep it small.
struct Extra {
  ErrorSlot error;
  bool has_error = false;  ///< True if the record was kept, and shows the error as `record.error`.
  std::uint16_t letter_to = 0;  ///< The stage that a dead letter goes to.
  FieldSlot* meta = nullptr;
  std::uint32_t meta_count = 0;
  std::uint32_t told_count = 0;
  FieldSlot* told = nullptr;  ///< Fields that describe the error (`Record::tell`).
  std::uint64_t line = 0;     ///< Record::line.
};

enum class RecordState : std::uint8_t { live, dropped, failed, aggregated, blank };

enum RecordFlag : std::uint8_t {
  kFieldsShared = 1,  ///< The record shares its field table: copy it before a write.
  kPassesBy = 2,      ///< The first stage of the region lets it pass: it has failed on its way in.
};

/// A record as the engine stores it; a batch is an array of these.
struct RecordData {
  const char* text = nullptr;
  FieldSlot* fields = nullptr;
  Extra* extra = nullptr;
  std::uint64_t position = 0;
  std::uint32_t part = 0;
  std::uint32_t root = 0;  ///< The index of its origin in the batch; kNoRoot if it has none.
  std::uint32_t text_size = 0;
  std::uint32_t field_count = 0;
  std::uint32_t field_capacity = 0;
  RecordState state = RecordState::live;
  std::uint8_t flags = 0;
  std::uint8_t port = 0;   ///< The output of the current stage by which it leaves (Call::send).
  std::uint8_t input = 0;  ///< After a merge: the input by which it came.
};
static_assert(sizeof(RecordData) == 56);

/// `RecordData::part` holds the number of a source, and the number of a part of that source.
constexpr unsigned kPartBits = 24;
constexpr unsigned kSourceBits = 32 - kPartBits;
/// The most parts that a source can have.
constexpr std::size_t kMostParts = std::size_t{1} << kPartBits;
constexpr std::uint32_t part_of(std::size_t source, std::uint32_t number) {
  return static_cast<std::uint32_t>(source) << kPartBits | number;
}
constexpr std::uint32_t source_of(std::uint32_t part) { return part >> kPartBits; }
constexpr std::uint32_t number_of(std::uint32_t part) { return part & ((1u << kPartBits) - 1); }

/// The root of records that a stage makes by itself (a header line, a final count).
constexpr std::uint32_t kNoRoot = 0xffffffffu;

/// The charge against `limits.record` for the bookkeeping of one emitted record, in bytes: its
/// entry, and the room that a growing array of entries takes while it moves.
constexpr std::size_t kRecordCharge = 128;

}  // namespace weir::detail
