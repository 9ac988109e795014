#include "tests/flow/kit/looping.h"

#include <algorithm>
#include <utility>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {

std::uint64_t round_of(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '~'));
}

std::function<void(Record&, Call&)> again(Rounds rounds) {
  return [rounds = std::move(rounds)](Record& record, Call& call) {
    if (round_of(record.text()) >= rounds(number_of(record))) return;
    record.set_text(std::string(record.text()) + "~");
    call.send(record, 1);
  };
}

std::vector<std::string> looped_texts(std::uint64_t count, const Rounds& rounds,
                                      std::uint64_t max) {
  std::vector<std::string> texts;
  for (std::uint64_t n = 0; n < count; ++n) {
    if (rounds(n) <= max) texts.push_back(std::to_string(n) + std::string(rounds(n), '~'));
  }
  return texts;
}

std::uint64_t up_to_three(std::uint64_t number) { return mix(1, std::to_string(number)) % 4; }

}  // namespace weir::flow::test
