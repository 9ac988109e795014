// What happens when the ledger gives no memory: at any place, in `read` and in `load`.

#include <catch2/catch.hpp>

#include <thread>

#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

TEST_CASE("memory that runs out anywhere loses no record and repeats none") {
  const Folder directory;
  std::mt19937 random(17);
  for (int round = 0; round < 40; ++round) {
    const std::string content = random_lines(random, random() % 60'000, 1 + random() % 30'000);
    file::FileReadOptions options;
    options.path = {directory.write("lines", content)};
    const std::size_t most = random() % 3 == 0 ? 2'000 : 1'000'000;
    options.max_record = Bytes{most};
    INFO("round " << round << ", " << content.size() << " bytes");
    for (const unsigned refuse_one_in : {0u, 2u, 10u}) {
      options.framing = {};
      CHECK(read_stingily(options, random, refuse_one_in).lines == limited(cut(content), most));
      options.framing.key = "delimiter";
      options.framing.keys.delimiter = "\r\n";  // two bytes: the serial reader
      CHECK(read_stingily(options, random, refuse_one_in).lines ==
            limited(cut(content, "\r\n", false), most));
    }
  }
}

TEST_CASE("ranges of several files are loaded by several threads at once") {
  const Folder directory;
  std::mt19937 random(19);
  file::FileReadOptions options;
  std::vector<Line> expected;
  for (std::uint32_t part = 0; part < 4; ++part) {
    const std::string content = random_lines(random, 200'000, 5'000);
    options.path.push_back(directory.write(std::to_string(part), content));
    for (Line& line : cut(content, "\n", true, part)) expected.push_back(std::move(line));
  }
  file::FileRead source(options);
  SmallContext context;
  source.open(context);
  const std::atomic<bool> never{false};
  std::vector<Split> splits;
  for (bool more = true; more;) {
    StingyArena arena(random, 0);
    StingyFeed feed(arena, 1'000, 3'000);
    more = source.read(feed, Stop(never, -1));
    splits.push_back(feed.split);
  }
  std::vector<std::vector<Line>> loaded(splits.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    std::mt19937 none(1);
    for (std::size_t i = next++; i < splits.size(); i = next++) {
      while (!splits[i].done()) {
        StingyArena arena(none, 0);
        StingyFeed feed(arena, 1'000, 3'000);
        source.load(splits[i], feed);
        feed.collect(loaded[i]);
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  source.close();
  std::vector<Line> all;
  for (const auto& lines : loaded) all.insert(all.end(), lines.begin(), lines.end());
  CHECK((all == expected));
}

TEST_CASE("a long line takes its own size of the batch's memory, not more") {
  const Folder directory;
  constexpr std::size_t kSize = 8u << 20;
  const std::string path = directory.write("long", "a\n" + std::string(kSize, 'x') + "\nb\n");
  file::FileReadOptions options;
  options.path = {path};
  SmallContext context;
  file::FileRead source(options);
  source.open(context);
  std::mt19937 random(1);
  const std::atomic<bool> never{false};
  std::vector<Line> lines;
  for (bool more = true; more;) {
    Split split;
    {
      StingyArena arena(random, 0);
      StingyFeed feed(arena, 1'000, 256 * 1024);
      more = source.read(feed, Stop(never, -1));
      split = feed.split;
    }
    while (!split.done()) {
      StingyArena arena(random, 0);
      StingyFeed feed(arena, 1'000, 256 * 1024);
      source.load(split, feed);
      feed.collect(lines);
      CHECK(arena.taken() <= kSize + 300 * 1024);
    }
  }
  source.close();
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].text.size() == kSize);
}

TEST_CASE("a batch of one record reads little of its range") {
  const Folder directory;
  std::string content;
  while (content.size() < 1'000'000) content += "a line of the usual length\n";
  file::FileReadOptions options;
  options.path = {directory.write("lines", content)};
  SmallContext context;
  file::FileRead source(options);
  source.open(context);
  std::mt19937 random(1);
  const std::atomic<bool> never{false};
  StingyArena arena(random, 0);
  StingyFeed feed(arena, 1'000, 1'000'000);
  source.read(feed, Stop(never, -1));
  Split split = feed.split;
  REQUIRE(split.end == 1'000'000);
  StingyArena small(random, 0);
  StingyFeed one(small, 1, 1'000'000);
  source.load(split, one);
  CHECK(split.begin == 27);
  CHECK(small.taken() < 16 * 1024);
  source.close();
}

}  // namespace
}  // namespace weir::stages::test
