#include <iconv.h>

#include <catch2/catch.hpp>

#include "stages/file/text_rules.h"
#include "tests/stages/file/compress.h"
#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

/// What glibc makes of `bytes`; nothing if it refuses them.
std::optional<std::string> converted(const std::string& bytes, const char* from, const char* to) {
  const iconv_t state = iconv_open(to, from);
  std::string out(bytes.size() * 4 + 16, '\0');
  char* in = const_cast<char*>(bytes.data());
  char* at = out.data();
  std::size_t in_left = bytes.size(), out_left = out.size();
  const bool good =
      iconv(state, &in, &in_left, &at, &out_left) != static_cast<std::size_t>(-1) && in_left == 0;
  iconv_close(state);
  if (!good) return std::nullopt;
  out.resize(out.size() - out_left);
  return out;
}

/// All lines of a text, as far as tests of encodings compare them.
std::vector<std::string> texts(const std::vector<Line>& lines) {
  std::vector<std::string> all;
  for (const Line& line : lines) all.push_back(line.error.empty() ? line.text : line.error);
  return all;
}

std::string utf16(const std::string& text, const char* name) {
  return *converted(text, "UTF-8", name);
}

const std::string kText = "grün\neuro €\n\nплоско\n\xf0\x9f\x98\x80 grins\r\nlast";

TEST_CASE("each byte of a single-byte encoding becomes what iconv makes of it") {
  const Folder directory;
  for (const auto& [name, glibc] :
       {std::pair("latin-1", "ISO-8859-1"), std::pair("windows-1252", "CP1252")}) {
    for (int byte = 1; byte < 256; ++byte) {
      if (byte == '\n' || byte == '\r') continue;
      const std::string content = "a" + std::string(1, static_cast<char>(byte)) + "b\nc\n";
      const std::optional<std::string> expected = converted(content, glibc, "UTF-8");
      const std::string path = directory.write("in", content);
      INFO(name << ' ' << byte);
      const std::vector<Line> lines = read_lines(with({{"path", path}, {"encoding", name}}));
      REQUIRE(lines.size() == 2);
      CHECK(lines[0].error == (expected ? "" : "encoding"));
      if (expected) CHECK(lines[0].text == expected->substr(0, expected->find('\n')));
      CHECK(lines[1] == Line{0, 4, "c", {}});
      if (expected) continue;
      const auto invalid = [&](const char* action) {
        return texts(
            read_lines(with({{"path", path}, {"encoding", name}, {"on_invalid", action}})))[0];
      };
      CHECK(invalid("replace") ==
            "a\xef\xbf\xbd"
            "b");
      CHECK(invalid("keep") == content.substr(0, 3));
    }
  }
}

TEST_CASE("a file in latin-1 is the same in ranges, compressed, as CSV, and as a whole") {
  const Folder directory;
  std::mt19937 random(3);
  std::string content;
  for (int i = 0; i < 20'000; ++i) {
    for (unsigned left = random() % 40; left > 0; --left) {
      const unsigned byte = random() % 4 == 0 ? 0xa0 + random() % 0x60 : 'a' + random() % 26;
      content += static_cast<char>(byte);
    }
    content += '\n';
  }
  std::vector<Line> expected = cut(content);
  for (Line& line : expected) line.text = *converted(line.text, "ISO-8859-1", "UTF-8");
  const std::string path = directory.write("in", content);
  const std::string packed = directory.write("in.gz", gzip(content));
  CHECK(read_lines(with({{"path", path}, {"encoding", "latin-1"}})) == expected);
  CHECK(read_lines(with({{"path", packed}, {"encoding", "latin-1"}})) == expected);
  CHECK(read_lines(with({{"path", path}, {"encoding", "latin-1"}, {"framing", "csv"}})) ==
        expected);
  const std::string whole = *converted(content, "ISO-8859-1", "UTF-8");
  CHECK(read_lines(with({{"path", path}, {"encoding", "latin-1"}, {"framing", "file"}})) ==
        std::vector<Line>{{0, 0, whole, {}}});
  file::FileReadOptions options;
  options.path = {path};
  options.encoding = file::Encoding::latin_1;
  for (const unsigned refuse_one_in : {0, 3}) {
    CHECK(read_stingily(options, random, refuse_one_in).lines == expected);
  }
}

