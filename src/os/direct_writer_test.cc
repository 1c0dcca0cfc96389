#include "os/direct_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "os/atomic_file.h"
#include "os/crc32c.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBlock = DirectWriter::kBlockBytes;

// A folder on whatever disk the tests run from, and one in memory, where there may be no direct writes.
class DirectWriterTest : public testing::TestWithParam<const char*> {
 protected:
  DirectWriterTest() : folder_(fs::path(GetParam()) / ("headrace-direct-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    path_ = (folder_ / "x").string();
    fd_ = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  ~DirectWriterTest() override {
    if (fd_ >= 0) close(fd_);
    fs::remove_all(folder_);
  }

  static std::string Noise(int64_t size) {
    std::string text(static_cast<size_t>(size), '\0');
    std::mt19937_64 random(static_cast<uint64_t>(size));
    for (char& c : text) c = static_cast<char>(random());
    return text;
  }

  static std::string Contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  const fs::path folder_;
  std::string path_;
  int fd_ = -1;
};

TEST_P(DirectWriterTest, WritesWhatItIsGivenAndNoMore) {
  for (const int64_t size : {int64_t{0}, int64_t{1}, kBlock - 1, kBlock, kBlock + 1, 3 * kBlock, 5 * kBlock + 4097}) {
    for (const int64_t part : {int64_t{1000}, kBlock / 3 + 1, 7 * kBlock}) {
      ASSERT_EQ(ftruncate(fd_, 0), 0);
      const std::string text = Noise(size);
      DirectWriter writer(fd_, path_);
      for (int64_t at = 0; at < size; at += part) {
        ASSERT_TRUE(writer.Write(text.data() + at, std::min(part, size - at)).ok());
      }
      ASSERT_TRUE(writer.Finish().ok());
      EXPECT_TRUE(Contents(path_) == text) << size << " in parts of " << part;
      EXPECT_EQ(lseek(fd_, 0, SEEK_CUR), size) << "who writes more writes behind it";
      EXPECT_EQ(write(fd_, "more", 4), 4) << "as usual, whatever its size";
    }
  }
}

TEST_P(DirectWriterTest, AFailureIsToldAtTheLatestAtTheEnd) {
  const auto before = signal(SIGXFSZ, SIG_IGN);
  rlimit limit, small{static_cast<rlim_t>(2 * kBlock + 8192), RLIM_INFINITY};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  small.rlim_max = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string text = Noise(kBlock);
  Status status;
  {
    DirectWriter writer(fd_, path_);
    for (int i = 0; i < 20 && status.ok(); i++) status = writer.Write(text.data(), kBlock);
    EXPECT_EQ(writer.Finish(), status) << "it stays";
  }
  DirectWriter late(fd_, path_);  // three blocks: nobody asks before the end
  for (int i = 0; i < 3; i++) status &= late.Write(text.data(), kBlock);
  const Status at_end = late.Finish();
  setrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, before);
  for (const Status& told : {status, at_end}) {
    EXPECT_TRUE(told.IsIOError());
    EXPECT_NE(told.message().find(path_), std::string::npos) << told.ToString();
  }
}

TEST_P(DirectWriterTest, WhatIsDroppedInTheMiddleEnds) {
  const std::string text = Noise(kBlock);
  for (int i = 0; i < 20; i++) {
    DirectWriter writer(fd_, path_);
    for (int block = 0; block < i % 5; block++) ASSERT_TRUE(writer.Write(text.data(), kBlock - i).ok());
  }
}

TEST_P(DirectWriterTest, AnAtomicFileIsTheSameEitherWay) {
  const std::string text = Noise(3 * kBlock + 12'345);
  for (const bool direct : {false, true}) {
    const std::string path = (folder_ / (direct ? "direct" : "buffered")).string();
    auto file = AtomicFile::Create(path, false, direct).ValueOrDie();
    for (size_t at = 0; at < text.size(); at += 999'999) {
      const std::string part = text.substr(at, 999'999);
      ASSERT_TRUE(file->Write(part.data(), static_cast<int64_t>(part.size())).ok());
    }
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(file->Publish().ok());
    EXPECT_EQ(file->crc32c(), Crc32c(0, text.data(), text.size()));
    EXPECT_TRUE(Contents(path) == text);
  }
}

INSTANTIATE_TEST_SUITE_P(Places, DirectWriterTest, testing::Values(".", "/dev/shm"));

}  // namespace
}  // namespace v0
}  // namespace headrace
