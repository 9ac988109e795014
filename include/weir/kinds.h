#pragma once

#include <string>

namespace weir {

/// The needs and effects of a stage with regard to text and fields. The compiler checks them along
/// every edge before anything runs. A stage that needs and changes nothing passes everything on
/// (`filter`).
struct Kinds {
  bool needs_text = false;      ///< Works on the text.
  bool needs_fields = false;    ///< Works on fields.
  bool gives_text = false;      ///< Makes the text anew, up to date with the fields.
  bool gives_fields = false;    ///< Makes fields from the text.
  bool changes_fields = false;  ///< Changes fields, so that the text, if any, is out of date.
  bool drops_fields = false;    ///< Emits records without fields.
  bool names_text = false;      ///< Reads the text by its name, even if it is out of date.
  bool names_line = false;      ///< Reads the line (Record::line).
};

/// The way in which a stage wants the text that it reads to be cut; used by a source whose framing
/// is `auto`.
struct Framing {
  enum class Unit { any, lines, csv, file } unit = Unit::any;
  bool header = false;  ///< csv: the first record of each part is its header.
  char delimiter = 0;   ///< csv: the character between fields; 0 if not known.
  /// csv: the first row of each part says the delimiter; the source tells it as Part::delimiter.
  bool find_delimiter = false;
  char quote = '"';          ///< csv: the character around fields; 0: none, so that rows are lines.
  std::string comment = {};  ///< csv: a row that begins so is a comment; empty: none is.
  bool lines = false;  ///< For a source: some stage of the pipeline reads the lines of records.
};

}  // namespace weir
