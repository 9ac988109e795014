#include "stages/builtin.h"
#include "stages/hash/hash.h"

namespace weir::stages {

void add_hash_stages(Registry& registry) {
  using O = hash::HashOptions;
  registry.add<hash::Hash, O>("hash", "Makes the digest of the text or of a field")
      .optional("algorithm", &O::algorithm, "which digest")
      .optional("field", &O::field, "the field whose value is hashed; the text without")
      .optional("into", &O::into,
                "the field that gets the digest, in hexadecimal; without, it becomes the text")
      .optional("rounds", &O::rounds,
                "how often: each further round hashes the digest before, as bytes")
      .min(&O::rounds, std::uint64_t{1})
      .kinds(hash::kinds_of)
      .positional("algorithm")
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: text, text: "record {n}" }
  - uses: hash
    with: { algorithm: sha256 }
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages
