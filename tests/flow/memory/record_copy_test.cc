#include "graph/flow/memory/record_copy.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "graph/flow/memory/call_arena.h"
#include "tests/kit/no_host.h"
#include "weir/record.h"

namespace weir::flow::test {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

/// Each allocation is a heap block of its own, so that the address sanitizer sees what still points
/// there when the batch is gone.
class HeapArena final : public detail::Arena {
 public:
  HeapArena() { set_budget(std::numeric_limits<std::size_t>::max()); }
  void scribble() {
    for (auto& [block, size] : blocks_) std::memset(block.get(), '#', size);
  }

 private:
  char* grow(std::size_t size) override {
    blocks_.emplace_back(std::make_unique<char[]>(size + kPadding), size + kPadding);
    return blocks_.back().first.get();
  }
  std::vector<std::pair<std::unique_ptr<char[]>, std::size_t>> blocks_;
};

/// A batch of one record, which can be scribbled over and thrown away.
struct OldBatch {
  HeapArena arena;
  kit::NoHost host;
  detail::RecordData data;
  Record record{data, arena, host};

  std::string_view own(const std::string& text) { return arena.keep(text); }
};

struct Target {
  MemoryPool memory{64 * kMiB, 0};
  SlabPool pool{memory};
  CallArena arena{pool};
  kit::NoHost host;
  detail::RecordData data;
  Record record{data, arena, host};
};

bool copied(const detail::RecordData& from, detail::Arena& arena, detail::RecordData& to) {
  return copy_out(from, copied_size(from), arena, to);
}

struct Expected {
  ValueType type;
  std::string bytes;
  double number;
};

Expected read(Value value) {
  if (value.has_bytes()) return {value.type(), std::string(value.as_text()), 0};
  if (value.type() == ValueType::boolean) return {value.type(), "", value.as_bool() ? 1.0 : 0.0};
  return {value.type(), "", value.is_number() ? value.as_real() : 0};
}

bool same(const Expected& a, Value b) {
  const Expected other = read(b);
  return a.type == other.type && a.bytes == other.bytes && a.number == other.number;
}

using Fields = std::vector<std::pair<std::string, Expected>>;

std::string letters(std::mt19937& random) {
  return std::string(random() % 40, static_cast<char>('a' + random() % 26));
}

/// A text, perhaps, and fields of any type, which it returns.
Fields fill(OldBatch& old, std::mt19937& random) {
  Fields fields;
  if (random() % 4) old.record.set_text(letters(random) + letters(random));
  for (unsigned n = random() % 12; n > 0; --n) {
    const Value values[] = {Value(),
                            random() % 2 == 0,
                            static_cast<std::int64_t>(random()),
                            static_cast<double>(random()) / 7,
                            Value::written(old.own(std::to_string(random()) + ".50")),
                            old.own(letters(random)),
                            Value::json(old.own("[" + letters(random) + "]"))};
    const std::string name = letters(random) + std::to_string(n);
    old.record.append(old.own(name), values[random() % 7]);
    fields.emplace_back(name, read(old.record.field(old.record.field_count() - 1).value));
  }
  return fields;
}

void check_fields(const Record& record, const Fields& fields) {
  REQUIRE(record.field_count() == fields.size());
  for (std::uint32_t i = 0; i < record.field_count(); ++i) {
    REQUIRE(record.field(i).name == fields[i].first);
    REQUIRE(same(fields[i].second, record.field(i).value));
  }
}

}  // namespace

