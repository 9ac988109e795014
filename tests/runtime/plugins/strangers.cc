#include <dlfcn.h>
#include <weir/plugin.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// Stages as somebody writes them who has not read the contracts.

namespace {

/// Names that are gone before anybody looks at them, and a literal that is not.
struct Names final : weir::Transform {
  void process(weir::Record& record, weir::Call& call) const override {
    for (std::size_t i = 0; i < 3; ++i) record.set("number " + std::to_string(i), i);
    char buffer[32];
    std::strcpy(buffer, "a name in a buffer");
    record.set(buffer, std::string(record.text()) + "!");
    std::memset(buffer, '#', sizeof buffer);
    record.rename("number 1", std::string("another name, ") + "longer than the first");
    record.set(weir::Field("a field that is gone"), nullptr);
    call.emit_copy(record).set("copied " + std::to_string(record.field_count()), true);
  }
};

/// Goes on whatever happens.
struct Stubborn final : weir::Transform {
  void process(weir::Record& record, weir::Call& call) const override {
    const std::string text(record.text());
    for (int i = 0; i < 20; ++i) {
      try {
        call.emit().set_text(text + " " + std::to_string(i) + std::string(50'000, '.'));
      } catch (...) {
      }
    }
  }
};

/// Answers more than once, by itself and on another thread.
struct Twice final : weir::AsyncTransform {
  void start(weir::Completion completion) override {
    completion.done([](weir::Record& record, weir::Call&) { record.set_text("first"); });
    completion.done([](weir::Record& record, weir::Call&) { record.set_text("second"); });
    auto again = std::make_shared<weir::Completion>(std::move(completion));
    std::thread([again] {
      again->done();
      again->fail("second", "again");
    }).detach();
  }
};

std::vector<weir::Completion>& hoard() {
  static std::vector<weir::Completion> all;
  return all;
}
/// Keeps all that it is given until the process ends.
struct Hoards final : weir::AsyncTransform {
  void start(weir::Completion completion) override { hoard().push_back(std::move(completion)); }
};

/// Answers when the run may be over.
struct Late final : weir::AsyncTransform {
  void start(weir::Completion completion) override {
    std::thread([kept = std::move(completion)]() mutable {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      kept.done([](weir::Record& record, weir::Call& call) {
        record.set("late", std::string(100, 'x'));
        call.emit().set_text("late");
      });
    }).detach();
  }
};

/// Lets one of three go by a port that there is not, and emits another to one.
struct Sends final : weir::Transform {
  void process(weir::Record& record, weir::Call& call) const override {
    switch (record.origin().position % 3) {
      case 0:
        return call.send(record, 7);
      case 1:
        return (void)call.emit(300);
      default:
        return call.send(record, 1);
    }
  }
};

/// Runs out of memory in a place where the exception passes frames of the C library.
struct Starved final : weir::Transform {
  void process(weir::Record&, weir::Call&) const override {
    const auto refuse = reinterpret_cast<void (*)(bool)>(dlsym(RTLD_DEFAULT, "weir_refuse_memory"));
    std::once_flag once;
    refuse(true);
    try {
      std::call_once(once, [] { throw std::bad_alloc(); });
    } catch (const std::bad_alloc&) {
      refuse(false);
      throw;
    }
  }
};

/// Asks for scratch space that it did not declare.
struct Unscratched final : weir::Transform {
  void process(weir::Record& record, weir::Call& call) const override {
    call.scratch<std::string>() = record.text();
  }
};

}  // namespace

WEIR_PLUGIN(registry) {
  registry.add<Names>("stranger.names", "").kinds({.gives_fields = true, .changes_fields = true});
  registry.add<Stubborn>("stranger.stubborn", "").kinds({.needs_text = true, .gives_text = true});
  registry.add<Twice>("stranger.twice", "").kinds({.gives_text = true});
  registry.add<Hoards>("stranger.hoards", "");
  registry.add<Late>("stranger.late", "");
  registry.add<Sends>("stranger.sends", "").port("more");
  registry.add<Starved>("stranger.starved", "");
  registry.add<Unscratched>("stranger.unscratched", "").kinds({.needs_text = true});
}
