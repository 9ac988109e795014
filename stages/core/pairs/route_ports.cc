#include "stages/core/pairs/route_ports.h"

#include <algorithm>

#include "weir/error.h"

namespace weir::stages::core {
namespace {

constexpr std::size_t kMostPorts = 200;

bool is_name(std::string_view text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == text.npos;
}

bool parse_name(const Node& node, std::string& out, Binder& binder) {
  if (!OptionType<std::string>::parse(node, out, binder)) return false;
  if (is_name(out)) return true;
  binder.error(
      node, "expected a name of small letters, digits, '_' and '-', got " + detail::shape_of(node));
  return false;
}

}  // namespace

void check_route(const std::vector<RoutePort>& ports) {
  const auto fail = [](const std::string& message) { throw OptionError("ports", message); };
  if (ports.empty()) fail("expected at least one port, got none");
  if (ports.size() > kMostPorts) {
    fail("expected at most " + std::to_string(kMostPorts) + " ports, got " +
         std::to_string(ports.size()));
  }
  for (auto port = ports.begin(); port != ports.end(); ++port) {
    const auto same = [&](const RoutePort& other) { return other.port == port->port; };
    if (std::any_of(ports.begin(), port, same)) fail("duplicate port '" + port->port + "'");
    if (port->where.empty() && port + 1 != ports.end()) {
      fail("port '" + port->port + "' has no 'where' and takes the rest: expected it last");
    }
  }
}

}  // namespace weir::stages::core

namespace weir {

bool OptionType<stages::core::RoutePort>::parse(const Node& node, stages::core::RoutePort& out,
                                                Binder& binder) {
  if (node.shape != Node::Shape::map) {
    binder.error(node, "expected a map such as { port: errors }, got " + detail::shape_of(node));
    return false;
  }
  bool good = true;
  for (const auto& [key, value] : node.entries) {
    if (key.text == "port") {
      good &= stages::core::parse_name(value, out.port, binder);
    } else if (key.text == "where") {
      good &= OptionType<Expression>::parse(value, out.where, binder);
    } else {
      binder.error(key, "unknown key '" + key.text + "'",
                   binder.nearest(key.text, {"port", "where"}));
      good = false;
    }
  }
  if (!node.find("port") && good) binder.error(node, "missing key 'port'");
  return good && node.find("port");
}

}  // namespace weir
