#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "stages/lua/meter.h"
#include "stages/lua/services.h"
#include "weir/value.h"

struct lua_State;

namespace weir::stages::lua {

/// A Lua state without anything that reaches outside, and with bounded memory. For one call at a
/// time.
class State {
 public:
  State();
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  lua_State* get() const { return lua_; }

  /// Compiles `source` and pushes the chunk. Returns what is wrong with it; empty if nothing is.
  std::string load(const std::string& source, const char* chunk_name);
  /// Runs `source` with what is on the stack above `base` as arguments, and leaves its results
  /// there. It is meant for code that cannot fail: throws Error if it does.
  void run_prelude(const char* source, int base);

  /// Calls the function below `arguments`, and allows it `room` bytes more than usual. Returns 0 or
  /// Lua's status. What is pushed outside of `call` is not bounded, since Lua could not report an
  /// error to anyone.
  int call(int arguments, int results, std::size_t room);
  bool is_out_of_memory(int status) const;
  /// Frees all memory that is not referred to.
  void collect();
  std::size_t used() const { return memory_.used; }
  /// Returns the number of bytes allocated since the last call.
  std::size_t take_allocated() { return std::exchange(memory_.allocated, 0); }

  Meter& meter() { return meter_; }

  Services& services() { return services_; }

 private:
  /// The memory of the state, and its bound.
  struct Memory {
    bool is_first(const void* block) const {
      return std::less_equal()(first.get(), block) && std::less()(block, first.get() + kFirst);
    }

    /// The size of the first block. LuaJIT 2.1 takes 11,864 bytes for a state, and crashes if it is
    /// refused any of them.
    static constexpr std::size_t kFirst = 32u << 10;
    std::unique_ptr<char[]> first = std::make_unique<char[]>(kFirst);
    char* next = first.get();  ///< The free part of `first`; null once the state is made.
    std::size_t used = 0;
    std::size_t allocated = 0;
    std::size_t limit = 0;  ///< The bound on `used`; 0 if there is none now.
  };
  static void* allocate(void* memory, void* block, std::size_t old_size, std::size_t size);
  static void* moved(Memory& memory, void* block, std::size_t old_size, std::size_t size);

  Memory memory_;
  Meter meter_;
  Services services_;
  lua_State* lua_ = nullptr;
};

/// Returns a number of Lua as a field's value: an integer if it is one.
Value value_of_number(double number);

/// Returns whether Lua's numbers, which are doubles, can hold the value exactly; an integer beyond
/// 2^53 they cannot.
bool is_exact(const Value& value);
/// Throws Error of `kind`, which says that `shown` is not exact in Lua.
[[noreturn]] void throw_inexact(const Value& value, const char* kind, std::string_view shown);
/// Pushes a value that is exact, and returns the bytes that it took.
std::size_t push_value(lua_State* lua, const Value& value);

/// Returns the error message on top of the stack.
std::string error_message(lua_State* lua);

/// The name of a chunk given by a user, so that messages say "code:3: ...".
inline constexpr const char* kCodeName = "=code";
inline constexpr const char* kInitName = "=init";
/// Raises an error of Lua with `message` and the line of such a chunk that led to it.
int raise(lua_State* lua, const char* message);

/// Opens the libraries that are safe, and pushes a table of functions by name: those that records'
/// code may use, and those that such code is compiled to call (prelude.cc).
void push_helpers(State& state);

}  // namespace weir::stages::lua
