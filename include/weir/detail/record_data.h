#pragma once

#include <chrono>
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

/// What an error left on a record; the views live in the batch's arena.
struct ErrorSlot {
  std::string_view kind;
  std::string_view message;
  std::uint16_t stage = 0;  ///< Index in the plan.
  std::uint16_t attempts = 1;
  bool retryable = true;
  std::chrono::nanoseconds retry_after{0};
};

/// What few records have.
struct Extra {
  ErrorSlot error;
  bool has_error = false;       ///< `record.error` of a kept record.
  std::uint16_t letter_to = 0;  ///< Of a dead letter: the stage that it goes to.
  FieldSlot* meta = nullptr;
  std::uint32_t meta_count = 0;
};

enum class RecordState : std::uint8_t { live, dropped, failed, aggregated };

enum RecordFlag : std::uint8_t {
  kFieldsShared = 1,  ///< The field table is somebody else's too: copy before a write.
};

/// A record as the engine stores it: an array of these is a batch.
struct RecordData {
  const char* text = nullptr;
  FieldSlot* fields = nullptr;
  Extra* extra = nullptr;
  std::uint64_t position = 0;
  std::uint32_t part = 0;
  std::uint32_t root = 0;  ///< Which of the batch's origins it descends from; kNoRoot: none.
  std::uint32_t text_size = 0;
  std::uint32_t field_count = 0;
  std::uint32_t field_capacity = 0;
  RecordState state = RecordState::live;
  std::uint8_t flags = 0;
  std::uint8_t port = 0;   ///< Of the stage that it leaves: which output (Call::send).
  std::uint8_t input = 0;  ///< Behind a merge: which of its inputs it came by.
};
static_assert(sizeof(RecordData) == 56);

/// `RecordData::part` holds the number of the source, and of the part among those of the source.
constexpr std::uint32_t kPartBits = 24;
constexpr std::uint32_t part_of(std::size_t source, std::uint32_t number) {
  return static_cast<std::uint32_t>(source) << kPartBits | number;
}
constexpr std::uint32_t source_of(std::uint32_t part) { return part >> kPartBits; }
constexpr std::uint32_t number_of(std::uint32_t part) { return part & ((1u << kPartBits) - 1); }

/// The root of records that a stage made by itself (a header line, a final count).
constexpr std::uint32_t kNoRoot = 0xffffffffu;

/// What `limits.record` charges for the bookkeeping of one emitted record: its entry, and the
/// room that a growing array of entries takes while it moves.
constexpr std::size_t kRecordCharge = 128;

}  // namespace weir::detail
