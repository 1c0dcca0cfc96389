#include "os/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "os/atomic_directory.h"
#include "os/crc32c.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

class AtomicTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "headrace-atomic-XXXXXX";
    root_ = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string Path(const std::string& name) const { return root_ + "/" + name; }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Put(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(Path(name)).parent_path());
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  using Strings = std::vector<std::string>;

  std::string root_;
};

std::unique_ptr<AtomicFile> Create(const std::string& path, bool overwrite) {
  auto file = AtomicFile::Create(path, overwrite);
  EXPECT_TRUE(file.ok()) << file.status().ToString();
  return file.MoveValueUnsafe();
}

TEST_F(AtomicTest, AppearsOnlyWhenPublished) {
  auto file = Create(Path("out"), false);
  EXPECT_TRUE(file->Write("hello ", 6).ok());
  EXPECT_TRUE(file->stream()->Write("world", 5).ok());
  ASSERT_EQ(Names().size(), 1U);
  EXPECT_TRUE(Names()[0].starts_with(".out.headrace-") && Names()[0].ends_with(".tmp")) << Names()[0];
  EXPECT_TRUE(file->Publish().IsInvalid());  // not synced
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_TRUE(file->Publish().ok());
  file.reset();
  EXPECT_EQ(Names(), Strings{"out"});
  EXPECT_EQ(Read(Path("out")), "hello world");
}

TEST_F(AtomicTest, CountsAndChecksWhatItWrote) {
  auto file = Create(Path("out"), false);
  const std::string text(1'000'000, 'x');
  EXPECT_TRUE(file->Write(text.data(), 1000).ok());
  EXPECT_TRUE(file->Write(text.data() + 1000, static_cast<int64_t>(text.size()) - 1000).ok());
  EXPECT_EQ(file->size(), static_cast<int64_t>(text.size()));
  EXPECT_EQ(file->crc32c(), Crc32c(0, text.data(), text.size()));
}

TEST_F(AtomicTest, NothingIsLeftWithoutPublish) {
  Create(Path("out"), false).reset();
  EXPECT_TRUE(Names().empty());
}

TEST_F(AtomicTest, RefusesWhatExistsAtTheStartAndAtTheEnd) {
  auto file = Create(Path("out"), false);
  EXPECT_TRUE(file->Sync().ok());
  Put("out", "precious");
  const Status published = file->Publish();
  EXPECT_TRUE(published.IsAlreadyExists());
  EXPECT_NE(published.message().find("--overwrite"), std::string::npos);
  file.reset();
  EXPECT_EQ(Read(Path("out")), "precious");
  EXPECT_EQ(Names(), Strings{"out"});
  EXPECT_TRUE(AtomicFile::Create(Path("out"), false).status().IsAlreadyExists());
}

TEST_F(AtomicTest, OverwritesWhereAsked) {
  Put("out", "old");
  auto file = Create(Path("out"), true);
  EXPECT_TRUE(file->Write("new", 3).ok());
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_EQ(Read(Path("out")), "old");
  EXPECT_TRUE(file->Publish().ok());
  EXPECT_EQ(Read(Path("out")), "new");
  file.reset();
  EXPECT_EQ(Names(), Strings{"out"});
}

TEST_F(AtomicTest, ReplacesALinkItselfNeverItsTarget) {
  Put("target", "precious");
  ASSERT_EQ(symlink("target", Path("out").c_str()), 0);
  EXPECT_TRUE(AtomicFile::Create(Path("out"), false).status().IsAlreadyExists());
  auto file = Create(Path("out"), true);
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_TRUE(file->Publish().ok());
  EXPECT_EQ(Read(Path("target")), "precious");
  EXPECT_FALSE(fs::is_symlink(Path("out")));
}

TEST_F(AtomicTest, TakesTheLongestNamesAndRefusesLongerOnesAtTheStart) {
  const std::string longest(255, 'n');
  auto file = Create(Path(longest), false);
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Publish().ok());
  EXPECT_EQ(Names(), Strings{longest});
  const Status refused = AtomicFile::Create(Path(longest + "n"), false).status();
  EXPECT_NE(refused.message().find(longest), std::string::npos) << refused;
}

