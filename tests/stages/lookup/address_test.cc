#include "stages/lookup/address.h"

#include <arpa/inet.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace weir::stages::lookup::test {
namespace {

std::string shown(const Address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET6, address.data() + 1, text, sizeof text);
  return text;
}

std::string shown(const std::optional<Network>& network) {
  if (!network) return "none";
  return shown(network->first) + " " + shown(network->last) + " " + std::to_string(network->prefix);
}

TEST_CASE("a network has a first and a last address, whatever stands behind its prefix") {
  CHECK(shown(read_network("10.1.2.3/8")) == "::ffff:10.0.0.0 ::ffff:10.255.255.255 104");
  CHECK(shown(read_network("10.1.2.3/32")) == "::ffff:10.1.2.3 ::ffff:10.1.2.3 128");
  CHECK(shown(read_network("10.1.2.3")) == "::ffff:10.1.2.3 ::ffff:10.1.2.3 128");
  CHECK(shown(read_network("0.0.0.0/0")) == "::ffff:0.0.0.0 ::ffff:255.255.255.255 96");
  CHECK(shown(read_network("2001:db8::1/33")) ==
        "2001:db8:: 2001:db8:7fff:ffff:ffff:ffff:ffff:ffff 33");
  CHECK(shown(read_network("::/0")) == ":: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 0");
}

TEST_CASE("what is no address or network is refused") {
  using namespace std::string_literals;
  for (const std::string& text :
       {""s, "10.0.0"s, "10.0.0.256"s, "10.0.0.0/33"s, "::/129"s, "10.0.0.0/-1"s, "10.0.0.0/"s,
        "10.0.0.0/8x"s, "/8"s, " 10.0.0.1"s, "10.0.0.1 "s, "10.0.0.1\0"s, "\0"s, "a.b.c.d"s,
        "1:2:3"s, "::ffff:1.2.3.4.5"s, std::string(100, '1'), std::string(5000, ':')}) {
    CAPTURE(text);
    CHECK_FALSE(read_network(text));
    if (text.find('/') == text.npos) CHECK_FALSE(read_address(text));
  }
  CHECK_FALSE(read_address("10.0.0.0/8"));
}

}  // namespace
}  // namespace weir::stages::lookup::test
