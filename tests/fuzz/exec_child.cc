// The child of the exec target: answers each line with "=" and the line, and misbehaves as its
// argument says, a character for each line. What it writes for one line is one write.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace {

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written <= 0) std::_Exit(0);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Whether the child goes on.
bool answer(char how, const std::string& line) {
  const std::string text = "=" + line + "\n";
  switch (how) {
    case 'p':  // in pieces
      write_all(1, text.substr(0, text.size() / 2));
      write_all(1, text.substr(text.size() / 2));
      return true;
    case 'j':  // and another line
      write_all(1, text + "junk\n");
      return true;
    case 'h':  // and half of one
      write_all(1, text + "junk");
      return true;
    case 'x':
      write_all(1, text);
      return false;
    case 'n':
      return false;
    case 'u':  // an answer that does not end
      write_all(1, text.substr(0, text.size() - 1));
      return false;
    case 'c':
      close(1);
      return true;
    case 'e':
      write_all(2, "noise\n");
      write_all(1, text);
      return true;
    default:
      write_all(1, text);
      return true;
  }
}

}  // namespace

int main(int count, char** words) {
  const std::string_view script = count > 1 ? words[1] : "";
  std::string line;
  for (std::size_t i = 0; std::getline(std::cin, line); ++i) {
    if (!answer(i < script.size() ? script[i] : '.', line)) return 3;
  }
}
