#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/call.h"
#include "weir/error.h"

struct lua_State;

namespace weir::lua {

/// What one run of a chunk sees of its record and does to it. Everything is done to a copy of the
/// record's entry: a run may be made again, and one that fails has done nothing.
class RecordView {
 public:
  void begin(Record& record, Call& call);
  /// Forgets what the chunk did, for another run.
  void restart();
  /// Lets what the chunk did happen.
  void commit();

  /// What a function called by Lua threw, if it did: thrown on.
  void rethrow();

  Record& record() { return *work_; }
  void drop() { dropped_ = true; }
  bool stopping() const { return call_->stopping(); }
  /// Counts instructions; false when there are more than `limit`.
  bool count(std::int64_t steps, std::int64_t limit) { return (steps_ += steps) <= limit; }

  /// A record in the input's place: as it is now, with nothing but a text, or with nothing at all.
  void emit_copy();
  void emit_text(std::string_view text);
  Record emit_empty();

  /// Runs what may throw on behalf of Lua; false if it did.
  template <class Body>
  bool guard(Body&& body) {
    try {
      body();
      return true;
    } catch (const Error& e) {
      message_ = e.what();
      return false;
    } catch (...) {
      thrown_ = std::current_exception();
      message_ = "stopped";
      return false;
    }
  }
  const std::string& message() const { return message_; }
  /// For text that is made on the way.
  std::string& room() { return room_; }

 private:
  detail::RecordData& add();

  Record* original_ = nullptr;
  Call* call_ = nullptr;
  std::size_t budget_ = 0;
  detail::RecordData data_;
  std::optional<Record> work_;
  std::vector<detail::RecordData> emitted_;
  bool dropped_ = false;
  std::int64_t steps_ = 0;
  std::exception_ptr thrown_;
  std::string message_;
  std::string room_;
};

/// Pushes a table of the functions that reach the record through `view`, which must stay where it
/// is: get, set, names, get_text, set_text, part, emit_copy, emit_text, emit_fields, drop.
void push_record_functions(lua_State* lua, RecordView& view);

}  // namespace weir::lua
