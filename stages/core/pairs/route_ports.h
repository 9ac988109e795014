#pragma once

#include <string>
#include <vector>

#include "weir/options.h"

namespace weir::stages::core {

/// An output of a route and its condition: `{ port: errors, where: status >= 500 }`.
struct RoutePort {
  std::string port;
  Expression where;  ///< Empty if the port takes the rest.
};

/// Throws OptionError unless the ports have distinct names and only the last one takes the rest.
void check_route(const std::vector<RoutePort>& ports);

}  // namespace weir::stages::core

namespace weir {

template <>
struct OptionType<stages::core::RoutePort> {
  static std::string name() { return "map of port and where"; }
  static bool parse(const Node& node, stages::core::RoutePort& out, Binder& binder);
  static std::string show(const stages::core::RoutePort& value) { return value.port; }
};

}  // namespace weir
