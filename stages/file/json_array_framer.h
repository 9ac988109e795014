#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/json_scanner.h"
#include "stages/file/rules.h"
#include "stages/file/unit_framer.h"
#include "weir/in_quotes.h"

namespace weir::stages::file {

/// Finds the elements of one array of a JSON document: the document itself, or the one that a path
/// of names leads to. No more than an element is held. Other members are passed in the pieces in
/// which they come. What is wrong with the document ends it.
class JsonArrayFramer final : public UnitFramer {
 public:
  explicit JsonArrayFramer(const Rules& rules) : path_(rules.path), shown_(rules.path_shown) {}

  bool find(std::string_view bytes, Cut& cut, bool all) override;
  void restart() override;
  std::size_t droppable() const override { return looked_at_ > 0 ? looked_at_ - 1 : 0; }
  void dropped(std::size_t size) override { looked_at_ -= size; }
  void taken(const Cut& cut) override;

 private:
  enum class Phase : std::uint8_t {
    value,         ///< Before the document, or the member that the path names.
    name,          ///< In an object of the path, before a member's name.
    long_name,     ///< In a name that is longer than the one of the path.
    colon,         ///< Behind a name.
    member_begin,  ///< Before the value of another member.
    member,        ///< In it.
    member_end,    ///< Behind it.
    first,         ///< Behind `[`.
    before,        ///< Behind a comma of the array.
    element,       ///< In an element.
    separator,     ///< Behind it.
    closing,       ///< Behind the array, in the objects of the path.
    behind,        ///< Behind the document.
    broken,        ///< Before the byte of an error.
    lost           ///< Behind an error.
  };

  bool pass(std::string_view bytes, Cut& cut, bool all);
  bool find_element(std::string_view bytes, Cut& cut, bool all);
  bool look(std::string_view bytes, Cut& cut, bool all);
  bool look_at_name(std::string_view bytes, Cut& cut, bool all);
  bool enter(std::string_view bytes, Cut& cut);
  bool nothing(std::size_t size, Phase phase, Cut& cut);
  bool error(std::size_t size, std::string problem, Cut& cut);
  bool unexpected(std::string_view expected, std::string_view bytes, Cut& cut);
  bool missing_array(Cut& cut) { return error(1, "missing array " + in_quotes(shown_), cut); }
  std::string_view expected() const;
  void start_scan(Phase phase);

  const std::vector<std::string>& path_;
  const std::string& shown_;
  JsonScanner scanner_;
  Phase phase_ = Phase::value;
  Phase front_ = Phase::value;  ///< The phase at the front of the bytes.
  std::size_t level_ = 0;       ///< The number of names of the path that were found.
  bool named_ = false;          ///< True if the member at hand is the next one of the path.
  std::size_t looked_at_ = 0;
};

}  // namespace weir::stages::file
