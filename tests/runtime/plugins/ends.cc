#include <unistd.h>
#include <weir/plugin.h>

#include <cstdlib>
#include <exception>

namespace {

struct EndsOptions {
  std::string how;
  std::string at;
};

/// Ends the process, or never comes back, where the options say.
class Ends final : public weir::Transform {
 public:
  explicit Ends(const EndsOptions& options) : options_(options) { now("make"); }
  void open(weir::Context&) override { now("open"); }
  void process(weir::Record&, weir::Call&) const override { now("record"); }
  void close() override { now("close"); }

 private:
  void now(std::string_view at) const {
    if (options_.at != at) return;
    if (options_.how == "exit") std::exit(0);
    if (options_.how == "_exit") ::_exit(0);
    if (options_.how == "_Exit") ::_Exit(0);
    if (options_.how == "quick_exit") std::quick_exit(0);
    if (options_.how == "terminate") std::terminate();
    if (options_.how == "hang") {
      for (;;) ::pause();
    }
  }

  EndsOptions options_;
};

}  // namespace

WEIR_PLUGIN(registry) {
  if (std::getenv("WEIR_TEST_EXIT_EARLY")) std::exit(0);
  registry.add<Ends, EndsOptions>("ends", "Ends the process.")
      .optional("how", &EndsOptions::how, "By what.")
      .optional("at", &EndsOptions::at, "Where.");
}