TEST_F(AtomicTest, SaysWhatToDo) {
  const Status missing = AtomicFile::Create(Path("no/out"), false).status();
  EXPECT_NE(missing.message().find("Create it first"), std::string::npos) << missing.ToString();
  fs::create_directory(Path("folder"));
  EXPECT_TRUE(AtomicFile::Create(Path("folder"), true).status().IsInvalid());
  Put("file", "");
  EXPECT_TRUE(AtomicDirectory::Create(Path("file"), true).status().IsInvalid());
}

TEST_F(AtomicTest, ASignalHandlerCanRemoveTemporaries) {
  auto one = Create(Path("one"), false), two = Create(Path("two"), false);
  EXPECT_TRUE(two->Sync().ok());
  EXPECT_TRUE(two->Publish().ok());
  RemoveTemporaries();
  EXPECT_EQ(Names(), Strings{"two"});
}

TEST_F(AtomicTest, DirectoryAppearsWhole) {
  auto directory = AtomicDirectory::Create(Path("out/"), false).ValueOrDie();
  fs::create_directories(directory->temporary_path() + "/a=1/b=2");
  std::ofstream(directory->temporary_path() + "/a=1/b=2/part") << "rows";
  EXPECT_FALSE(fs::exists(Path("out")));
  EXPECT_TRUE(directory->Publish().ok());
  directory.reset();
  EXPECT_EQ(Names(), Strings{"out"});
  EXPECT_EQ(Read(Path("out/a=1/b=2/part")), "rows");
  EXPECT_TRUE(AtomicDirectory::Create(Path("out"), false).status().IsAlreadyExists());
}

TEST_F(AtomicTest, DirectoryReplacesAnotherWhole) {
  Put("out/old", "old");
  {
    auto unpublished = AtomicDirectory::Create(Path("out"), true).ValueOrDie();
    std::ofstream(unpublished->temporary_path() + "/new") << "new";
  }
  EXPECT_EQ(Read(Path("out/old")), "old");
  auto directory = AtomicDirectory::Create(Path("out"), true).ValueOrDie();
  std::ofstream(directory->temporary_path() + "/new") << "new";
  EXPECT_TRUE(directory->Publish().ok());
  directory.reset();
  EXPECT_EQ(Names(), Strings{"out"});
  EXPECT_EQ(Read(Path("out/new")), "new");
  EXPECT_FALSE(fs::exists(Path("out/old")));
}

TEST_F(AtomicTest, FileSystemsWithoutFlagsGiveTheSame) {
  bool exchanged = false;
  Put("temporary", "new");
  Put("out", "old");
  EXPECT_EQ(RenameWithoutFlags(Path("temporary"), Path("out"), false, &exchanged), EEXIST);
  EXPECT_EQ(RenameWithoutFlags(Path("temporary"), Path("out"), true, &exchanged), 0);
  EXPECT_EQ(Read(Path("out")), "new");
  Put("temporary", "another");
  EXPECT_EQ(RenameWithoutFlags(Path("temporary"), Path("another"), false, &exchanged), 0);
  EXPECT_EQ(Names(), (Strings{"another", "out"}));
  EXPECT_FALSE(exchanged);

  Put("temporary.d/file", "new");
  EXPECT_EQ(RenameWithoutFlags(Path("temporary.d"), Path("d"), false, &exchanged), 0);
  EXPECT_EQ(Read(Path("d/file")), "new");
  Put("temporary.d/file", "newer");
  EXPECT_EQ(RenameWithoutFlags(Path("temporary.d"), Path("d"), false, &exchanged), EEXIST);
  EXPECT_FALSE(exchanged);
  EXPECT_EQ(RenameWithoutFlags(Path("temporary.d"), Path("d"), true, &exchanged), 0);
  EXPECT_TRUE(exchanged);
  EXPECT_EQ(Read(Path("d/file")), "newer");
  EXPECT_EQ(Read(Path("temporary.d/file")), "new");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
