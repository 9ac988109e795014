#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stages/core/core.h"
#include "stages/core/state/key_states.h"
#include "stages/core/state/outbox.h"
#include "weir/keyed.h"

namespace weir::stages::core {

/// The options of `group`.
struct GroupOptions {
  std::optional<std::uint64_t> count;
  std::optional<Bytes> bytes;
  std::optional<Duration> within;
  std::optional<Expression> until;
  std::optional<bool> including;
  std::string separator = "\n";
  std::optional<std::string> into;
  KeyPolicy key;
};

/// Joins several records to one. Of its members a group keeps only what its record will say,
/// charged to the state of the run. A group is cut if its record would take more than
/// `emitted_share`.
class Group final : public SerialTransform {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Group(const GroupOptions& options);

  void open(Context& context) override;
  void close() override;
  void process(Record& record, Call& call) override;
  bool finish(Call& call) override;
  std::optional<Clock::time_point> due() const override;
  bool tick(Call& call) override;

 private:
  struct Members {
    std::string content;
    std::uint64_t count = 0;
    std::size_t charged = 0;
    Clock::time_point since;
  };
  struct Closed {
    std::string key;
    std::string content;
    std::size_t state = 0;
    std::size_t emitted = 0;
  };
  using Groups = KeyStates<Members>;
  using Entry = Groups::Entry;

  std::string_view separator() const {
    return options_.into ? std::string_view(",") : std::string_view(options_.separator);
  }
  Entry& group_for(Entry* entry, std::string_view member, bool ends_before);
  bool too_much(std::size_t size) const;
  void add(Entry& entry, std::string_view member, bool last);
  void make_room(const Entry* keep);
  void shut(Entry& entry);
  std::size_t emitted_size(std::size_t key, std::size_t size) const;
  void emit(const Closed& closed, Call& call);

  GroupOptions options_;
  StateAccount account_;
  Outbox<Closed> outbox_;
  Groups groups_;
  std::size_t most_emitted_ = 0;
  Counter* evicted_ = nullptr;
  Counter* cut_ = nullptr;
  std::unique_ptr<detail::Evaluator> until_;  ///< Null if no record ends a group.
  RecordKey key_;                             ///< The key of the current record.
  std::size_t key_size_ = 0;                  ///< The bytes of that key as the stage keeps it.
  std::string member_;                        ///< The JSON of the current record, for `into`.
};

}  // namespace weir::stages::core
