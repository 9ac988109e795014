#pragma once

// Where the result of a parser goes: the options `field`, `into`, `prefix` and `on_missing`, which
// mean the same in every type that makes fields of a text. A type derives its options from
// ResultOptions and declares them by `declare(parser_options)`; its stage has a ResultPlace, and
// each of its calls a ResultWriter:
//
//   struct KvOptions : ResultOptions { ... };
//   registry.add<Kv, KvOptions>("kv.parse", "...")
//       .declare(parser_options)
//       .kinds(result_kinds)
//       .scratch<ResultWriter>();
//
//   void process(Record& record, Call& call) const override {
//     std::string_view text;
//     if (!place_.read(record, text, "kv")) return;  // on_missing has decided
//     auto& result = call.scratch<ResultWriter>();
//     result.begin(place_, record);
//     while (...) result.put_member(name, value);
//     result.end();
//   }
//
// If the record fails meanwhile, the engine undoes what was put into it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "weir/detail/json_object.h"
#include "weir/detail/member_table.h"
#include "weir/detail/prefixed_names.h"
#include "weir/error.h"
#include "weir/kinds.h"
#include "weir/options.h"
#include "weir/record.h"
#include "weir/value_text.h"

namespace weir {

/// What becomes of a record in which that which is read is missing or null.
enum class OnMissing : std::uint8_t { keep, drop, error };
template <>
struct EnumNames<OnMissing> {
  static constexpr std::string_view names[] = {"keep", "drop", "error"};
};

struct ResultOptions {
  Field field;                        ///< What is read; empty: the text.
  std::optional<std::string> into;    ///< The one field that gets the whole result.
  std::optional<std::string> prefix;  ///< Stands before the name of each member.
  OnMissing on_missing = OnMissing::error;
};

/// Declares `into` and `prefix`.
inline constexpr auto place_options = [](auto& builder) {
  builder
      .optional("into", &ResultOptions::into,
                "a field that gets the whole result; without, each member of it becomes a field")
      .optional("prefix", &ResultOptions::prefix,
                "0 to 64 bytes before the name of each field that a member becomes");
};
/// Declares what a `*.match` takes: a missing field is no match.
inline constexpr auto matcher_options = [](auto& builder) {
  builder.optional("field", &ResultOptions::field, "the field that is read; the text without")
      .declare(place_options);
};
/// Declares what a `*.parse` takes.
inline constexpr auto parser_options = [](auto& builder) {
  builder.declare(matcher_options)
      .optional("on_missing", &ResultOptions::on_missing,
                "what becomes of a record whose 'field' is missing or null");
};

/// The Kinds of a type that makes fields of the text or of a field.
inline Kinds result_kinds(const ResultOptions& options) {
  Kinds kinds;
  kinds.needs_text = options.field.empty();
  kinds.needs_fields = kinds.changes_fields = !kinds.needs_text;
  kinds.gives_fields = true;
  return kinds;
}

/// The place that the options name, checked. Thread-safe.
class ResultPlace {
 public:
  /// Where the result of a `field` goes if neither `into` nor `prefix` says it: to the top, beside
  /// the other fields, or in the place of what was read.
  enum class Otherwise : std::uint8_t { top, in_place };

  /// Throws OptionError.
  explicit ResultPlace(const ResultOptions& options, Otherwise otherwise = Otherwise::top)
      : field_(options.field), on_missing_(options.on_missing) {
    constexpr std::size_t kLongestPrefix = 64;
    if (options.into && options.into->empty()) {
      throw OptionError("into", "expected a name, got empty text");
    }
    if (options.into && options.prefix) throw OptionError("prefix", "'into' takes no 'prefix'");
    if (options.prefix && options.prefix->size() > kLongestPrefix) {
      throw OptionError("prefix", "expected at most " + std::to_string(kLongestPrefix) +
                                      " bytes, got " + std::to_string(options.prefix->size()));
    }
    prefix_ = options.prefix.value_or("");
    if (options.into) {
      into_ = *options.into;
    } else if (otherwise == Otherwise::in_place && !options.prefix) {
      into_ = field_.name();
    }
  }

