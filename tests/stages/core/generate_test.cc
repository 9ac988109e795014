#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <thread>

#include "stages/builtin.h"
#include "stages/core/core.h"
#include "tests/kit/no_host.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

Registry registry() {
  Registry result;
  core::add_generate(result);
  return result;
}

std::vector<Datum> log(const std::string& format, const std::string& count,
                       const std::string& seed = "1", std::size_t cut = 0) {
  static const Registry types = registry();
  kit::StageKit stage(
      types, "generate",
      map({{"format", scalar(format)}, {"count", scalar(count)}, {"seed", scalar(seed)}}));
  return stage.read(cut);
}

std::string json_of(const Datum& datum) {
  std::string text;
  for (const auto& [name, value] : datum.fields) {
    text += (text.empty() ? "{\"" : ",\"") + name + "\":" + value;
  }
  return text + '}';
}

}  // namespace

TEST_CASE("the generated log does not depend on how it is cut") {
  for (const char* format : {"fields", "ndjson", "text"}) {
    const auto whole = log(format, "100");
    REQUIRE(whole.size() == 100);
    CHECK(log(format, "100", "1", 1) == whole);
    CHECK(log(format, "100", "1", 7) == whole);
  }
}

TEST_CASE("a longer generated log begins with the shorter one") {
  auto longer = log("ndjson", "5000");
  longer.resize(50);
  CHECK(longer == log("ndjson", "50"));
}

TEST_CASE("another seed generates another log") {
  CHECK(log("ndjson", "20", "1") != log("ndjson", "20", "2"));
}

TEST_CASE("generated fields say what the generated JSON says") {
  const auto fields = log("fields", "500");
  const auto json = log("ndjson", "500");
  REQUIRE(fields.size() == json.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    REQUIRE(json_of(fields[i]) == json[i].text);
    REQUIRE(fields[i].text.empty());
    REQUIRE(json[i].fields.empty());
  }
}

TEST_CASE("the generated log never changes, since samples and benches are made of it") {
  const std::string first =
      R"({"time":"2025-01-01T00:00:00.036Z","ip":"203.0.113.211","method":"GET",)"
      R"("path":"/static/js/app.11.js","status":200,"bytes":573,"ms":7,"agent":)"
      R"("Mozilla/5.0 (compatible; ExampleBot/2.1; +https://www.example.com/bot.html))"
      R"("})";
  const std::string second =
      R"({"time":"2025-01-01T00:00:00.066Z","ip":"203.0.113.24","method":"HEAD",)"
      R"("path":"/products/3739/reviews?page=2","status":200,"bytes":0,"ms":135,)"
      R"("agent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) )"
      R"(AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"})";
  CHECK(log("ndjson", "2") == std::vector<Datum>{{first, {}, {}}, {second, {}, {}}});
}

TEST_CASE("about one generated request in twelve fails and a line has about 250 bytes") {
  const auto fields = log("fields", "20000");
  int bad = 0;
  std::size_t bytes = 0;
  std::string last_time;
  for (const Datum& datum : fields) {
    bad += std::stoi(datum.fields[4].second) >= 400;
    bytes += json_of(datum).size();
    REQUIRE(datum.fields[0].second >= last_time);
    last_time = datum.fields[0].second;
  }
  CHECK(bad > 20000 / 13);
  CHECK(bad < 20000 / 11);
  CHECK(bytes > 240 * 20000);
  CHECK(bytes < 260 * 20000);
}

TEST_CASE("generated text has the record's number where the template says") {
  const Registry types = registry();
  kit::StageKit plain(types, "generate", map({{"format", scalar("text")}, {"count", scalar("2")}}));
  CHECK(plain.read() == std::vector<Datum>{{"line 0", {}, {}}, {"line 1", {}, {}}});
  kit::StageKit own(types, "generate",
                    map({{"format", scalar("text")},
                         {"count", scalar("2")},
                         {"text", scalar("{{{n}}} and {n}")}}));
  CHECK(own.read() == std::vector<Datum>{{"{0} and 0", {}, {}}, {"{1} and 1", {}, {}}});
  CHECK(own.origins() == std::vector<Origin>{{0, 0, 0}, {0, 0, 1}});
}

TEST_CASE("generate with a count of 0 gives nothing") { CHECK(log("fields", "0").empty()); }

TEST_CASE("generate says what it gives") {
  const Registry types = registry();
  const Kinds fields = kit::StageKit(types, "generate").kinds();
  CHECK((fields.gives_fields && !fields.gives_text));
  const Kinds text = kit::StageKit(types, "generate", map({{"format", scalar("text")}})).kinds();
  CHECK((text.gives_text && !text.gives_fields));
}

