#include "tests/flow/random/graph_books.h"

#include <algorithm>

namespace weir::flow::test {

void GraphBooks::open(int source, std::int64_t records) {
  const auto at = static_cast<std::size_t>(source);
  if (worst_.size() <= at) worst_.resize(at + 1);
  worst_[at].assign(static_cast<std::size_t>(records), Outcome::filtered);
}

void GraphBooks::mark(const GraphItem& item, Outcome outcome) {
  if (!item.has_origin()) return;
  Outcome& worst =
      worst_[static_cast<std::size_t>(item.source)][static_cast<std::size_t>(item.place.first)];
  worst = std::max(worst, outcome);
}

void GraphBooks::error(const GraphNode& node, const GraphItem& item, const Answer& answer,
                       std::vector<GraphItem>& out) {
  const std::string& policy = node.drawn.on_error;
  if (policy == "fail") {
    expected.failures.push_back({item.place, node.name, answer.kind});
    return;
  }
  ++expected.errors[node.name + " " + answer.kind];
  if (policy == "keep") {
    ++expected.kept;
    out.push_back(item);
    return;
  }
  mark(item, node.box < 0 ? Outcome::skipped : Outcome::dead_lettered);
  if (node.box >= 0) write_letter(node, item, answer);
}

void GraphBooks::write_letter(const GraphNode& node, const GraphItem& item, const Answer& answer) {
  const std::string position = std::to_string(item.has_origin() ? item.place.first : 0);
  const std::string line = position + "|" + item.text + "|{\"stage\":\"" + node.name +
                           "\",\"kind\":\"" + answer.kind +
                           "\",\"message\":\"\",\"attempts\":" + std::to_string(answer.attempts) +
                           ",\"origin\":{\"position\":" + position + "}}";
  box_of(node).letters.push_back({item.place, line});
}

GraphExpected::Box& GraphBooks::box_of(const GraphNode& node) {
  return expected.boxes["box" + std::to_string(node.box)];
}

GraphExpected GraphBooks::close() {
  for (const auto& source : worst_) {
    for (const Outcome worst : source) ++expected.outcomes[static_cast<std::size_t>(worst)];
    expected.read += source.size();
  }
  return std::move(expected);
}

bool GraphItem::has_origin() const { return place.first < kMade; }

std::string plain_letter(std::string line) {
  const std::string key = "\"message\":\"";
  const std::size_t begin = line.find(key) + key.size();
  const std::size_t end = line.find("\",\"attempts\"", begin);
  if (begin < key.size() || end == std::string::npos) return line;
  return line.erase(begin, end - begin);
}

}  // namespace weir::flow::test
