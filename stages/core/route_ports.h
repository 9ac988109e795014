#pragma once

#include <string>
#include <vector>

#include "weir/options.h"

namespace weir {

/// An output of a route and what goes there: `{ port: errors, where: status >= 500 }`.
struct RoutePort {
  std::string port;
  Expression where;  ///< Empty: all that comes so far.
};

template <>
struct OptionType<RoutePort> {
  static std::string name() { return "map of port and where"; }
  static bool parse(const Node& node, RoutePort& out, Binder& binder);
  static std::string show(const RoutePort& value) { return value.port; }
};

/// Throws OptionError for ports that are no route.
void check_route(const std::vector<RoutePort>& ports);

}  // namespace weir
