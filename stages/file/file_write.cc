#include "stages/file/file_write.h"

#include <algorithm>

#include "stages/file/bom.h"
#include "stages/file/glob.h"
#include "stages/file/path_check.h"
#include "weir/in_quotes.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kGather = std::size_t{256} * 1024;
/// A text of at least this size is written from where it is.
constexpr std::size_t kDirect = std::size_t{64} * 1024;
constexpr std::size_t kEncoded = std::size_t{128} * 1024;

Codec codec_of(const FileWriteOptions& options) {
  switch (options.compression) {
    case Compression::none:
      return Codec::none;
    case Compression::gzip:
      return Codec::gzip;
    case Compression::zstd:
      return Codec::zstd;
    case Compression::automatic:
      break;
  }
  const std::string& path = options.path.likeness();
  if (path.ends_with(".gz")) return Codec::gzip;
  return path.ends_with(".zst") ? Codec::zstd : Codec::none;
}

/// Returns a pattern of all paths that the template may become.
std::string glob_of(const Template& path) {
  std::string glob;
  for (const Template::Piece& piece : path.pieces()) {
    for (const char c : piece.literal) {
      if (std::string_view("*?[\\").find(c) != std::string_view::npos) glob += '\\';
      glob += c;
    }
    if (piece.reads() && !glob.ends_with('*')) glob += '*';  // Two would be any folders.
  }
  return glob;
}

}  // namespace

void set_written(FileWriteOptions& options, const Framing& framing) { options.written = framing; }

FileWrite::FileWrite(const FileWriteOptions& options)
    : options_(options), file_(options.path.path(), options.append), codec_(codec_of(options)) {
  const std::string& path = options.path.likeness();
  if (path.empty()) throw OptionError("path", "expected a path, got empty text");
  check_output_path(path);
  if (options.compression == Compression::automatic) check_extension(path);
  if (!options.path.has_fields()) return;
  if (path.ends_with('/')) {
    throw OptionError(
        "path", "expected the name of a file, got " + in_quotes(options.path.pattern().source()));
  }
  keyed_ = std::make_unique<KeyedFiles>(KeyedWriting{
      options.path, options.append, options.delimiter, codec_, options.bom, options.written,
      static_cast<std::size_t>(options.max_open), static_cast<std::size_t>(options.max_files)});
}

std::vector<FileUse> FileWrite::files() const {
  if (!keyed_) return file_.files();
  std::vector<FileUse> uses;
  const Template& path = options_.path.pattern();
  for (const Listing::Entry& entry : expand_glob(glob_of(path), Exclusions({})).entries) {
    if (entry.error != 0) continue;
    uses.push_back({FileUse::Way::may_write, entry.path, std::nullopt, path.source()});
  }
  return uses;
}

void FileWrite::open(Context& context) {
  if (keyed_) return keyed_->open(context, window_);
  record_limit_ = context.record_limit();
  const Framing& written = options_.written;
  const bool csv = written.unit == Framing::Unit::csv && written.quote != '\0';
  const std::string said = file_.open(
      {options_.delimiter, csv, codec_, record_limit_, window_, written.delimiter, written.quote});
  if (!said.empty()) context.log(LogLevel::warning, said);
  encoder_ = make_encoder(codec_);
  if (encoder_) encoded_.resize(kEncoded);
  gathered_.reserve(kGather + kDirect + options_.delimiter.size());
  if (options_.bom) begin_file();
}

/// Writes what comes before the first record of a file.
void FileWrite::begin_file() {
  if (file_.is_empty() && !deliver(kBom, false)) throw Error("io", file_.problem());
}

void FileWrite::write(Batch& batch) {
  if (keyed_) return keyed_->write(batch);
  ends_.clear();
  gathered_.clear();
  put_ = written_ = 0;
  bool good = !broken_;
  for (std::size_t i = 0; good && i < batch.size(); ++i) {
    const Record record = batch[i];
    if (record.data().state != detail::RecordState::live) continue;
    good = put(record.text()) && put(options_.delimiter);
    ends_.push_back(put_);
  }
  if (!good || !flush()) fail_unwritten(batch);
}

bool FileWrite::put(std::string_view bytes) {
  put_ += bytes.size();
  if (bytes.size() >= kDirect) return flush() && deliver(bytes, false);
  gathered_ += bytes;
  return gathered_.size() < kGather || flush();
}

bool FileWrite::flush() {
  if (gathered_.empty()) return true;
  const bool good = deliver(gathered_, false);
  gathered_.clear();
  return good;
}

/// Writes bytes, or what the compressor makes of them. Returns false if not all could be written.
bool FileWrite::deliver(std::string_view bytes, bool finish) {
  if (!encoder_) {
    const std::size_t done = file_.write(bytes);
    written_ += done;
    return done == bytes.size();
  }
  for (;;) {
    const std::size_t size = encoder_->encode(bytes, encoded_, finish);
    if (file_.write({encoded_.data(), size}) < size) {
      broken_ = true;
      return false;
    }
    if (bytes.empty() && size < encoded_.size()) return true;
  }
}

/// Fails the records that are not wholly in the file, and cuts the torn one off. It is unknown
/// which records of a batch a compressed file holds, so all of them fail. Where only the reader is
/// gone, they are dropped instead.
void FileWrite::fail_unwritten(Batch& batch) {
  const auto whole =
      encoder_ ? ends_.begin() : std::upper_bound(ends_.begin(), ends_.end(), written_);
  if (!encoder_) file_.take_back(written_ - (whole == ends_.begin() ? 0 : whole[-1]));
  auto left = static_cast<std::size_t>(whole - ends_.begin());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Record record = batch[i];
    if (record.data().state != detail::RecordState::live) continue;
    if (left > 0) {
      --left;
      continue;
    }
    record.arena().set_budget(record_limit_);
    if (file_.reader_gone()) {
      record.drop();
    } else {
      record.fail("io", file_.problem());
    }
  }
}

/// Ends the compressed stream, so that what is there can be read.
bool FileWrite::finish() {
  if (!encoder_ || finished_) return true;
  finished_ = true;
  return !broken_ && deliver({}, true);
}

void FileWrite::commit() {
  if (keyed_) return keyed_->commit();
  if (!finish() && !file_.reader_gone()) throw Error("io", file_.problem());
  file_.commit();
}

void FileWrite::close() {
  if (keyed_) return keyed_->close();
  if (finish()) encoder_.reset();
  file_.close();
}

}  // namespace weir::stages::file
