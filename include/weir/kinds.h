#pragma once

namespace weir {

/// What a stage needs of its records and what it does to them; checked along every edge before
/// anything runs. A stage that needs and changes nothing passes everything on (`filter`).
struct Kinds {
  bool needs_text = false;      ///< Works on the text.
  bool needs_fields = false;    ///< Works on fields.
  bool gives_text = false;      ///< Makes the text, anew and up to date.
  bool gives_fields = false;    ///< Makes fields, from the text.
  bool changes_fields = false;  ///< The text, if any, no longer says what the fields say.
  bool drops_fields = false;    ///< What goes on has no fields.
};

/// How the stage wants the text that it reads to be cut, for a source whose framing is `auto`.
struct Framing {
  enum class Unit { any, lines, csv, file } unit = Unit::any;
  bool header = false;  ///< csv: the first record of each part is its header, not a record.
  char delimiter = 0;   ///< csv: what stands between fields; 0: not known.
};

}  // namespace weir
