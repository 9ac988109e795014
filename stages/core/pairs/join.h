#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/core/pairs/join_table.h"
#include "stages/core/state/outbox.h"
#include "weir/options.h"
#include "weir/stage.h"

namespace weir::stages::core {

enum class JoinKind : std::uint8_t { inner, left, outer };
/// The fields whose values are equal in both inputs: `by: id`, or `by: { LEFT: RIGHT }`.
struct JoinBy {
  Field left;
  Field right;
};

/// The options of `join`.
struct JoinOptions {
  JoinBy by;
  Duration within{0};
  std::vector<TimeField> time;
  Duration lateness{0};
  JoinKind kind = JoinKind::inner;
  std::string clash_prefix = "right_";
};

/// Joins the records of two inputs: each with every one of the other input that has the same key
/// and is not further than `within` from it in time. A record is kept, charged to the state of the
/// run, until the largest time seen passes its own by more than `within` and `lateness`.
///
/// Example:
///   - uses: join
///     from: [requests, answers]
///     with: { by: { id: request }, within: 30s, time: [sent, received], kind: left }
class Join final : public SerialTransform {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Join(const JoinOptions& options);

  void open(Context& context) override;
  void close() override;
  void process(Record& record, Call& call) override;
  bool finish(Call& call) override;
  std::optional<Clock::time_point> due() const override;
  bool tick(Call& call) override;

 private:
  static constexpr std::uint8_t kLeft = 0;
  static constexpr std::uint8_t kRight = 1;

  using Entry = JoinTable::Entry;
  /// A record without a partner that is to be emitted.
  struct Alone {
    std::uint64_t state = 0;
    std::size_t emitted = 0;
    KeptRecord record;
  };

  std::int64_t time_of(const Record& record) const;
  bool over(std::int64_t time) const;
  bool near(std::int64_t one, std::int64_t other) const;
  bool emits_alone(std::uint8_t side) const;
  void retire();
  void retire_oldest();
  bool find_key(const Record& record);
  template <class Each>
  void each_partner(const Record& record, std::int64_t time, Each&& each);
  bool emit_pairs(Record& record, std::int64_t time, Call& call);
  void mark_partners(const Record& record, std::int64_t time);
  void keep(const Record& record, std::int64_t time, bool matched);
  void pass_alone(Record& record, Call& call);

  JoinOptions options_;
  std::string common_key_;  ///< The name of the key if both sides have the same.
  std::uint64_t kept_for_;  ///< `within` plus `lateness`, in nanoseconds.
  JoinTable table_;
  StateAccount account_;
  Outbox<Alone> outbox_;
  std::size_t record_limit_ = 0;
  std::int64_t newest_;
  Counter* unmatched_ = nullptr;
  std::string key_;  ///< The key of the current record.
};

}  // namespace weir::stages::core

namespace weir {

template <>
struct EnumNames<stages::core::JoinKind> {
  static constexpr std::string_view names[] = {"inner", "left", "outer"};
};

template <>
struct OptionType<stages::core::JoinBy> {
  static std::string name() { return "field | map of field"; }
  static bool parse(const Node& node, stages::core::JoinBy& out, Binder& binder);
  static std::string show(const stages::core::JoinBy&) { return ""; }
};

}  // namespace weir
