#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stages/file/json_scanner.h"
#include "stages/file/unit_framer.h"

namespace weir::stages::file {

/// Finds JSON values that follow each other, with blanks between them or without. A broken one is
/// an error, and reading goes on with the next line that begins with `{` or `[`, from the byte on
/// that does not fit: so nothing is looked at twice.
class JsonFramer final : public UnitFramer {
 public:
  bool find(std::string_view bytes, Cut& cut, bool all) override;
  void restart() override;
  std::size_t droppable() const override { return looked_at_ > 0 ? looked_at_ - 1 : 0; }
  void dropped(std::size_t size) override { looked_at_ -= size; }
  void taken(const Cut& cut) override;

 private:
  enum class Phase : std::uint8_t {
    between,  ///< Before a value.
    value,    ///< In one.
    inside,   ///< Behind one that was broken, inside of a line.
    line,     ///< The same at the beginning of a line.
  };

  bool find_value(std::string_view bytes, Cut& cut, bool all);
  bool find_line(std::string_view bytes, Cut& cut);
  void broken(std::string_view bytes, std::string_view expected, Cut& cut);

  JsonScanner scanner_;
  Phase phase_ = Phase::between;
  Phase front_ = Phase::between;  ///< The phase at the front of the bytes.
  std::size_t looked_at_ = 0;
};

/// Returns the size of the blanks at the front of some bytes.
std::size_t blanks_of(std::string_view bytes);

/// Returns how a message shows the byte at `at`, or the end.
std::string got(std::string_view bytes, std::size_t at);

}  // namespace weir::stages::file