TEST_CASE("UTF-16 is known by its byte order mark, or by the option") {
  const Folder directory;
  const std::vector<Line> expected = cut(kText);
  const auto lines = [&](const std::string& bytes, const char* encoding) {
    return read_lines(with({{"path", directory.write("in", bytes)}, {"encoding", encoding}}));
  };
  for (const auto& [name, mark, option] : {std::tuple("UTF-16LE", "\xff\xfe", "utf-16le"),
                                           std::tuple("UTF-16BE", "\xfe\xff", "utf-16be")}) {
    const std::string bytes = utf16(kText, name);
    CHECK(lines(mark + bytes, "auto") == expected);
    CHECK(lines(mark + bytes, "utf-16") == expected);
    CHECK(lines(mark + bytes, option) == expected);
    CHECK(lines(bytes, option) == expected);
    CHECK(lines(gzip(mark + bytes), "auto") == expected);
    CHECK(lines(mark, "auto").empty());
  }
  CHECK(lines(utf16(kText, "UTF-16LE"), "utf-16") == expected);
  CHECK(lines("", "utf-16").empty());
  CHECK(lines("\xff", "auto").size() == 1);
  CHECK(lines("\xef\xbb\xbfgrün", "utf-8") == std::vector<Line>{{0, 3, "grün", {}}});
  CHECK(lines("\xef\xbb\xbfgr\xfcn", "latin-1") == std::vector<Line>{{0, 3, "grün", {}}});
}

TEST_CASE("UTF-16 of any length is cut like the same text in UTF-8") {
  const Folder directory;
  std::mt19937 random(5);
  for (int round = 0; round < 6; ++round) {
    std::string text;
    const std::size_t size = 1000u << (2 * round);
    while (text.size() < size) {
      constexpr const char* kPieces[] = {"a", "\n", "ü", "€", "\xf0\x9f\x98\x80", "bcdefgh", ","};
      text += kPieces[random() % std::size(kPieces)];
    }
    file::FileReadOptions options;
    options.path = {directory.write("in", "\xfe\xff" + utf16(text, "UTF-16BE"))};
    for (const unsigned refuse_one_in : {0, 3}) {
      CHECK(read_stingily(options, random, refuse_one_in).lines == cut(text));
    }
  }
}

TEST_CASE("half of a surrogate pair, or of a unit, is an error of its record") {
  const Folder directory;
  const auto units = [](std::initializer_list<unsigned> all) {
    std::string bytes = "\xff\xfe";
    for (const unsigned unit : all) {
      bytes += static_cast<char>(unit & 0xff);
      bytes += static_cast<char>(unit >> 8);
    }
    return bytes;
  };
  const unsigned kHigh = 0xd83d, kLow = 0xde00;
  const auto read = [&](const std::string& bytes, const char* action) {
    const std::string path = directory.write("in", bytes);
    return texts(read_lines(action ? with({{"path", path}, {"on_invalid", action}})
                                   : with({{"path", path}})));
  };
  using Texts = std::vector<std::string>;
  CHECK(read(units({'a', '\n', kHigh, kLow, '\n', 'b'}), nullptr) ==
        Texts{"a", "\xf0\x9f\x98\x80", "b"});
  for (const unsigned half : {kHigh, kLow}) {
    const std::string bytes = units({'a', '\n', 'x', half, 'y', '\n', 'b'});
    CHECK(read(bytes, nullptr) == Texts{"a", "encoding", "b"});
    CHECK(read(bytes, "error") == Texts{"a", "encoding", "b"});
    CHECK(read(bytes, "replace") == Texts{"a", "x\xef\xbf\xbdy", "b"});
  }
  CHECK(read(units({kLow, kHigh}), "replace") == Texts{"\xef\xbf\xbd\xef\xbf\xbd"});
  CHECK(read(units({kHigh, kHigh, kLow}), "replace") == Texts{"\xef\xbf\xbd\xf0\x9f\x98\x80"});
  CHECK(read(units({'a', '\n', 'b'}) + "c", nullptr) == Texts{"a", "encoding"});
  CHECK(read(units({'a', '\n', 'b'}) + "c", "replace") == Texts{"a", "b\xef\xbf\xbd"});
}

