#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"
#include "weir/registry.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

std::vector<Datum> hash(const Node& with, const std::vector<Datum>& input) {
  Registry registry;
  add_hash_stages(registry);
  return kit::StageKit(registry, "hash", with).transform_at_every_cut(input);
}
std::string digest(const std::string& algorithm, const std::string& text) {
  return hash(map({{"algorithm", scalar(algorithm)}}), {{text, {}, {}}})[0].text;
}

TEST_CASE("each algorithm gives its published digest") {
  CHECK(digest("sha256", "abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("sha256", "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest("sha512", "abc") ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  CHECK(digest("sha1", "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(digest("md5", "abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(digest("sha3_256", "abc") ==
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
  CHECK(digest("crc32", "123456789") == "cbf43926");
}

TEST_CASE("without a field name to go into, the digest becomes the text") {
  const std::vector<Datum> out =
      hash(map({{"algorithm", scalar("crc32")}}), {{"123456789", {{"n", "1"}}, {}}, {"", {}, {}}});
  CHECK(out == std::vector<Datum>{{"cbf43926", {{"n", "1"}}, {}}, {"00000000", {}, {}}});
}

TEST_CASE("a field's digest goes into a field, the text stays") {
  const Node with =
      map({{"algorithm", scalar("crc32")}, {"field", scalar("id")}, {"into", scalar("sum")}});
  const std::vector<Datum> out = hash(with, {{"text", {{"id", "\"123456789\""}}, {}},
                                             {"text", {{"id", "123456789"}, {"sum", "1"}}, {}},
                                             {"text", {{"id", "true"}}, {}},
                                             {"text", {{"id", "1.5"}}, {}}});
  CHECK(out[0] == Datum{"text", {{"id", "\"123456789\""}, {"sum", "\"cbf43926\""}}, {}});
  CHECK(out[1] == Datum{"text", {{"id", "123456789"}, {"sum", "\"cbf43926\""}}, {}});
  CHECK(out[2].fields[1].second == '"' + digest("crc32", "true") + '"');
  CHECK(out[3].fields[1].second == '"' + digest("crc32", "1.5") + '"');
}

TEST_CASE("a field that is missing or null is an error of its record") {
  const std::vector<Datum> out =
      hash(map({{"field", scalar("id")}}), {{"a", {{"x", "1"}}, {}}, {"b", {{"id", "null"}}, {}}});
  CHECK(out[0].error == "field: missing field 'id'");
  CHECK(out[1].error == "field: missing field 'id'");
}

TEST_CASE("each further round hashes the digest's bytes") {
  const auto rounds = [](const std::string& count) {
    return hash(map({{"rounds", scalar(count)}}), {{"abc", {}, {}}})[0].text;
  };
  CHECK(rounds("1") == digest("sha256", "abc"));
  CHECK(rounds("2") == "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358");
  CHECK(rounds("10000") != rounds("9999"));
}

TEST_CASE("what hash needs and gives follows its options") {
  Registry registry;
  add_hash_stages(registry);
  const auto kinds = [&](const Node& with) {
    return kit::StageKit(registry, "hash", with).kinds();
  };
  const Kinds text = kinds(map({}));
  CHECK((text.needs_text && text.gives_text && !text.needs_fields && !text.changes_fields));
  const Kinds field = kinds(map({{"field", scalar("id")}}));
  CHECK((!field.needs_text && field.needs_fields && field.gives_text && !field.changes_fields));
  const Kinds into = kinds(map({{"into", scalar("sum")}}));
  CHECK((into.needs_text && into.gives_fields && into.changes_fields && !into.gives_text));
}

TEST_CASE("wrong options of hash are refused") {
  const auto problem = [](const Node& with) -> std::string {
    try {
      hash(with, {});
    } catch (const std::exception& e) {
      return e.what();
    }
    return {};
  };
  CHECK(problem(map({{"rounds", scalar("0")}})) == "expected at least 1, got '0'\n");
  CHECK(problem(map({{"into", scalar("")}})) == "expected a field, got empty text");
  CHECK(problem(map({{"algorithm", scalar("sha2")}})) ==
        "expected one of sha256 | sha512 | sha1 | md5 | sha3_256 | crc32, got 'sha2'\n");
}

}  // namespace
}  // namespace weir::stages::test
