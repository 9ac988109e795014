#include "stages/core/pairs/join.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "stages/core/core.h"
#include "weir/in_quotes.h"
#include "weir/key_code.h"

namespace weir::stages::core {
namespace {

std::int64_t now() { return Join::Clock::now().time_since_epoch() / Duration(1); }

/// Returns the time of a side: both sides share one field, or have one each.
const TimeField& of_side(const std::vector<TimeField>& times, std::uint8_t side) {
  return times[times.size() == 1 ? 0 : side];
}

/// Appends the fields of `right`, a Record or a KeptRecord, except `key`. A field whose name is
/// taken gets `prefix` before it.
template <class Right>
void add_fields(Record& joined, const Right& right, const std::string& key,
                const std::string& prefix) {
  std::string name;
  for (std::uint32_t i = 0; i < right.field_count(); ++i) {
    const FieldView field = right.field(i);
    if (field.name == key) continue;
    name = field.name;
    while (joined.has(name)) name.insert(0, prefix);
    joined.set(name, field.value);
  }
}

}  // namespace

Join::Join(const JoinOptions& options)
    : options_(options),
      kept_for_(static_cast<std::uint64_t>(options.within.count()) +
                static_cast<std::uint64_t>(options.lateness.count())),
      newest_(std::numeric_limits<std::int64_t>::min()) {
  if (options.time.size() > 2) {
    throw OptionError("time",
                      "expected one field or two, got " + std::to_string(options.time.size()));
  }
  if (options.lateness.count() > 0 && options.time.empty()) {
    throw OptionError("lateness", "expected 'time' beside 'lateness'");
  }
  if (options.clash_prefix.empty()) {
    throw OptionError("clash_prefix", "expected a prefix, got empty text");
  }
  if (options.by.left.name() == options.by.right.name()) common_key_ = options.by.left.name();
}

void Join::open(Context& context) {
  unmatched_ = &context.counter("unmatched");
  record_limit_ = context.record_limit();
  account_.open(context.state());
  outbox_.open(account_, record_limit_);
}

void Join::close() {
  table_.clear();
  outbox_ = {};
  account_.close();
}

void Join::process(Record& record, Call& call) {
  if (record.input() > kRight) throw Error("join", "expected two inputs, got a third", false);
  const std::int64_t time = time_of(record);
  newest_ = std::max(newest_, time);
  try {
    retire();
    const bool keyed = find_key(record);
    const bool matched = keyed && emit_pairs(record, time, call);
    const bool keeps = keyed && !over(time);
    if (!keeps && !matched) pass_alone(record, call);
    outbox_.spend(record_limit_ - record.arena().budget());
    if (keeps) keep(record, time, matched);
    if (keeps) call.aggregate(record);
    if (matched) mark_partners(record, time);
  } catch (...) {
    outbox_.undo();
    throw;
  }
  outbox_.flush([&](const Alone& alone) { alone.record.emit(call); });
}

bool Join::finish(Call& call) {
  while (!table_.empty()) retire_oldest();
  return outbox_.flush_until_full(call, [&](const Alone& alone) { alone.record.emit(call); });
}

std::optional<Join::Clock::time_point> Join::due() const {
  if (!outbox_.empty()) return Clock::now();
  if (table_.empty() || !options_.time.empty()) return std::nullopt;
  constexpr std::uint64_t kFarthest = std::numeric_limits<std::int64_t>::max();
  const std::uint64_t over = static_cast<std::uint64_t>(table_.oldest().time) + kept_for_ + 1;
  return Clock::time_point(
      std::chrono::duration_cast<Clock::duration>(Duration(std::min(over, kFarthest))));
}

bool Join::tick(Call& call) {
  newest_ = std::max(newest_, now());
  retire();
  return outbox_.flush_until_full(call, [&](const Alone& alone) { alone.record.emit(call); });
}

std::int64_t Join::time_of(const Record& record) const {
  if (options_.time.empty()) return now();
  return of_side(options_.time, static_cast<std::uint8_t>(record.input())).of(record).count();
}

/// True if no record that comes in time can be near one of that time any more.
bool Join::over(std::int64_t time) const {
  return newest_ > time &&
         static_cast<std::uint64_t>(newest_) - static_cast<std::uint64_t>(time) > kept_for_;
}

bool Join::near(std::int64_t one, std::int64_t other) const {
  const auto [low, high] = std::minmax(one, other);
  return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) <=
         static_cast<std::uint64_t>(options_.within.count());
}

bool Join::emits_alone(std::uint8_t side) const {
  return options_.kind == JoinKind::outer || (options_.kind == JoinKind::left && side == kLeft);
}

void Join::retire() {
  while (!table_.empty() && over(table_.oldest().time)) retire_oldest();
}

void Join::retire_oldest() {
  Entry entry = table_.take_oldest();
  if (!entry.matched) {
    unmatched_->add(1);
    if (emits_alone(entry.side)) {
      const std::size_t emitted = entry.record.emitted_size();
      return outbox_.push({entry.charged, emitted, std::move(entry.record)});
    }
  }
  account_.give(entry.charged);
}

/// Returns false for a record without its key, which has no partner.
bool Join::find_key(const Record& record) {
  key_.clear();
  const Value value = record.get(record.input() == kLeft ? options_.by.left : options_.by.right);
  if (value.is_null()) return false;
  append_key(value, key_);
  return true;
}