TEST_CASE("bytes that are not UTF-8 are kept, replaced, or an error") {
  const Folder directory;
  const std::string path = directory.write("in", "grün\ngr\xfcn\n\xf0\x9f\x98\n\xed\xa0\x80\nend");
  const auto read = [&](const char* action) {
    return texts(read_lines(with({{"path", path}, {"encoding", "utf-8"}, {"on_invalid", action}})));
  };
  using Texts = std::vector<std::string>;
  const std::string bad = "\xef\xbf\xbd";
  CHECK(read("keep") == Texts{"grün", "gr\xfcn", "\xf0\x9f\x98", "\xed\xa0\x80", "end"});
  CHECK(read("replace") ==
        Texts{"grün", "gr" + bad + "n", bad + bad + bad, bad + bad + bad, "end"});
  CHECK(read("error") == Texts{"grün", "encoding", "encoding", "encoding", "end"});
}

TEST_CASE("the error names the byte") {
  const Folder directory;
  const auto message = [&](const std::string& bytes, const char* encoding) {
    const Registry registry = file_registry();
    kit::StageKit kit(registry, "file.read",
                      with({{"path", directory.write("in", bytes)},
                            {"encoding", encoding},
                            {"on_invalid", "error"}}));
    return kit.read(0).at(0).error;
  };
  CHECK(message("gr\xfcn", "utf-8") ==
        "encoding: expected utf-8, got byte 0xfc at byte 2 of the record");
  CHECK(message("gr\x81n", "windows-1252") ==
        "encoding: expected windows-1252, got byte 0x81 at byte 2 of the record");
  CHECK(message(std::string("a\0\x00\xd8", 4), "utf-16le") ==
        "encoding: expected utf-16, got 0xd800 without its other half at byte 1 of the record");
  CHECK(message(std::string("a\0b", 3), "utf-16") ==
        "encoding: expected utf-16, got half of a unit at byte 1 of the record");
}

TEST_CASE("a header is text, too") {
  const Folder directory;
  const auto header = [&](const std::string& bytes, file::Encoding encoding) {
    file::FileReadOptions options;
    options.path = {directory.write("in", bytes)};
    options.framing.choice = file::FramingChoice::csv;
    options.header = true;
    options.encoding = encoding;
    std::mt19937 random(1);
    const Reading reading = read_stingily(options, random, 0);
    return reading.parts.empty() ? reading.error : reading.parts[0].header;
  };
  CHECK(header("gr\xf6\xdf"
               "e,b\n1,2\n",
               file::Encoding::latin_1) == "größe,b");
  CHECK(header("\xff\xfe" + utf16("größe,b\n1,2\n", "UTF-16LE"), file::Encoding::automatic) ==
        "größe,b");
  CHECK_THAT(header("a\x81,b\n1,2\n", file::Encoding::windows_1252),
             Catch::Contains("expected windows-1252, got byte 0x81 at byte 1"));
}

TEST_CASE("UTF-16 cannot be kept as it is") {
  const Registry registry = file_registry();
  for (const char* encoding : {"utf-16", "utf-16le", "utf-16be"}) {
    CHECK_THAT(error_of([&] {
                 kit::StageKit kit(
                     registry, "file.read",
                     with({{"path", "x"}, {"encoding", encoding}, {"on_invalid", "keep"}}));
               }),
               Catch::Contains("'" + std::string(encoding) + "' takes no 'on_invalid: keep'"));
  }
}

}  // namespace
}  // namespace weir::stages::test