TEST_CASE("mistakes in generate's options are explained") {
  const Registry types = registry();
  const auto with = [&](const std::string& option, const std::string& value) {
    kit::StageKit(types, "generate", map({{option, scalar(value)}}));
  };
  CHECK_THROWS_WITH(with("text", "{m}"), "expected {n}, got {m}");
  CHECK_THROWS_WITH(with("text", "{record.text}"), "expected {n}, got {record.text}");
  CHECK_THROWS_WITH(with("text", "{n"), "'{' without '}'; write '{{' for a brace");
  CHECK_THROWS_WITH(with("count", "-1"), "expected at least 0, got '-1'\n");
  CHECK_THROWS_WITH(
      with("rate", "5"),
      "expected a rate such as 100/s, got '5' [did you mean '5/s'? A rate needs a unit]\n");
  for (const char* bad : {"x", "1e9/ms"}) {
    CHECK_THROWS_WITH(with("rate", bad),
                      "expected a rate such as 100/s, got '" + std::string(bad) + "'\n");
  }
  for (const char* bad : {"0/s", "-1/s"}) {
    CHECK_THROWS_WITH(with("rate", bad),
                      "expected a rate above 0, got '" + std::string(bad) + "'\n");
  }
  CHECK_THROWS_WITH(with("rate", "1000001/ms"),
                    "expected a rate of at most 1000000/ms, got '1000001/ms'\n");
  CHECK_THROWS_WITH(
      with("rate", "5/day"),
      "expected a rate such as 100/s, got '5/day' [the units are /ms, /s, /m and /h]\n");
}

TEST_CASE("a rated source waits in read and never runs ahead of its clock") {
  const Registry types = registry();
  kit::StageKit stage(types, "generate", map({{"count", scalar("21")}, {"rate", scalar("1/ms")}}));
  CHECK(dynamic_cast<const Source&>(stage.stage()).blocking());
  const auto start = std::chrono::steady_clock::now();
  CHECK(stage.read() == log("fields", "21"));
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(20));
  kit::StageKit free(types, "generate");
  CHECK_FALSE(dynamic_cast<const Source&>(free.stage()).blocking());
}

namespace {

/// A feed of one batch, for a source that is driven by hand.
class OneBatch final : public Feed {
 public:
  OneBatch() {
    arena_ = &blocks_;
    host_ = &nobody_;
    want_records_ = 100;
    want_bytes_ = 1 << 20;
    record_limit_ = 1 << 20;
  }
  std::uint32_t begin_part(Part) override { return 0; }
  void hand_out(const Split&) override {}
  std::size_t size() const { return records_.size(); }

 private:
  class Blocks final : public detail::Arena {
    char* grow(std::size_t size) override {
      return blocks_.emplace_back(new char[size + kPadding]).get();
    }
    std::deque<std::unique_ptr<char[]>> blocks_;
  };
  void make_room() override {
    appended_ += static_cast<std::uint32_t>(next_ - first_);
    first_ = next_ = &records_.emplace_back();
    end_ = first_ + 1;
  }
  void reject_size(Record&, std::size_t) override {}

  kit::NoHost nobody_;
  Blocks blocks_;
  std::deque<detail::RecordData> records_;
};

}  // namespace

TEST_CASE("a rated source that waits comes back when it is asked to stop") {
  const Registry types = registry();
  kit::StageKit stage(types, "generate", map({{"rate", scalar("1/h")}}));
  auto& source = dynamic_cast<Source&>(stage.stage());
  struct NoContext final : Context {
    std::string_view stage_name() const override { return {}; }
    void log(LogLevel, std::string_view) override {}
    Counter& counter(std::string_view) override { return none; }
    int threads() const override { return 1; }
    std::size_t record_limit() const override { return 1 << 20; }
    Counter none;
    StateBudget& state() override { return state_; }
    const detail::TimeLanguage& times() const override { return time_language(); }
    StateBudget state_{0};
  } context;
  int wake[2];
  REQUIRE(::pipe2(wake, O_CLOEXEC) == 0);
  std::atomic<bool> stopped{false};
  source.open(context);
  OneBatch first;
  CHECK(source.read(first, Stop(stopped, wake[0])));
  CHECK(first.size() == 1);
  ssize_t written = 0;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stopped = true;
    written = ::write(wake[1], "x", 1);
  });
  OneBatch second;
  CHECK(source.read(second, Stop(stopped, wake[0])));
  CHECK(second.size() == 0);
  stopper.join();
  CHECK(written == 1);
  ::close(wake[0]);
  ::close(wake[1]);
}

}  // namespace weir::stages::test
