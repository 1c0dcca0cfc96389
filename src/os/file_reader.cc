#include "os/file_reader.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>

#include "os/bus_errors.h"
#include "os/machine.h"
#include "os/ring_reader.h"

namespace headrace {
inline namespace v0 {
namespace {

class PlainReader : public FileReader {
 public:
  Result<int64_t> ReadAt(const InputFile& file, int64_t offset, void* to, int64_t num_bytes) override {
    return file.ReadAt(offset, to, num_bytes);
  }
};

// Maps what is asked for, and no more: mapped pages count as the process's memory. The text is copied out, since the
// parser needs zeros around it, and a page that others may change or take away is no place to parse in.
class MappedReader : public FileReader {
 public:
  Result<int64_t> ReadAt(const InputFile& file, int64_t offset, void* to, int64_t num_bytes) override {
    struct stat now;
    if (fstat(file.fd(), &now) != 0) return SystemError(errno, "cannot read", file.path());
    const int64_t size = std::clamp<int64_t>(now.st_size - offset, 0, num_bytes);
    if (size == 0) return 0;
    const int64_t before = offset % page_bytes_;
    const auto length = static_cast<size_t>(before + size);
    void* mapped = mmap(nullptr, length, PROT_READ, MAP_SHARED | kPopulate, file.fd(), offset - before);
    if (mapped == MAP_FAILED) return file.ReadAt(offset, to, num_bytes);
    const bool copied = CopyFromMapping(to, static_cast<const char*>(mapped) + before, static_cast<size_t>(size));
    munmap(mapped, length);
    // Cut off meanwhile: what is left of it is read, as short as it is.
    return copied ? size : file.ReadAt(offset, to, num_bytes);
  }

 private:
#ifdef MAP_POPULATE
  static constexpr int kPopulate = MAP_POPULATE;
#else
  static constexpr int kPopulate = 0;
#endif
  const int64_t page_bytes_ = PageBytes();
};

}  // namespace

std::unique_ptr<FileReader> MakeFileReader(Io io) {
  if (!WhyNot(io).empty()) return std::make_unique<PlainReader>();
  if (io == Io::kMmap) return std::make_unique<MappedReader>();
  if (io == Io::kUring) return MakeRingReader();
  return std::make_unique<PlainReader>();
}

std::string WhyNot(Io io) {
  if (io == Io::kUring) return WhyNoRing();
  if (io == Io::kMmap && !CatchesBusErrors())
    return "this program does not catch SIGBUS, which a file that shrinks raises";
  return "";
}

}  // namespace v0
}  // namespace headrace
