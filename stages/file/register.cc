#include "stages/builtin.h"
#include "stages/file/file_buffers.h"
#include "stages/file/file_read.h"
#include "stages/file/file_write.h"

namespace weir::stages::file {
namespace {

void add_file_read(Registry& registry) {
  using file::FileRead;
  using O = file::FileReadOptions;
  registry.add<FileRead, O>("file.read", "Reads files or stdin, a record for each line")
      .required("path", &O::path, "a path, a list of paths, globs, or '-' for stdin")
      .optional("exclude", &O::exclude,
                "globs of files that 'path' names and that are not read: compared with the name, "
                "or, with a slash in it, with the whole path")
      .optional(
          "framing", &O::framing,
          "what a record is: a line, a row of csv, a whole file, a JSON value, an element of a "
          "JSON array; auto is what the next stage needs; a map says it in other ways")
      .optional("header", &O::header,
                "with framing csv: the first row of each file is its header and no record; what "
                "the next stage needs, without")
      .optional("max_record", &O::max_record,
                "a longer record is an error of kind too_long; limits.record without")
      .optional("compression", &O::compression,
                "auto undoes gzip, zstd, xz, bzip2 and lz4, known by a file's first bytes; none "
                "reads the bytes as they are")
      .optional("encoding", &O::encoding,
                "of the files; auto: UTF-16 where a byte order mark says so, else UTF-8. Records "
                "are UTF-8")
      .optional("on_invalid", &O::on_invalid,
                "what becomes of bytes that are none of the encoding: themselves, U+FFFD, or an "
                "error of kind encoding; keep without for UTF-8, else error")
      .optional("streams", &O::streams,
                "per_file: each file, 64 at most, is read at the same time as the others and goes "
                "through stages of its own, down to one with a single input and 'merge', which "
                "makes them one stream again; one: a file after the other")
      .was("delimiter", "write 'framing: { delimiter: ... }'")
      .was("max_line", "it is 'max_record'")
      .optional("follow", &O::follow,
                "read on as files grow, and those that come, under whatever names they get, until "
                "the run is told to stop")
      .optional("start", &O::start,
                "with follow: where files are read from that are there at the start; begin without")
      .optional("scan", &O::scan,
                "with follow: how often globs are looked at, and files of which the kernel does "
                "not tell; 1s without")
      .min(&O::scan, std::chrono::milliseconds(100))
      .optional("rotate_wait", &O::rotate_wait,
                "with follow: a file that was renamed or deleted ends when so long nothing has "
                "come; 5s without")
      .kinds({.gives_text = true})
      .set_framing(file::set_framing)
      .streams(file::split_streams)
      .positional("path")
      .example(R"(stages:
  - uses: file.read
    with:
      path: samples/data/access.ndjson
  - uses: file.write
    with: { path: "-" }
)");
}

void add_file_write(Registry& registry) {
  using file::FileWrite;
  using O = file::FileWriteOptions;
  registry.add<FileWrite, O>("file.write", "Writes the text of records to a file or stdout")
      .required(
          "path", &O::path,
          "where to, '-' for stdout; it is PATH.partial until the run has ended well, and one "
          "that an earlier run left there is kept as PATH.partial.1; a '{field}' in it fills a "
          "part "
          "of one name, and makes a file for each")
      .optional(
          "append", &O::append,
          "write behind what the file holds, under its own name at once; half a record at its "
          "end, of a run that was killed, goes to PATH.torn first")
      .optional("max_open", &O::max_open,
                "of a path with fields: how many files are open at the same time; one that is "
                "closed goes on when it is written again")
      .min(&O::max_open, 1)
      .max(&O::max_open, 10'000)
      .optional("max_files", &O::max_files,
                "of a path with fields: one file more is an error of kind too_many_files")
      .min(&O::max_files, 1)
      .max(&O::max_files, FileBuffers::kMost)
      .optional("delimiter", &O::delimiter, "written behind each record")
      .optional("bom", &O::bom, "begins a file that is empty with the byte order mark of UTF-8")
      .optional("compression", &O::compression, "auto goes by the extension, .gz or .zst")
      .kinds({.needs_text = true})
      .set_framing(file::set_written)
      .positional("path")
      .example(R"(stages:
  - uses: generate
    with: { count: 3, format: ndjson }
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace

}  // namespace weir::stages::file

namespace weir::stages {

void add_file_stages(Registry& registry) {
  using namespace file;
  add_file_read(registry);
  add_file_write(registry);
}

}  // namespace weir::stages