template <class Each>
void Join::each_partner(const Record& record, std::int64_t time, Each&& each) {
  const auto other = static_cast<std::uint8_t>(1 - record.input());
  for (Entry* entry = table_.first(key_, other); entry; entry = entry->after) {
    if (near(entry->time, time)) each(*entry);
  }
}

bool Join::emit_pairs(Record& record, std::int64_t time, Call& call) {
  bool matched = false;
  each_partner(record, time, [&](Entry& entry) {
    matched = true;
    if (entry.side == kRight) {
      Record joined = call.emit_copy(record);
      add_fields(joined, entry.record, common_key_, options_.clash_prefix);
    } else {
      Record joined = entry.record.emit(call);
      add_fields(joined, record, common_key_, options_.clash_prefix);
    }
  });
  return matched;
}

void Join::mark_partners(const Record& record, std::int64_t time) {
  each_partner(record, time, [](Entry& entry) { entry.matched = true; });
}

void Join::keep(const Record& record, std::int64_t time, bool matched) {
  const auto side = static_cast<std::uint8_t>(record.input());
  if (emits_alone(side) && KeptRecord::emitted_size_of(record) > emitted_share(record_limit_)) {
    throw Error("too_big", "a record to be joined takes at most a third of limits.record", false);
  }
  const std::uint64_t size = KeptRecord::size_of(record) + JoinTable::size_beside(key_);
  if (!outbox_.reserve(size)) throw Error("state_full", "no room to keep one more record", false);
  Entry entry;
  entry.record = KeptRecord(record);
  entry.charged = size;
  entry.side = side;
  entry.matched = matched;
  entry.time = time;
  table_.add(key_, std::move(entry));
}

void Join::pass_alone(Record& record, Call& call) {
  unmatched_->add(1);
  if (emits_alone(static_cast<std::uint8_t>(record.input()))) {
    call.emit_copy(record);
  } else {
    record.drop();
  }
}

void add_join(Registry& registry) {
  registry
      .add<Join, JoinOptions>(
          "join",
          "Joins the records of two inputs: each with every one of the other input that has the "
          "same key and is near to it in time. What comes out has the text and the fields of the "
          "one of the first input (left), then the fields of the other (right). A record without "
          "its key has no partner. Each is kept, in limits.state, until the largest time seen is "
          "past its own by more than within and lateness; where there is no room, a record is an "
          "error of kind state_full. Two inputs that are not in step with each other want 'merge: "
          "sorted' or a lateness. Records without a partner are counted as unmatched")
      .required("by", &JoinOptions::by, "the field with the key, or { LEFT: RIGHT }")
      .required("within", &JoinOptions::within, "how far apart two records may be, at most")
      .optional("time", &JoinOptions::time,
                "the field that says when, in seconds since 1970 or as 2026-01-31T23:59:59Z, or "
                "{ field, format, zone, reference }, or a list of these for LEFT and RIGHT; a "
                "record without one is an error of kind time. Unless given, the time of arrival, "
                "so that the output depends on the clock")
      .optional("lateness", &JoinOptions::lateness,
                "how far a record may be behind the largest time seen and still find all of its "
                "partners")
      .optional("kind", &JoinOptions::kind,
                "inner: pairs only; left: also the records of the first input that had no partner, "
                "when their time is over; outer: those of both inputs")
      .optional("clash_prefix", &JoinOptions::clash_prefix,
                "stands before the name of a right field that the left one has, too; a key of the "
                "same name on both sides is there once")
      .was("prefix", "it is 'clash_prefix'")
      .pairing(Pairing::any, 2)
      .stateful()
      .timed([](const JoinOptions& options) { return options.time.empty(); })
      .kinds({.needs_fields = true, .changes_fields = true})
      .example(R"(stages:
  - name: requests
    uses: generate
    with: { count: 1000, seed: 1 }
  - name: answers
    uses: generate
    with: { count: 1000, seed: 2 }
  - uses: join
    from: [requests, answers]
    merge: { policy: sorted, by: time }
    with: { by: ip, within: 30s, time: time }
  - uses: text.format
    with:
      template: "{ip} {path} {right_path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core

namespace weir {

bool OptionType<stages::core::JoinBy>::parse(const Node& node, stages::core::JoinBy& out,
                                             Binder& binder) {
  if (node.shape == Node::Shape::list) {
    const bool two = node.items.size() == 2;
    binder.error(
        node,
        std::string("expected a field or a map for 'by', got a list") + (two ? " of two" : ""),
        "write 'by: { LEFT: RIGHT }'");
    return false;
  }
  if (node.shape == Node::Shape::scalar) {
    if (!OptionType<Field>::parse(node, out.left, binder)) return false;
    out.right = out.left;
    return true;
  }
  if (node.entries.size() == 1) {
    return OptionType<Field>::parse(node.entries.front().key, out.left, binder) &&
           OptionType<Field>::parse(node.entries.front().value, out.right, binder);
  }
  binder.error(node, "expected one entry LEFT: RIGHT, got " +
                         in_quotes(std::to_string(node.entries.size())));
  return false;
}

}  // namespace weir
