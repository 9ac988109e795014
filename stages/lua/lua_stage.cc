#include "stages/lua/lua_stage.h"
#include "stages/builtin.h"

#include <cctype>
#include <lua.hpp>

#include "stages/lua/lua_state.h"
#include "stages/lua/record_view.h"
#include "stages/lua/sandbox.h"
#include "stages/lua/values.h"

namespace weir::stages::lua {
namespace {

constexpr int kStepsPerHook = 1000;
constexpr std::size_t kBytesPerStep = 64;
// A larger heap, which a giant record has left behind, is swept before the next record.
constexpr std::size_t kLargeHeap = 16u << 20;

/// Returns where line `number` of `code` begins, after its indentation.
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
[[noreturn]] void throw_syntax_error(const char* option, const Filled& source,
                                     const std::string& message) {
  std::size_t at = message.find(':');
  std::size_t line = 0;
  if (at != std::string::npos) {
    for (++at; at < message.size() && std::isdigit(static_cast<unsigned char>(message[at])); ++at) {
      line = line * 10 + static_cast<std::size_t>(message[at] - '0');
    }
  }
  if (line == 0) throw OptionError(option, "expected Lua: " + message);
  throw OptionError(option, "expected Lua: " + message.substr(std::min(at + 2, message.size())),
                    source.offset(offset_of_line(source.text, line)));
}

}  // namespace

/// A Lua state with the chunk at the bottom of its stack.
class LuaStage::Scratch {
 public:
  explicit Scratch(const LuaStage& stage)
      : max_steps_(stage.options_.max_steps),
        too_many_steps_("it ran more than " + std::to_string(max_steps_) +
                        " steps for one record") {
    lua_State* l = state_.get();
    const bool has_init = !stage.options_.init.text().empty();
    load(stage.options_.code, lua::kCodeName);
    lua::push_helpers(state_);
    lua::push_record_functions(l, view_);
    if (has_init) load(stage.options_.init, lua::kInitName);
    state_.run_prelude(lua::kSandbox, 0);
    // Compiled code would never check whether it should stop.
    luaJIT_setmode(l, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
    lua_pushlightuserdata(l, this);
    lua_setfield(l, LUA_REGISTRYINDEX, "weir");
    state_.meter().watch(
        [](const void* view) { return static_cast<const lua::RecordView*>(view)->stopping(); },
        &view_);
    if (has_init) begin();
    lua_settop(l, 1);
  }

  void run(Record& record, Call& call) {
    if (state_.used() > kLargeHeap) state_.collect();
    view_.begin(record, call);
    const std::size_t room = 4 * record.text().size();
    int status = attempt(room);
    if (state_.is_out_of_memory(status)) {
      // Memory of earlier records must not decide this, so the code runs again on a clean heap.
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
  void load(const LuaCode& code, const char* name) {
    const std::string problem = state_.load(code.text(), name);
    if (!problem.empty()) throw Error("lua", problem, false);
  }

  /// Runs `init`, by the second function that the sandbox has left.
  void begin() {
    const int status = call(0);
    if (state_.is_out_of_memory(status)) throw Error("lua", "init takes too much memory", false);
    if (status != 0) throw Error("lua", lua::error_message(state_.get()), false);
  }

  int attempt(std::size_t room) {
    lua_State* l = state_.get();
    lua_settop(l, 1);
    lua_pushvalue(l, 1);
    return call(room);
  }

  /// Calls the function on top of the stack, within the bounds of a record.
  int call(std::size_t room) {
    lua_State* l = state_.get();
    state_.services().begin_record();
    state_.meter().begin(max_steps_, too_many_steps_.c_str());
    state_.take_allocated();
    lua_sethook(l, &Scratch::hook, LUA_MASKCOUNT, kStepsPerHook);
    const int status = state_.call(0, 0, room);
    lua_sethook(l, nullptr, 0, 0);
    return status;
  }

  static void hook(lua_State* l, lua_Debug*) {
    lua_getfield(l, LUA_REGISTRYINDEX, "weir");
    auto& scratch = *static_cast<Scratch*>(lua_touserdata(l, -1));
    lua_pop(l, 1);
    // A text that grows piece by piece takes quadratic time in few instructions, so the bytes that
    // are allocated count as steps.
    const std::size_t allocated = scratch.state_.take_allocated() / kBytesPerStep;
    const char* problem =
        scratch.state_.meter().take(kStepsPerHook + static_cast<std::int64_t>(allocated));
    if (problem) lua::raise(l, problem);
  }

  std::int64_t max_steps_;
  std::string too_many_steps_;
  lua::State state_;
  lua::RecordView view_{state_.meter()};
};

LuaStage::LuaStage(const LuaOptions& options) : options_(options) {
  const auto check = [](const char* option, const LuaCode& code, const char* name) {
    const std::string problem = lua::State().load(code.text(), name);
    if (!problem.empty()) throw_syntax_error(option, code.source, problem);
  };
  check("code", options.code, lua::kCodeName);
  check("init", options.init, lua::kInitName);
}

/// Runs `init` once before there are workers, since an error in it fails the run.
void LuaStage::open(Context&) {
  if (!options_.init.text().empty()) Scratch probe(*this);
}

void LuaStage::process(Record& record, Call& call) const {
  call.scratch<Scratch>().run(record, call);
}

void add_lua_stages(Registry& registry);  // called by stages/builtin.cc

}  // namespace weir::stages::lua

namespace weir::stages {

void add_lua_stages(Registry& registry) {
  using namespace lua;
  using O = LuaOptions;
  registry.add<LuaStage, O>("lua", "Runs Lua code for each record")
      .required("code", &O::code,
                "Lua that reads and sets fields.NAME and text, and may call emit(), emit(text), "
                "emit{NAME = value}, drop() and fail(message)")
      .optional("init", &O::init,
                "Lua that runs once for each worker, before its first record; code sees its "
                "globals, and changes none of them for other records. An error in it fails the run")
      .optional(
          "max_steps", &O::max_steps,
          "instructions of Lua after which a record is an error; what its functions do counts "
          "as some by its size")
      .min(&O::max_steps, std::int64_t{1000})
      .kinds(&LuaStage::kinds)
      .by_clock(&LuaStage::by_clock)
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

}  // namespace weir::stages

namespace weir {

bool OptionType<stages::lua::LuaCode>::parse(const Node& node, stages::lua::LuaCode& out,
                                             Binder& binder) {
  if (!detail::expect_scalar(node, binder, "text")) return false;
  // True if a file or a param gives the whole program.
  const bool whole = node.is_insert() && (node.inserts.front().kind == Insert::Kind::expression ||
                                          node.inserts.front().source.starts_with("file."));
  Node plain;
  plain.text = node.text;
  stages::lua::Values values;
  out.source = fill(whole ? plain : node, values);
  if (out.source.problem.empty()) return true;
  binder.error(node, out.source.problem, out.source.hint, out.source.problem_at);
  return false;
}

}  // namespace weir
