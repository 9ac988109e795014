#include <weir/plugin.h>

#include <stdexcept>

namespace {

/// Lets everything pass, and finds out at the end that it was all wrong.
class BadClose final : public weir::Transform {
 public:
  void process(weir::Record&, weir::Call&) const override {}
  void close() override { throw std::runtime_error("the books do not balance"); }
};

/// The same with a sink.
class BadSink final : public weir::Sink {
 public:
  void write(weir::Batch&) override {}
  void close() override { throw std::runtime_error("the books do not balance"); }
};

}  // namespace

WEIR_PLUGIN(registry) {
  registry.add<BadClose>("bad_close", "Fails when it is closed.");
  registry.add<BadSink>("bad_sink", "Fails when it is closed.");
}
