#include "os/file_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "os/bus_errors.h"
#include "os/machine.h"
#include "os/prefetcher.h"

namespace headrace {
inline namespace v0 {
namespace {

class FileReaderTest : public testing::TestWithParam<Io> {
 protected:
  void SetUp() override {
    CatchBusErrors();
    path_ = testing::TempDir() + "headrace-reader-XXXXXX";
    fd_ = mkstemp(path_.data());
    std::mt19937_64 random(7);
    text_.resize((3 << 20) + 4321);
    for (char& byte : text_) byte = static_cast<char>(random());
    ASSERT_EQ(write(fd_, text_.data(), text_.size()), static_cast<ssize_t>(text_.size()));
    file_ = *InputFile::Open(path_);
  }
  void TearDown() override {
    close(fd_);
    unlink(path_.c_str());
  }

  std::string Read(int64_t offset, int64_t num_bytes) {
    std::string got(static_cast<size_t>(num_bytes) + 1, '#');
    const auto size = reader_->ReadAt(*file_, offset, got.data(), num_bytes);
    EXPECT_TRUE(size.ok()) << size.status().ToString();
    EXPECT_EQ(got.back(), '#') << "wrote behind its end";
    got.resize(static_cast<size_t>(*size));
    return got;
  }

  std::string path_, text_;
  int fd_ = -1;
  std::unique_ptr<InputFile> file_;
  const std::unique_ptr<FileReader> reader_ = MakeFileReader(GetParam());
};

TEST_P(FileReaderTest, GivesTheBytesOfAnyPlace) {
  const auto size = static_cast<int64_t>(text_.size());
  for (const int64_t offset :
       {int64_t{0}, int64_t{1}, int64_t{4095}, int64_t{4096}, int64_t{1} << 20, size - 1, size}) {
    for (const int64_t num_bytes : {int64_t{0}, int64_t{1}, int64_t{4097}, int64_t{1} << 20, int64_t{4} << 20}) {
      EXPECT_EQ(Read(offset, num_bytes), text_.substr(static_cast<size_t>(offset), static_cast<size_t>(num_bytes)))
          << offset << " " << num_bytes;
    }
  }
  EXPECT_EQ(Read(size + 5000, 100), "");
}

TEST_P(FileReaderTest, AnotherFileUnderItsNameIsNotRead) {
  EXPECT_EQ(Read(0, 100), text_.substr(0, 100));
  const std::string other = path_ + "-other";
  const int fd = open(other.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  ASSERT_EQ(write(fd, "other", 5), 5);
  close(fd);
  ASSERT_EQ(rename(other.c_str(), path_.c_str()), 0);
  for (const size_t offset : {size_t{100}, size_t{200}, size_t{2} << 20}) {
    EXPECT_EQ(Read(static_cast<int64_t>(offset), 100), text_.substr(offset, 100));
  }
}

TEST_P(FileReaderTest, FilesInTurnAreKeptApart) {
  const auto first = std::move(file_);
  const std::string path = path_ + "-second";
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  ASSERT_EQ(write(fd, text_.data() + 1, 100'000), 100'000);
  close(fd);
  auto second = *InputFile::Open(path);
  for (int turn = 0; turn < 6; turn++) {
    const size_t shift = turn / 3 % 2 == 0 ? 0 : 1;
    auto& one = shift == 0 ? first : second;
    std::string got(1000, '#');
    ASSERT_EQ(*reader_->ReadAt(*one, turn * 1000, got.data(), 1000), 1000);
    EXPECT_EQ(got, text_.substr(static_cast<size_t>(turn) * 1000 + shift, 1000)) << turn;
  }
  unlink(path.c_str());
}

TEST_P(FileReaderTest, AFileThatWasCutOffEndsWhereItEnds) {
  ASSERT_EQ(ftruncate(fd_, 700'001), 0);
  EXPECT_EQ(Read(0, 1 << 20), text_.substr(0, 700'001));
  EXPECT_EQ(Read(1 << 20, 1 << 20), "");
}

TEST_P(FileReaderTest, AFaultOfTheSystemIsOne) {
  file_ = *InputFile::Open(testing::TempDir());  // a folder
  char byte = 0;
  EXPECT_FALSE(reader_->ReadAt(*file_, 0, &byte, 1).ok());
}

INSTANTIATE_TEST_SUITE_P(Ways, FileReaderTest, testing::Values(Io::kRead, Io::kMmap, Io::kUring),
                         [](const auto& info) { return std::string(IoName(info.param)); });

TEST(BusErrors, ACopyFromAMappingThatShrankSaysSo) {
  CatchBusErrors();
  std::string path = testing::TempDir() + "headrace-mapping-XXXXXX";
  const int fd = mkstemp(path.data());
  unlink(path.c_str());
  const auto page = static_cast<size_t>(PageBytes());
  ASSERT_EQ(ftruncate(fd, static_cast<off_t>(4 * page)), 0);
  void* mapped = mmap(nullptr, 4 * page, PROT_READ, MAP_SHARED, fd, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  std::string to(4 * page, '#');
  EXPECT_TRUE(CopyFromMapping(to.data(), mapped, 4 * page));
  EXPECT_EQ(to, std::string(4 * page, '\0'));
  ASSERT_EQ(ftruncate(fd, static_cast<off_t>(page)), 0);
  for (int i = 0; i < 3; i++) EXPECT_FALSE(CopyFromMapping(to.data(), mapped, 4 * page));
  EXPECT_TRUE(CopyFromMapping(to.data(), mapped, page));
  munmap(mapped, 4 * page);
  close(fd);
}

TEST(BusErrors, EndTheProcessElsewhere) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        CatchBusErrors();
        raise(SIGBUS);
        raise(SIGBUS);  // the first one gave the signal its own way back
      },
      testing::KilledBySignal(SIGBUS), "");
}

TEST(Prefetcher, FetchesWhatComesNextAndNoMore) {
  std::vector<std::string> paths;
  for (int i = 0; i < 6; i++) {
    paths.push_back(testing::TempDir() + "headrace-fetch-XXXXXX");
    const int fd = mkstemp(paths.back().data());
    ASSERT_EQ(ftruncate(fd, 1 << 20), 0);
    close(fd);
  }
  {
    Prefetcher prefetcher(paths, 2);
    const auto wait_for = [&prefetcher](int64_t count) {
      for (int i = 0; i < 500 && prefetcher.fetched() < count; i++) usleep(10'000);
      usleep(20'000);
      return prefetcher.fetched();
    };
    EXPECT_EQ(wait_for(2), 2) << "two files ahead of the first";
    prefetcher.Reached(0);
    EXPECT_EQ(wait_for(3), 3);
    prefetcher.Reached(5);
    EXPECT_EQ(wait_for(3), 3) << "nobody waits for what was reached";
  }
  for (const std::string& path : paths) unlink(path.c_str());
  Prefetcher none({"", "/nowhere/at/all", "/dev/null"}, 3);
  usleep(20'000);
  EXPECT_EQ(none.fetched(), 0);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
