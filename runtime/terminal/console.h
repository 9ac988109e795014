#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "graph/flow/sync/mutex.h"

namespace weir::cli {

/// The meaning of a text for its reader; shown as a colour where there are colours.
enum class Tone { plain, strong, faint, good, warn, bad };

/// Standard error, shared by logs, the live line, diagnostics and the report. The live line stays
/// last: all other text is written above it. Thread-safe.
class Console {
 public:
  Console();

  /// Writes whole lines.
  void write(std::string_view text);
  /// Shows `text` as the live line in place of the previous one; empty: shows none.
  void live(std::string_view text);

  bool is_terminal() const { return terminal_; }
  bool colours() const { return colours_; }
  /// Returns the terminal's width in columns; 100 if there is no terminal.
  std::size_t width() const;

  /// Returns `text` in the colour of its tone, or unchanged if there are no colours.
  std::string paint(Tone tone, std::string_view text) const;

 private:
  void clear_live(std::string& bytes) WEIR_REQUIRES(mutex_);

  bool terminal_;
  bool colours_;
  flow::Mutex mutex_;
  bool live_shown_ WEIR_GUARDED_BY(mutex_) = false;
  std::string live_ WEIR_GUARDED_BY(mutex_);
};

/// Writes all of `bytes`, in as many pieces as it takes, also if `fd` is non-blocking. Returns 0,
/// or the errno of the failure.
int write_all(int fd, std::string_view bytes);

/// Returns whether standard output is a terminal.
bool stdout_is_terminal();
/// Returns the width of the terminal at `fd` in columns; 100 if there is no terminal.
std::size_t terminal_width(int fd);
/// Returns `text` in the colour of its tone if `colours` is true, else unchanged.
std::string painted(bool colours, Tone tone, std::string_view text);
/// Returns whether output to `fd` gets colours: only on a terminal, and not with NO_COLOR or
/// TERM=dumb.
bool wants_colours(int fd);

}  // namespace weir::cli
