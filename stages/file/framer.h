#pragma once

#include <cstddef>
#include <string_view>

#include "stages/file/rules.h"

namespace weir::file {

/// Finds where records end. Remembers how far it has looked, so that a long record that arrives in
/// pieces is looked through once.
class Framer {
 public:
  explicit Framer(const Rules& rules) : rules_(rules) {}

  struct Cut {
    std::size_t size = 0;  ///< Of the text.
    std::size_t next = 0;  ///< Where the next record begins.
  };
  /// `bytes` begins with a record: the same one, grown, as in the last call, if that returned
  /// false. False if it does not end in them.
  bool find(std::string_view bytes, Cut& cut);

  /// The next `find` begins with a record, whatever the last one saw.
  void restart();

  /// How many bytes at the front of the record need not be seen again, and: they are gone.
  std::size_t droppable() const { return looked_at_ > 1 ? looked_at_ - 1 : 0; }
  void dropped(std::size_t size) { looked_at_ -= size; }

 private:
  std::size_t find_delimiter(std::string_view bytes);
  std::size_t find_csv_end(std::string_view bytes);

  const Rules& rules_;
  std::size_t looked_at_ = 0;
  bool quoted_ = false;  ///< csv: inside quotes at `looked_at_`.
};

}  // namespace weir::file
