#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/core/core.h"
#include "stages/core/pairs/route_ports.h"

namespace weir::stages::core {
namespace {

struct RouteOptions {
  std::vector<RoutePort> ports;
};

std::vector<std::string> names_of(const RouteOptions& options) {
  std::vector<std::string> names;
  for (const RoutePort& port : options.ports) names.push_back(port.port);
  return names;
}

class Route final : public Transform {
 public:
  /// An evaluator for each port; null for the port that takes the rest.
  struct Scratch {
    explicit Scratch(const Route& route) {
      for (const RoutePort& port : route.ports_) {
        tests.push_back(port.where.empty() ? nullptr : port.where.evaluator());
      }
    }
    std::vector<std::unique_ptr<detail::Evaluator>> tests;
  };

  explicit Route(const RouteOptions& options) : ports_(options.ports) { check_route(ports_); }

  void process(Record& record, Call& call) const override {
    const auto& tests = call.scratch<Scratch>().tests;
    for (std::size_t port = 0; port < tests.size(); ++port) {
      if (!tests[port] || tests[port]->test(record)) {
        return call.send(record, static_cast<std::uint8_t>(port));
      }
    }
    record.drop();
  }

 private:
  std::vector<RoutePort> ports_;
};

}  // namespace

void add_route(Registry& registry) {
  registry
      .add<Route, RouteOptions>(
          "route", "Sends each record to the first port whose expression is true for it")
      .required(
          "ports", &RouteOptions::ports,
          "the outputs in the order in which they are tried: a name, which `from: route.NAME` "
          "reads, and an expression; one without `where`, the last, takes the rest, else "
          "what no port takes is dropped")
      .ports(names_of)
      .scratch<Route::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 100 }
  - uses: route
    with:
      ports:
        - port: errors
          where: status >= 500
        - port: rest
  - from: route.errors
    uses: text.format
    with:
      template: "error {status} {path}"
  - uses: file.write
    with: { path: errors.txt }
  - from: route.rest
    uses: text.format
    with:
      template: "{status} {path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
