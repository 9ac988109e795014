#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/state/kept_record.h"
#include "stages/core/state/record_charge.h"
#include "stages/core/state/state_account.h"
#include "weir/sort_code.h"

namespace weir::stages::core {
namespace {

struct SortOptions {
  std::vector<OrderField> by;
  bool descending = false;
  std::optional<std::uint64_t> window;
  std::optional<Bytes> bytes;
};

/// Sorts with a heap of copies. The first of the held records leaves, so a stream in which no
/// record is further than the window from its place comes out sorted.
class Sort final : public SerialTransform {
 public:
  explicit Sort(const SortOptions& options)
      : by_(options.by),
        descending_(options.descending),
        most_records_(options.window.value_or(UINT64_MAX)),
        most_bytes_(options.bytes ? options.bytes->value : UINT64_MAX) {
    if (by_.empty()) throw OptionError("by", "expected at least one field, got none");
    if (!options.window && !options.bytes) {
      throw OptionError("by", "a sort holds a bounded number of records: give window or bytes");
    }
    if (most_records_ == 0) throw OptionError("window", "expected at least 1, got '0'");
    if (most_bytes_ == 0) throw OptionError("bytes", "expected at least 1, got '0'");
  }

  void open(Context& context) override {
    account_.open(context.state());
    most_emitted_ = emitted_share(context.record_limit());
  }
  void close() override { account_.close(); }

  void process(Record& record, Call& call) override {
    read_code(record);
    if (emitted_ && code_ < *emitted_) {
      throw Error("late", "a record that sorts behind it has left: the window is too small", false);
    }
    if (KeptRecord::emitted_size_of(record) > most_emitted_) {
      throw Error("too_big", "a record that is sorted takes at most a third of limits.record",
                  false);
    }
    const std::size_t size = kHeldSize + code_.size() + KeptRecord::size_of(record);
    if (!account_.take(size)) {
      throw Error("state_full", "no room for a record to be sorted", false);
    }
    held_.push_back({code_, next_++, size, KeptRecord(record)});
    std::push_heap(held_.begin(), held_.end(), behind);
    bytes_ += size;
    call.aggregate(record);
    while (held_.size() > most_records_ || bytes_ > most_bytes_) emit_first(call);
    account_.settle();
  }

  bool finish(Call& call) override {
    while (!held_.empty() && !call.full()) emit_first(call);
    account_.settle();
    return !held_.empty();
  }

 private:
  struct Held {
    std::string code;
    std::uint64_t number = 0;
    std::size_t size = 0;
    KeptRecord record;
  };
  /// The bytes of a heap entry while the vector is half empty, and the allocator's overhead for its
  /// code. Its record and the code itself are charged in addition.
  static constexpr std::size_t kHeldSize = 2 * sizeof(Held) + 16;

  static bool behind(const Held& one, const Held& other) {
    return one.code != other.code ? one.code > other.code : one.number > other.number;
  }

  void read_code(const Record& record) {
    code_.clear();
    for (const OrderField& one : by_) {
      append_sort_code(one.by_time ? Value(one.time.of(record).count()) : record.get(one.field()),
                       code_);
    }
    if (!descending_) return;
    for (char& c : code_) c = static_cast<char>(~c);
  }

  void emit_first(Call& call) {
    held_.front().record.emit(call);
    std::pop_heap(held_.begin(), held_.end(), behind);
    Held& first = held_.back();
    account_.give(first.size);
    bytes_ -= first.size;
    emitted_ = std::move(first.code);
    held_.pop_back();
  }

  std::vector<OrderField> by_;
  bool descending_;
  std::uint64_t most_records_;
  std::uint64_t most_bytes_;
  std::size_t most_emitted_ = 0;
  StateAccount account_;
  std::vector<Held> held_;  ///< A heap with the first record in front.
  std::uint64_t bytes_ = 0;
  std::uint64_t next_ = 0;
  std::optional<std::string> emitted_;  ///< The code of the last record that left.
  std::string code_;                    ///< The code of the current record.
};

}  // namespace

void add_sort(Registry& registry) {
  registry
      .add<Sort, SortOptions>(
          "sort", "Sorts records that are nearly in order, within a window of so many records")
      .required("by", &SortOptions::by,
                "the fields to sort by, the first first: null before false and true, then numbers, "
                "text by its bytes, JSON by its bytes; { field, format, zone, reference } sorts "
                "by the times that a field states. Records that are equal keep their order")
      .optional("descending", &SortOptions::descending, "the largest first")
      .optional("window", &SortOptions::window,
                "how many records are held at most: when one more comes, the first of them leaves, "
                "and one that should have stood before it is an error of kind `late` when it comes")
      .optional("bytes", &SortOptions::bytes, "the same for what they take of the memory for state")
      .positional("by")
      .stateful()
      .example(R"(stages:
  - uses: generate
    with: { count: 100 }
  - uses: sort
    with: { by: [status, ms], window: 1000 }
  - uses: text.format
    with:
      template: "{status} {ms} {path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
