#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "stages/file/cut.h"

namespace weir::stages::file {

/// Finds where records end, by rules that take more than a delimiter.
class UnitFramer {
 public:
  UnitFramer() = default;
  virtual ~UnitFramer() = default;
  UnitFramer(const UnitFramer&) = delete;
  UnitFramer& operator=(const UnitFramer&) = delete;

  /// These are as in `Framer`, except that `find` also tells what belongs to no record, and what
  /// follows the last record if the bytes are `all`.
  virtual bool find(std::string_view bytes, Cut& cut, bool all) = 0;
  virtual void restart() = 0;
  virtual std::size_t droppable() const = 0;
  virtual void dropped(std::size_t size) = 0;

  /// Says that the bytes up to the end of this cut are gone. What is no record is taken before
  /// anything else is looked for.
  virtual void taken(const Cut& /*cut*/) {}
  /// Returns what is wrong with the last cut, an error.
  virtual const std::string& problem() const { return problem_; }

 protected:
  std::string problem_;
};

}  // namespace weir::stages::file
