#include "stages/core/generate/generate.h"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "stages/core/core.h"
#include "stages/core/generate/access_log.h"

namespace weir::stages::core {
namespace {

constexpr std::size_t kLongestNumber = 20;
constexpr std::size_t kTable = AccessEntry::kFields * sizeof(detail::FieldSlot);

Template parsed(const Filled& filled) {
  Template result;
  const Template::Problem problem = Template::parse(filled.text, result);
  if (!problem.message.empty()) {
    throw OptionError("text", problem.message, filled.offset(problem.offset));
  }
  for (const Template::Piece& piece : result.pieces()) {
    if (!piece.reads() || piece.source == "n") continue;
    const std::string name = '{' + piece.source + '}';
    throw OptionError("text", "expected {n}, got " + name, filled.offset(filled.text.find(name)));
  }
  return result;
}

std::size_t longest_of(GenerateFormat format, const Template& text) {
  if (format == GenerateFormat::ndjson) return AccessEntry::kLongestJson;
  if (format == GenerateFormat::fields) return kTable + AccessEntry::kLongestJson;
  std::size_t size = 8;
  for (const Template::Piece& piece : text.pieces()) size += piece.literal.size() + kLongestNumber;
  return size;
}

void wait_until(std::chrono::steady_clock::time_point moment, Stop stop) {
  const std::chrono::nanoseconds left = moment - std::chrono::steady_clock::now();
  if (left.count() <= 0) return;
  const std::int64_t ns = std::min<std::chrono::nanoseconds>(left, std::chrono::hours(1)).count();
  const timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
  pollfd wake{stop.fd(), POLLIN, 0};
  ::ppoll(&wake, 1, &timeout, nullptr);
}

}  // namespace

/// Memory of the batch for the records to come. It is taken for up to 16 records at a time, and
/// before the record that it is for is made: where memory runs out, no half-made record is left.
class Generate::Room {
 public:
  Room(Feed& feed, std::size_t longest, std::uint64_t records)
      : feed_(feed), longest_(longest), records_(records) {}

  /// Returns room for the longest record, aligned to 8 bytes.
  char* next() {
    at_ += (8 - reinterpret_cast<std::uintptr_t>(at_) % 8) % 8;
    if (at_ == nullptr || at_ + longest_ > end_) {
      const std::uint64_t records = made_ < records_ ? records_ - made_ : 1;
      const std::size_t size = longest_ * std::min<std::uint64_t>(records, 16);
      at_ = feed_.buffer(size);
      end_ = at_ + size;
    }
    return at_;
  }
  /// Marks the bytes before `at` as used by a record.
  void made(char* at) {
    at_ = at;
    ++made_;
  }

 private:
  Feed& feed_;
  std::size_t longest_;
  std::uint64_t records_;
  std::uint64_t made_ = 0;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

Generate::Generate(const GenerateOptions& options)
    : end_(options.count ? static_cast<std::uint64_t>(*options.count)
                         : std::numeric_limits<std::uint64_t>::max()),
      rate_(options.rate),
      seed_(options.seed),
      format_(options.format),
      text_(parsed(options.text.filled)),
      longest_(longest_of(format_, text_)) {}

bool Generate::read(Feed& feed, Stop stop) {
  if (rate_) return read_due(feed, stop);
  const std::uint64_t size =
      std::clamp<std::uint64_t>(feed.want_bytes() / longest_, 1, std::max(feed.want_records(), 1u));
  const Split split{0, next_, next_ + std::min(size, end_ - next_)};
  next_ = split.end;
  if (!split.done()) feed.hand_out(split);
  return next_ < end_;
}

void Generate::load(Split& split, Feed& feed) const {
  Room room(feed, longest_, std::min<std::uint64_t>(split.end - split.begin, feed.want_records()));
  for (; !split.done() && !feed.full(); ++split.begin) make(split.begin, feed, room);
}

/// Waits for the time of the next record, then makes all records that are due.
bool Generate::read_due(Feed& feed, Stop stop) {
  Room room(feed, longest_, 1);
  for (bool made = false; !made && next_ < end_ && !stop.requested();) {
    const Clock::time_point now = Clock::now();
    for (; next_ < end_ && !feed.full() && due(next_) <= now; ++next_) {
      make(next_, feed, room);
      made = true;
    }
    if (!made) wait_until(due(next_), stop);
  }
  return next_ < end_;
}

/// Computes the due time of a record from the start and the number, so that delays do not add up.
Generate::Clock::time_point Generate::due(std::uint64_t number) const {
  const double ns = static_cast<double>(number) * 1e9 / rate_->per_second;
  if (ns > 4e18) return Clock::time_point::max();
  return start_ + std::chrono::nanoseconds(static_cast<std::int64_t>(ns));
}

void Generate::make(std::uint64_t number, Feed& feed, Room& room) const {
  if (format_ == GenerateFormat::fields) return make_fields(number, feed, room);
  char* const begin = room.next();
  char* const end = format_ == GenerateFormat::text ? write_text(number, begin)
                                                    : AccessEntry(seed_, number).write_json(begin);
  feed.adopt(0, number, {begin, end});
  room.made(end);
}

void Generate::make_fields(std::uint64_t number, Feed& feed, Room& room) const {
  char* const begin = room.next();
  auto* const table = reinterpret_cast<detail::FieldSlot*>(begin);
  char* const end = AccessEntry(seed_, number).write_fields(table, begin + kTable);
  detail::RecordData& data = feed.adopt(0, number, {}).data();
  data.fields = table;
  data.field_count = data.field_capacity = AccessEntry::kFields;
  room.made(end);
}

char* Generate::write_text(std::uint64_t number, char* out) const {
  for (const Template::Piece& piece : text_.pieces()) {
    std::memcpy(out, piece.literal.data(), piece.literal.size());
    out += piece.literal.size();
    if (piece.reads()) out = std::to_chars(out, out + kLongestNumber, number).ptr;
  }
  return out;
}

void add_generate(Registry& registry) {
  using O = GenerateOptions;
  registry.add<Generate, O>("generate", "Makes records of a web server's access log, or of text")
      .optional("count", &O::count, "how many records; endless without")
      .min(&O::count, std::optional<std::int64_t>(0))
      .optional("rate", &O::rate, "how fast at most, such as 100/s; as fast as possible without")
      .optional("seed", &O::seed, "another seed gives another access log")
      .optional("format", &O::format,
                "the access log as fields (time, ip, method, path, status, bytes, ms, agent), as "
                "lines of NDJSON, or text as the option 'text' says")
      .optional("text", &O::text, "with format text: each record's text, {n} is its number from 0")
      .kinds([](const O& o) {
        const bool fields = o.format == GenerateFormat::fields;
        return Kinds{.gives_text = !fields, .gives_fields = fields};
      })
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: ndjson }
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
