#include "stages/core/window/group.h"

#include <algorithm>

#include "weir/detail/json_text.h"

namespace weir::stages::core {
namespace {

void append_member(const Record& record, std::string& out) {
  if (record.field_count() == 0) return detail::append_json_string(out, record.text());
  for (std::uint32_t i = 0; i < record.field_count(); ++i) {
    out += i == 0 ? '{' : ',';
    detail::append_json_string(out, record.field(i).name);
    out += ':';
    detail::append_json(out, record.field(i).value);
  }
  out += '}';
}

}  // namespace

Group::Group(const GroupOptions& options) : options_(options) {
  if (!options.count && !options.bytes && !options.within && !options.until) {
    throw OptionError("count", "a group needs an end: give count, bytes, within or until");
  }
  if (options.count == 0u) throw OptionError("count", "expected at least 1, got '0'");
  if (options.bytes && options.bytes->value == 0) {
    throw OptionError("bytes", "expected at least 1, got '0'");
  }
  if (options.within == Duration::zero()) {
    throw OptionError("within", "expected a time above 0, got '0s'");
  }
  if (options.including && !options.until) {
    throw OptionError("including", "'including' needs 'until'");
  }
  if (options.into && options.into->empty()) {
    throw OptionError("into", "expected a field, got empty text");
  }
  for (const Field& field : options.key.fields) {
    if (options.into == field.name()) {
      throw OptionError("into", "duplicate field '" + field.name() + "'");
    }
  }
}

void Group::open(Context& context) {
  account_.open(context.state());
  outbox_.open(account_, context.record_limit());
  most_emitted_ = emitted_share(context.record_limit());
  evicted_ = &context.counter("evicted");
  cut_ = &context.counter("cut");
  if (options_.until) until_ = options_.until->evaluator();
}

void Group::close() { account_.close(); }

void Group::process(Record& record, Call& call) {
  const bool ends = until_ && until_->test(record);
  const bool including = options_.including.value_or(true);
  key_.read(record, options_.key.fields);
  Entry* known = groups_.find(key_);
  key_size_ = known ? known->key.size() : key_.code().size();
  member_.clear();
  if (options_.into) append_member(record, member_);
  const std::string_view member = options_.into ? std::string_view(member_) : record.text();
  if (emitted_size(key_size_, member.size()) > most_emitted_) {
    throw Error("too_big", "a member of a group takes at most a third of limits.record", false);
  }
  try {
    add(group_for(known, member, ends && !including), member, ends && including);
  } catch (...) {
    outbox_.undo();
    throw;
  }
  call.aggregate(record);
  outbox_.flush([&](const Closed& closed) { emit(closed, call); });
}

/// Returns a group of the record's key in which the member has room. `entry` is the group that the
/// key has, or null; with `ends_before` it ends here.
Group::Entry& Group::group_for(Entry* entry, std::string_view member, bool ends_before) {
  const bool cut =
      entry && too_much(entry->state.content.size() + separator().size() + member.size());
  if (cut && !ends_before) cut_->add(1);
  if (cut || (entry && ends_before)) {
    shut(*entry);
    entry = nullptr;
  }
  if (entry) return *entry;
  const std::uint64_t max = options_.key.max;
  if (max > 0 && groups_.size() >= max) make_room(nullptr);
  const std::size_t size = Groups::kEntrySize + key_.code().size();
  while (!outbox_.reserve(size)) make_room(nullptr);
  Entry& added = groups_.add(key_);
  added.state.charged = size;
  if (options_.within) added.state.since = Clock::now();
  return added;
}

/// True if a group must end before a member that would make it `size` bytes long.
bool Group::too_much(std::size_t size) const {
  return emitted_size(key_size_, size) > most_emitted_ ||
         (options_.bytes && size > options_.bytes->value);
}

/// Adds a member to a group, as its `last` one if nothing else ends it.
void Group::add(Entry& entry, std::string_view member, bool last) {
  Members& group = entry.state;
  const std::size_t size = group.content.size() + separator().size() + member.size();
  const std::size_t capacity = grown_capacity(group.content.capacity(), size);
  const std::size_t more = capacity - group.content.capacity();
  try {
    while (more > 0 && !outbox_.reserve(more)) make_room(&entry);
  } catch (...) {
    if (group.count == 0) account_.give(groups_.take(entry).state.charged);
    throw;
  }
  group.content.reserve(capacity);
  group.charged += more;
  if (group.count++ > 0) group.content += separator();
  group.content += member;
  const bool full = options_.bytes && group.content.size() >= options_.bytes->value;
  if (last || full || group.count == options_.count) shut(entry);
}

/// Closes the group of the key that was not seen for longest. Throws Error `state_full` if that is
/// `keep`, or if keys are not evicted.
void Group::make_room(const Entry* keep) {
  const bool evicts = options_.key.when_full == KeyPolicy::WhenFull::evict;
  if (!evicts || groups_.empty() || &groups_.longest_unseen() == keep) {
    throw Error("state_full", "no room for the members of a group", false);
  }
  evicted_->add(1);
  shut(groups_.longest_unseen());
}

void Group::shut(Entry& entry) {
  Entry closed = groups_.take(entry);
  const std::size_t emitted = emitted_size(closed.key.size(), closed.state.content.size());
  outbox_.push(
      {std::move(closed.key), std::move(closed.state.content), closed.state.charged, emitted});
}

/// Returns what a group of `size` bytes, with a key of `key` bytes, takes of `limits.record`.
std::size_t Group::emitted_size(std::size_t key, std::size_t size) const {
  const std::size_t fields = options_.key.fields.size() + 4;
  return detail::kRecordCharge + record_charge(fields * sizeof(detail::FieldSlot)) +
         record_charge(key) + record_charge(size + 2);
}

void Group::emit(const Closed& closed, Call& call) {
  Record record = call.emit();
  record.reserve_fields(static_cast<std::uint32_t>(options_.key.fields.size()) + 1);
  const auto& fields = options_.key.fields;
  RecordKey::values(closed.key, fields.size(), [&](std::size_t i, const Value& value) {
    record.set(FieldName::lasting(fields[i]), value);
  });
  if (!options_.into) return record.set_text(closed.content);
  char* const begin = record.allocate(closed.content.size() + 2);
  char* end = begin;
  *end++ = '[';
  end = std::copy(closed.content.begin(), closed.content.end(), end);
  *end++ = ']';
  record.adopt(FieldName::lasting(*options_.into), Value::json({begin, end}));
}

bool Group::finish(Call& call) {
  while (!groups_.empty()) shut(groups_.oldest());
  return outbox_.flush_until_full(call, [&](const Closed& closed) { emit(closed, call); });
}

std::optional<Group::Clock::time_point> Group::due() const {
  if (!options_.within) return std::nullopt;
  if (!outbox_.empty()) return Clock::now();
  if (groups_.empty()) return std::nullopt;
  return groups_.oldest().state.since + *options_.within;
}

bool Group::tick(Call& call) {
  const Clock::time_point now = Clock::now();
  while (!groups_.empty() && groups_.oldest().state.since + *options_.within <= now) {
    shut(groups_.oldest());
  }
  return outbox_.flush_until_full(call, [&](const Closed& closed) { emit(closed, call); });
}

void add_group(Registry& registry) {
  registry
      .add<Group, GroupOptions>("group",
                                "Joins records to one: so many, so many bytes, those of a time, or "
                                "up to one that ends them; with key: those of each key")
      .optional("count", &GroupOptions::count, "a group ends with so many members")
      .optional(
          "bytes", &GroupOptions::bytes,
          "a group ends before it has more bytes than this, counted as 'cut'; a longer member "
          "is one by itself; about a third of limits.record without")
      .optional("within", &GroupOptions::within,
                "a group ends so long after its first member came; which members that are depends "
                "on the clock")
      .optional("until", &GroupOptions::until,
                "a group ends with a record for which this is neither false nor nil")
      .optional("including", &GroupOptions::including,
                "whether that record is in the group that it ends; true without. If not, it begins "
                "the next one")
      .was("time", "it is 'within'")
      .optional("separator", &GroupOptions::separator, "what stands between the members' texts")
      .optional("into", &GroupOptions::into,
                "makes a field of this name with a JSON array of the members, in place of a text: "
                "their fields as objects, the text of one that has none")
      .key(&GroupOptions::key)
      .stateful()
      .timed([](const GroupOptions& options) { return options.within.has_value(); })
      .kinds([](const GroupOptions& options) {
        const bool fields = options.into || !options.key.fields.empty();
        return Kinds{.needs_text = !options.into,
                     .gives_text = !options.into,
                     .gives_fields = fields,
                     .changes_fields = options.into.has_value(),
                     .drops_fields = !fields};
      })
      .example(R"(stages:
  - uses: generate
    with: { count: 1000 }
  - uses: select
    with: { fields: [path, status] }
  - uses: group
    with: { count: 100, into: requests }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