TEST_CASE("a copied record has every value of the old one and refers to none of its bytes") {
  auto old = std::make_unique<OldBatch>();
  old->data.root = 17;
  old->data.part = 3;
  old->data.position = 1'234'567'890'123;
  Record& from = old->record;
  from.set_text("the whole line");
  from.set(old->own("null"), Value());
  from.set(old->own("yes"), true);
  from.set(old->own("no"), false);
  from.set(old->own("integer"), std::numeric_limits<std::int64_t>::min());
  from.set(old->own("real"), -1.5e300);
  from.set(old->own("written"), Value::written(old->own("19.90")));
  from.set(old->own("text"), "some text");
  from.set(old->own("empty"), "");
  from.set(old->own("json"), Value::json(R"({"a":[1,2,{"b":null}]})"));
  from.adopt(old->own("part of the text"), from.text().substr(4, 5));
  from.set_meta(old->own("trace"), "4bf92f35");
  from.set_meta(old->own("n"), 5);
  old->data.flags |= detail::kFieldsShared;

  Target target;
  target.arena.set_budget(0);  // Nothing is charged to the record.
  REQUIRE(copied(old->data, target.arena, target.data));
  CHECK(old->record.text() == "the whole line");
  old->arena.scribble();
  old.reset();

  const Record& copy = target.record;
  CHECK(copy.text() == "the whole line");
  unsigned behind = 0;
  for (int i = 0; i < 64; ++i) {
    behind += static_cast<unsigned char>(copy.text().data()[copy.text().size() + std::size_t(i)]);
  }
  CHECK(behind <= 64 * 255);
  CHECK(copy.field_count() == 10);
  CHECK(copy.field(0).name == "null");
  CHECK(copy.has("null"));
  CHECK(copy.get("null").is_null());
  CHECK(copy.get("yes").as_bool());
  CHECK(copy.get("no").type() == ValueType::boolean);
  CHECK_FALSE(copy.get("no").as_bool());
  CHECK(copy.get("integer").as_integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(copy.get("real").type() == ValueType::real);
  CHECK(copy.get("real").as_real() == -1.5e300);
  CHECK(copy.get("written").type() == ValueType::real);
  CHECK(copy.get("written").as_real() == 19.9);
  CHECK(copy.get("written").as_text() == "19.90");
  CHECK(copy.get("text").type() == ValueType::text);
  CHECK(copy.get("text").as_text() == "some text");
  CHECK(copy.get("empty").type() == ValueType::text);
  CHECK(copy.get("empty").as_text().empty());
  CHECK(copy.get("json").type() == ValueType::json);
  CHECK(copy.get("json").as_text() == R"({"a":[1,2,{"b":null}]})");
  CHECK(copy.get("part of the text").as_text() == "whole");
  CHECK(copy.field(9).name == "part of the text");
  CHECK(copy.meta("trace").as_text() == "4bf92f35");
  CHECK(copy.meta("n").as_integer() == 5);
  CHECK(target.data.root == 17);
  CHECK(target.data.part == 3);
  CHECK(target.data.position == 1'234'567'890'123);
  CHECK_FALSE(target.data.flags & detail::kFieldsShared);
}

TEST_CASE("a copied record keeps its error and its state") {
  auto old = std::make_unique<OldBatch>();
  old->record.fail(std::string("io"), std::string("the disk is gone"), false,
                   std::chrono::seconds(3));
  old->data.extra->has_error = true;
  old->data.extra->error.stage = 4;
  old->data.extra->error.attempts = 7;
  Target target;
  REQUIRE(copied(old->data, target.arena, target.data));
  old->arena.scribble();
  old.reset();
  REQUIRE(target.data.extra);
  CHECK(target.data.state == detail::RecordState::failed);
  const detail::ErrorSlot& error = target.data.extra->error;
  CHECK(target.data.extra->has_error);
  CHECK(error.kind == "io");
  CHECK(error.message == "the disk is gone");
  CHECK(error.stage == 4);
  CHECK(error.attempts == 7);
  CHECK_FALSE(error.retryable);
  CHECK(error.retry_after == std::chrono::seconds(3));
}

TEST_CASE("an empty record is copied without any memory") {
  Target target;
  target.data.field_count = 5;
  REQUIRE(copied({}, target.arena, target.data));
  CHECK(target.record.text().empty());
  CHECK(target.data.field_count == 0);
  CHECK_FALSE(target.data.extra);
  CHECK(target.arena.capacity() == 0);
  CHECK(copied_size(detail::RecordData()).all() == 0);
}

TEST_CASE("a copy can be changed and leaves the old record as it was") {
  OldBatch old;
  old.record.set_text("old");
  old.record.set("a", 1);
  old.record.set("b", "two");
  Target target;
  target.arena.set_budget(10'000);
  REQUIRE(copied(old.data, target.arena, target.data));
  target.record.set("a", 9);
  target.record.set("c", "three");
  target.record.remove("b");
  target.record.set_text("new");
  CHECK(old.record.text() == "old");
  CHECK(old.record.get("a").as_integer() == 1);
  CHECK(old.record.get("b").as_text() == "two");
  CHECK(old.record.field_count() == 2);
  CHECK(target.record.get("c").as_text() == "three");
}

TEST_CASE("a record that finds no room is not copied, and takes none") {
  OldBatch old;
  old.record.set_text(std::string(100'000, 'x'));
  MemoryPool memory(64 * 1024, 0);
  SlabPool pool(memory);
  CallArena arena(pool);
  detail::RecordData to;
  to.position = 5;
  CHECK_FALSE(copied(old.data, arena, to));
  CHECK(to.position == 5);
  CHECK(memory.used() == 0);
}

TEST_CASE("a piece of exactly the copied size holds any record") {
  std::mt19937 random(21);
  MemoryPool memory(64 * kMiB, 0);
  SlabPool pool(memory);
  for (int run = 0; run < 2000; ++run) {
    auto old = std::make_unique<OldBatch>();
    const Fields expected = fill(*old, random);
    if (random() % 3 == 0) old->record.set_meta(old->own("m"), old->own(letters(random)));
    if (random() % 5 == 0) old->record.fail(letters(random), letters(random));
    const std::string line(old->record.text());

    CallArena arena(pool);
    const std::size_t size = copied_size(old->data).all();
    arena.first_size(size);
    std::optional<Piece> exact;
    if (size > 0) {
      exact.emplace();
      REQUIRE(pool.take(size + detail::Arena::kPadding, Lane::normal, *exact));
      pool.give(*exact);
    }
    detail::RecordData to;
    REQUIRE(copied(old->data, arena, to));
    REQUIRE(arena.capacity() == (exact ? exact->size : 0));
    old->arena.scribble();
    old.reset();
    kit::NoHost host;
    const Record copy(to, arena, host);
    REQUIRE(copy.text() == line);
    check_fields(copy, expected);
  }
  pool.release_empty();
  CHECK(memory.used() == 0);
}

TEST_CASE("a copy in one piece can be copied as one") {
  std::mt19937 random(22);
  MemoryPool memory(64 * kMiB, 0);
  SlabPool pool(memory);
  for (int run = 0; run < 2000; ++run) {
    auto old = std::make_unique<OldBatch>();
    const Fields expected = fill(*old, random);
    const std::string line(old->record.text());
    const CopySize size = copied_size(old->data);
    auto first = std::make_unique<HeapArena>();
    detail::RecordData between;
    REQUIRE(copy_out(old->data, size, *first, between));
    old.reset();
    CallArena arena(pool);
    detail::RecordData to;
    REQUIRE(copy_piece(between, size, arena, to));
    first->scribble();
    first.reset();
    kit::NoHost host;
    Record copy(to, arena, host);
    REQUIRE(copy.text() == line);
    check_fields(copy, expected);
    arena.set_budget(1000);
    copy.set("one more", true);
    REQUIRE(copy.get("one more").as_bool());
  }
}

}  // namespace weir::flow::test
