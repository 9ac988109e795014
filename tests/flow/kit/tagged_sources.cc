#include "tests/flow/kit/tagged_sources.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {

std::string source(const std::string& name, std::uint64_t count) {
  return stage(name, "", "shape.source",
               "with: { count: " + std::to_string(count) + ", tag: " + name + " }");
}

void check_complete(const std::vector<std::string>& texts, std::uint64_t count,
                    const std::string& tag) {
  CHECK(with_tag(texts, tag) == tagged_numbers(count, tag));
}

std::uint64_t among(const std::vector<std::string>& texts, std::size_t begin, std::size_t end,
                    std::string_view tag) {
  return static_cast<std::uint64_t>(
      std::count_if(texts.begin() + static_cast<std::ptrdiff_t>(begin),
                    texts.begin() + static_cast<std::ptrdiff_t>(end),
                    [&](const std::string& text) { return text.ends_with(tag); }));
}

}  // namespace weir::flow::test
