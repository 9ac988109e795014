#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "stages/lua/patterns.h"
#include "weir/value.h"

struct lua_State;

namespace weir::lua {

/// A Lua of its own, without anything that reaches outside, and with a bound on its memory. For one
/// call at a time.
class State {
 public:
  State();
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  lua_State* get() const { return lua_; }

  /// Compiles `source` and pushes the chunk; returns what is wrong with it, or nothing.
  std::string load(const std::string& source, const char* chunk_name);
  /// Runs `source` with what is on the stack above `base` as arguments; leaves its results there.
  /// For what must work: throws Error if it does not.
  void run_prelude(const char* source, int base);

  /// Calls the function below `arguments` with what `room` bytes more than usual allow; 0, or Lua's
  /// status. What is pushed outside of `call` is not bounded: Lua could not say so to anyone.
  int call(int arguments, int results, std::size_t room);
  bool is_out_of_memory(int status) const;
  /// Frees all that is not referred to.
  void collect();
  std::size_t used() const { return memory_.used; }

  Patterns& patterns() { return patterns_; }

 private:
  struct Memory {
    std::size_t used = 0;
    std::size_t limit = 0;  ///< 0: none now.
  };
  static void* allocate(void* memory, void* block, std::size_t old_size, std::size_t size);

  Memory memory_;
  Patterns patterns_;
  lua_State* lua_ = nullptr;
};

/// What a number of Lua is for a field: an integer if it is one.
Value value_of_number(double number);

/// Whether Lua's numbers, doubles, can hold the value: an integer beyond 2^53 they cannot.
bool is_exact(const Value& value);
/// Says so of `shown`, as Error of `kind`.
[[noreturn]] void throw_inexact(const Value& value, const char* kind, std::string_view shown);
/// Pushes a value that is exact. Returns the bytes that it took.
std::size_t push_value(lua_State* lua, const Value& value);

/// The error message on top of the stack.
std::string error_message(lua_State* lua);

/// What a chunk given by a user is called, so that messages say "code:3: ...".
inline constexpr const char* kCodeName = "=code";
/// Raises an error of Lua with `message` and the line of such a chunk that led to it.
int raise(lua_State* lua, const char* message);

/// Opens the libraries that are safe and pushes a table, by name, of the functions that records'
/// code may use and those that such code is compiled to call (prelude.cc).
void push_helpers(State& state);

}  // namespace weir::lua
