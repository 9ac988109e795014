#include "runtime/process/elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

namespace weir::cli {
namespace {

/// An open file, read at offsets that the file itself names.
class Bytes {
 public:
  explicit Bytes(const std::filesystem::path& file)
      : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat info {};
    if (fd_ >= 0 && ::fstat(fd_, &info) == 0) size_ = static_cast<std::uint64_t>(info.st_size);
  }
  ~Bytes() {
    if (fd_ >= 0) ::close(fd_);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  std::uint64_t size() const { return size_; }
  bool has(std::uint64_t offset, std::uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }
  bool read(std::uint64_t offset, void* to, std::size_t size) const {
    if (!has(offset, size)) return false;
    ssize_t got = 0;
    do {
      got = ::pread(fd_, to, size, static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(size);
  }

 private:
  int fd_;
  std::uint64_t size_ = 0;
};

/// Returns whether the file contains all parts that its headers of type `Header` name; `part`
/// returns the offset and size in a header.
template <class Header, class Part>
bool all_there(const Bytes& bytes, std::uint64_t at, unsigned count, Part part) {
  for (unsigned i = 0; i < count; ++i) {
    Header header;
    if (!bytes.read(at + i * sizeof header, &header, sizeof header)) return false;
    const auto [offset, size] = part(header);
    if (!bytes.has(offset, size)) return false;
  }
  return true;
}

using Part = std::pair<std::uint64_t, std::uint64_t>;

}  // namespace

std::string elf_problem(const std::filesystem::path& file) {
  const Bytes bytes(file);
  Elf64_Ehdr head;
  if (!bytes.read(0, &head, sizeof head)) return {};
  if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return {};
  if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_phentsize != sizeof(Elf64_Phdr)) return {};
  const bool segments =
      all_there<Elf64_Phdr>(bytes, head.e_phoff, head.e_phnum, [](const Elf64_Phdr& h) {
        return h.p_type == PT_NULL ? Part() : Part(h.p_offset, h.p_filesz);
      });
  // A library without sections works. One whose headers name sections beyond its end was cut off.
  const bool sections =
      head.e_shentsize != sizeof(Elf64_Shdr) ||
      all_there<Elf64_Shdr>(bytes, head.e_shoff, head.e_shnum, [](const Elf64_Shdr& h) {
        return h.sh_type == SHT_NOBITS || h.sh_type == SHT_NULL ? Part()
                                                                : Part(h.sh_offset, h.sh_size);
      });
  if (segments && sections) return {};
  return "the file is cut off: it has " + std::to_string(bytes.size()) +
         " bytes, and its headers name more";
}

}  // namespace weir::cli
