#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace weir {

/// What a text is to its reader; shown as a colour where there are colours.
enum class Tone { plain, strong, faint, good, warn, bad };

/// Standard error, shared by logs, the live line, diagnostics and the report. The live line stays
/// the last one: what else is written goes above it. Any thread.
class Console {
 public:
  Console();

  /// Writes whole lines.
  void write(std::string_view text);
  /// Shows `text` as the live line, in place of the one before; empty: none.
  void live(std::string_view text);

  bool is_terminal() const { return terminal_; }
  bool colours() const { return colours_; }
  /// Columns of the terminal; 100 where there is none.
  std::size_t width() const;

  /// `text` in the colour of its tone, or as it is.
  std::string paint(Tone tone, std::string_view text) const;

 private:
  void clear_live(std::string& bytes);

  bool terminal_;
  bool colours_;
  std::mutex mutex_;
  bool live_shown_ = false;
  std::string live_;
};

/// The same for standard output: whether it takes colours (`weir list`, `weir describe`).
bool stdout_is_terminal();
/// Columns of the terminal at `fd`; 100 where there is none.
std::size_t terminal_width(int fd);
/// `text` in the colour of its tone if `colours`, else as it is.
std::string painted(bool colours, Tone tone, std::string_view text);
/// Whether output to the terminal `fd` is to have colours: not with NO_COLOR or TERM=dumb.
bool wants_colours(int fd);

}  // namespace weir
