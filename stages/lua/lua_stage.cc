#include "stages/lua/lua_stage.h"

#include <cctype>
#include <lua.hpp>

#include "stages/lua/lua_state.h"
#include "stages/lua/record_view.h"
#include "stages/lua/sandbox.h"

namespace weir {
namespace {

constexpr int kStepsPerHook = 1000;
// A heap that one giant record has left behind is swept before the next.
constexpr std::size_t kLargeHeap = 16u << 20;

/// Where line `number` of `code` begins, past its indentation.
std::size_t offset_of_line(const std::string& code, std::size_t number) {
  std::size_t at = 0;
  for (; number > 1; --number) {
    const std::size_t end = code.find('\n', at);
    if (end == std::string::npos) break;
    at = end + 1;
  }
  while (at < code.size() && (code[at] == ' ' || code[at] == '\t')) ++at;
  return at;
}

/// Turns "code:3: unexpected symbol near 'x'" into a diagnostic at the third line.
[[noreturn]] void throw_syntax_error(const std::string& code, const std::string& message) {
  std::size_t at = message.find(':');
  std::size_t line = 0;
  if (at != std::string::npos) {
    for (++at; at < message.size() && std::isdigit(static_cast<unsigned char>(message[at])); ++at) {
      line = line * 10 + static_cast<std::size_t>(message[at] - '0');
    }
  }
  if (line == 0) throw OptionError("code", "expected Lua: " + message);
  throw OptionError("code", "expected Lua: " + message.substr(std::min(at + 2, message.size())),
                    offset_of_line(code, line));
}

}  // namespace

/// A Lua with the chunk in it, at the bottom of its stack.
class LuaStage::Scratch {
 public:
  explicit Scratch(const LuaStage& stage)
      : max_steps_(stage.options_.max_steps),
        too_many_steps_("it ran more than " + std::to_string(max_steps_) +
                        " steps for one record") {
    lua_State* l = state_.get();
    const std::string problem = state_.load(stage.options_.code, lua::kCodeName);
    if (!problem.empty()) throw Error("lua", problem, false);
    lua::push_helpers(state_);
    lua::push_record_functions(l, view_);
    state_.run_prelude(lua::kSandbox, 0);
    // Compiled code would never look whether it should stop.
    luaJIT_setmode(l, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
    lua_pushlightuserdata(l, this);
    lua_setfield(l, LUA_REGISTRYINDEX, "weir");
  }

  void run(Record& record, Call& call) {
    if (state_.used() > kLargeHeap) state_.collect();
    view_.begin(record, call);
    const std::size_t room = 4 * record.text().size();
    int status = attempt(room);
    if (state_.is_out_of_memory(status)) {
      // What earlier records left behind must not decide: once more, on a clean heap.
      lua_settop(state_.get(), 1);
      state_.collect();
      view_.restart();
      status = attempt(room);
    }
    view_.rethrow();
    if (status == 0) {
      view_.commit();
    } else if (state_.is_out_of_memory(status)) {
      record.fail("lua", "the code takes too much memory", false);
    } else {
      record.fail("lua", lua::error_message(state_.get()), false);
    }
  }

 private:
  int attempt(std::size_t room) {
    lua_State* l = state_.get();
    lua_settop(l, 1);
    lua_pushvalue(l, 1);
    lua_sethook(l, &Scratch::hook, LUA_MASKCOUNT, kStepsPerHook);
    const int status = state_.call(0, 0, room);
    lua_sethook(l, nullptr, 0, 0);
    return status;
  }

  static void hook(lua_State* l, lua_Debug*) {
    lua_getfield(l, LUA_REGISTRYINDEX, "weir");
    auto& scratch = *static_cast<Scratch*>(lua_touserdata(l, -1));
    lua_pop(l, 1);
    if (scratch.view_.stopping()) lua::raise(l, "the run was stopped");
    if (!scratch.view_.count(kStepsPerHook, scratch.max_steps_)) {
      lua::raise(l, scratch.too_many_steps_.c_str());
    }
  }

  std::int64_t max_steps_;
  std::string too_many_steps_;
  lua::State state_;
  lua::RecordView view_;
};

LuaStage::LuaStage(const LuaOptions& options) : options_(options) {
  const std::string problem = lua::State().load(options.code, lua::kCodeName);
  if (!problem.empty()) throw_syntax_error(options.code, problem);
}

void LuaStage::process(Record& record, Call& call) const {
  call.scratch<Scratch>().run(record, call);
}

void add_lua_stages(Registry& registry);  // called by stages/builtin.cc

void add_lua_stages(Registry& registry) {
  using O = LuaOptions;
  registry.add<LuaStage, O>("lua", "Runs Lua code for each record")
      .required("code", &O::code,
                "Lua that reads and sets fields.NAME and text, and may call emit(), emit(text), "
                "emit{NAME = value}, drop() and fail(message)")
      .optional("max_steps", &O::max_steps, "instructions of Lua after which a record is an error")
      .min(&O::max_steps, std::int64_t{1000})
      .kinds(&LuaStage::kinds)
      .scratch<LuaStage::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 20 }
  - uses: lua
    with:
      code: |
        if fields.status >= 500 then drop() end
        fields.section = split(fields.path, "/")[2]
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir
