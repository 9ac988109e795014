#pragma once

#include "weir/record.h"

namespace weir::kit {

/// For tests that drive a stage by hand: a host that knows nothing.
class NoHost final : public detail::Host {
 public:
  const Part& part(std::uint32_t) const override { return none_; }
  std::string_view stage_name(std::uint16_t) const override { return "stage"; }
  Value json_at(std::string_view, std::span<const std::string>, detail::Arena&) const override {
    return {};
  }

 private:
  Part none_;
};

}  // namespace weir::kit
