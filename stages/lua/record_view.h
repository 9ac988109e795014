#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/lua/field_table.h"
#include "stages/lua/meter.h"
#include "weir/call.h"
#include "weir/error.h"

struct lua_State;

namespace weir::stages::lua {

/// The record as one run of a chunk sees and changes it. All changes are made to a copy of the
/// record's entry, so a run can be repeated, and one that fails has changed nothing.
class RecordView {
 public:
  explicit RecordView(Meter& meter) : meter_(meter) {}

  void begin(Record& record, Call& call);
  /// Discards what the chunk did, for another run.
  void restart();
  /// Applies what the chunk did to the record and the call.
  void commit();

  /// Throws again what a function called by Lua threw, if it did.
  void rethrow();

  Record& record() { return *work_; }
  FieldTable& fields() { return fields_; }
  void drop() { dropped_ = true; }
  bool stopping() const { return call_ && call_->stopping(); }
  /// Takes steps. Returns null, or why the chunk has to end.
  const char* spend(std::size_t steps) { return meter_.take(static_cast<std::int64_t>(steps)); }

  /// Emit a record in the input's place: a copy of its present state, one with a text alone, or an
  /// empty one.
  void emit_copy();
  void emit_text(std::string_view text);
  Record emit_empty();

  /// Runs a body that may throw on behalf of Lua. Returns false if it threw.
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
  /// Returns a buffer for text that is made for a value.
  std::string& room() { return room_; }

 private:
  detail::RecordData& add();

  Meter& meter_;
  Record* original_ = nullptr;
  Call* call_ = nullptr;
  std::size_t budget_ = 0;
  detail::RecordData data_;
  std::optional<Record> work_;
  FieldTable fields_;
  std::vector<detail::RecordData> emitted_;
  bool dropped_ = false;
  std::exception_ptr thrown_;
  std::string message_;
  std::string room_;
};

/// Pushes a table of the functions that reach the record through `view`, which must stay where it
/// is: get, set, names, get_text, set_text, part, emit_copy, emit_text, emit_fields, drop.
void push_record_functions(lua_State* lua, RecordView& view);

}  // namespace weir::stages::lua