  /// Returns whether one field gets the whole result, which is then `into()`.
  bool whole() const { return !into_.empty(); }
  FieldName into() const { return FieldName::lasting(into_); }
  const std::string& prefix() const { return prefix_; }
  const Field& field() const { return field_; }

  /// Returns a member's name for ResultWriter::put, to be made once and kept by the stage: with the
  /// prefix.
  std::string name(std::string_view member) const { return prefix_ + std::string(member); }

  /// Sets `subject` to what is read, the text or the field as text. If the field is missing or
  /// null, does what `on_missing` says and returns false; an error is of the given kind.
  bool read(Record& record, std::string_view& subject, std::string_view kind) const {
    if (!field_.empty()) return read_field(record, subject, kind);
    subject = record.text();
    return true;
  }
  /// Does what `on_missing` says of a record in which there is nothing to read.
  void miss(Record& record, std::string_view kind, std::string_view message) const {
    if (on_missing_ == OnMissing::drop) record.drop();
    if (on_missing_ == OnMissing::error) record.fail(kind, message, false);
  }

 private:
  bool read_field(Record& record, std::string_view& subject, std::string_view kind) const {
    const Value value = record.get(field_);
    if (value.is_null()) {
      const bool there = record.has(field_.name());
      miss(record, kind,
           there ? "expected a value in '" + field_.name() + "', got null"
                 : "missing field '" + field_.name() + "'");
      return false;
    }
    subject = text_in(record, value);
    return true;
  }

  Field field_;
  std::string into_;  ///< Empty if each member becomes a field.
  std::string prefix_;
  OnMissing on_missing_;
};

/// Puts one result after the other into records: all other fields stay, a name that exists gets the
/// new value in its place, and of two members of one name the last wins. Names and the bytes of
/// values must live in the record's batch or outlive the run. Belongs to a call (`.scratch`), since
/// records refer to names that it keeps.
class ResultWriter {
 public:
  /// Begins with a result of `record`, whatever became of the one before. `members` is how many it
  /// has, if that is known.
  void begin(const ResultPlace& place, Record& record, std::uint32_t members = 0) {
    place_ = &place;
    record_ = &record;
    count_ = 0;
    tabled_ = place.whole();
    alone_ = !tabled_ && record.field_count() == 0;
    if (tabled_) {
      table_.begin();
    } else if (members > 0) {
      record.reserve_fields(record.field_count() + members);
    }
  }
  /// Puts the member whose name ResultPlace::name has made.
  void put(std::string_view name, Value value) {
    if (!tabled_ && record_->field_count() < kFew) {
      record_->adopt(FieldName::lasting(name), value);
    } else {
      put_in_table(name, value);
    }
  }
  /// Puts, as `put` does, a member whose name none before it in this result has.
  void put_distinct(std::string_view name, Value value) {
    if (!alone_) return put(name, value);
    record_->append(FieldName::lasting(name), value);
  }
  /// Puts a member by its own name.
  void put_member(std::string_view member, Value value) {
    put(names_.of(place_->prefix(), member, count_++, *record_), value);
  }
  /// Ends the result. Only then are all members in the record.
  void end() {
    if (!tabled_) return;
    if (place_->whole()) {
      record_->adopt(place_->into(), Value::json(detail::json_object(table_.slots(), *record_)));
      table_.shrink();
    } else {
      table_.store(*record_);
    }
  }

 private:
  /// The number of fields above which a search of all of them for each member is too much.
  static constexpr std::uint32_t kFew = 64;

  void put_in_table(std::string_view name, Value value) {
    if (!tabled_) table_.begin(*record_);
    tabled_ = true;
    table_.set(name, value);
  }

  const ResultPlace* place_ = nullptr;
  Record* record_ = nullptr;
  std::size_t count_ = 0;  ///< The number of members that `put_member` has got.
  bool tabled_ = false;    ///< True if members go to the table first.
  bool alone_ = false;     ///< True if the record had no field before, and gets the members.
  detail::MemberTable table_;
  detail::PrefixedNames names_;
};

}  // namespace weir
