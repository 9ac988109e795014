#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stages/core/core.h"
#include "stages/core/key_states.h"
#include "stages/core/outbox.h"
#include "weir/keyed.h"

namespace weir {

struct GroupOptions {
  std::optional<std::uint64_t> count;
  std::optional<Bytes> bytes;
  std::optional<Duration> time;
  std::string separator = "\n";
  std::optional<std::string> into;
  KeyPolicy key;
};

/// Keeps of the members what the group's record will say, charged to the state of the run. A group
/// ends early where its record would take more than its share of `limits.record`.
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
  Entry& group_for(std::string_view member);
  bool too_much(std::size_t size) const;
  void add(Entry& entry, std::string_view member);
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
  std::string code_;    ///< Of the record at hand: its key,
  std::string member_;  ///< and what `into` shows of it.
};

}  // namespace weir
