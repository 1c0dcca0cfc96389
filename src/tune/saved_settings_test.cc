#include "tune/saved_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;
using testing::Optional;

class SavedSettingsTest : public testing::Test {
 protected:
  SavedSettingsTest() : folder_(fs::temp_directory_path() / ("headrace-saved-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    path_ = (folder_ / "headrace" / "tuned.json").string();
  }
  ~SavedSettingsTest() override { fs::remove_all(folder_); }

  void Write(const std::string& text) const {
    fs::create_directories(fs::path(path_).parent_path());
    std::ofstream(path_, std::ios::binary) << text;
  }

  fs::path folder_;
  std::string path_, note_;
};

TEST_F(SavedSettingsTest, GiveBackWhatWasSaved) {
  EXPECT_EQ(LoadSetting(path_, "a", &note_), std::nullopt);
  EXPECT_TRUE(SaveSetting(path_, "a", {2, 1 << 20}));
  EXPECT_TRUE(SaveSetting(path_, "b", {3, 1 << 18}));
  EXPECT_TRUE(SaveSetting(path_, "a", {4, 1 << 21}));
  EXPECT_THAT(LoadSetting(path_, "a", &note_), Optional(SavedSetting{4, 1 << 21}));
  EXPECT_THAT(LoadSetting(path_, "b", &note_), Optional(SavedSetting{3, 1 << 18}));
  EXPECT_EQ(LoadSetting(path_, "c", &note_), std::nullopt);
  EXPECT_TRUE(SaveSetting(path_, "c", {0, 1 << 19}));  // of the one knob nothing is known
  EXPECT_THAT(LoadSetting(path_, "c", &note_), Optional(SavedSetting{0, 1 << 19}));
  EXPECT_EQ(note_, "");
}

TEST_F(SavedSettingsTest, ADamagedFileIsIgnoredWithANoteAndWrittenAnew) {
  for (const char* text : {"", "{", "[]", "nonsense", "{\"format\": 2, \"settings\": {}}", "{\"format\": 1}",
                           "{\"format\": 1, \"settings\": []}", "{\"format\": 1, \"settings\": {\"a\": 7}}",
                           "{\"format\": 1, \"settings\": {\"a\": {\"workers\": 0, \"chunk_bytes\": 1}}}",
                           "{\"format\": 1, \"settings\": {\"a\": {\"workers\": 1e9, \"chunk_bytes\": 1}}}",
                           "{\"format\": 1, \"settings\": {\"a\": {\"workers\": \"2\", \"chunk_bytes\": 1}}}"}) {
    Write(text);
    note_.clear();
    EXPECT_EQ(LoadSetting(path_, "a", &note_), std::nullopt) << text;
    EXPECT_THAT(note_, testing::HasSubstr("damaged")) << text;
    EXPECT_TRUE(SaveSetting(path_, "a", {2, 1 << 20})) << text;
    EXPECT_THAT(LoadSetting(path_, "a", &note_), Optional(SavedSetting{2, 1 << 20})) << text;
  }
}

TEST_F(SavedSettingsTest, APipeIsNotWaitedFor) {
  fs::create_directories(fs::path(path_).parent_path());
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(LoadSetting(path_, "a", &note_), std::nullopt);
  EXPECT_THAT(note_, testing::HasSubstr("damaged"));
  EXPECT_EQ(LoadCopyRate(path_, "cpu"), 0);
}

TEST_F(SavedSettingsTest, TheOldestOfTooManyGo) {
  std::string text;
  for (int i = 0; i < 200; i++) {
    text += (i == 0 ? "" : ", ") + ("\"key " + std::to_string(i)) + "\": {\"workers\": 1, \"chunk_bytes\": 9}";
  }
  Write("{\"format\": 1, \"settings\": {" + text + "}}");
  for (int i = 0; i < 5; i++) ASSERT_TRUE(SaveSetting(path_, "new " + std::to_string(i), {1, 1 << 20}));
  EXPECT_EQ(LoadSetting(path_, "key 4", &note_), std::nullopt);
  EXPECT_NE(LoadSetting(path_, "key 5", &note_), std::nullopt);
}

TEST_F(SavedSettingsTest, KeepTheCopyRateBesideTheSettings) {
  EXPECT_EQ(LoadCopyRate(path_, "cpu"), 0);
  EXPECT_TRUE(SaveSetting(path_, "a", {2, 1 << 20}));
  EXPECT_TRUE(SaveCopyRate(path_, "cpu", 9e9));
  EXPECT_TRUE(SaveSetting(path_, "b", {3, 1 << 20}));
  EXPECT_EQ(LoadCopyRate(path_, "cpu"), 9e9);
  EXPECT_TRUE(SaveCopyRate(path_, "cpu", 8e8));  // beside a neighbour: later runs would seem to be held back by memory
  EXPECT_EQ(LoadCopyRate(path_, "cpu"), 9e9);
  EXPECT_EQ(LoadCopyRate(path_, "another"), 0);
  EXPECT_THAT(LoadSetting(path_, "a", &note_), Optional(SavedSetting{2, 1 << 20}));
  for (const char* text : {"{", "{\"format\": 1, \"settings\": {}, \"copy_bytes_per_second\": {\"cpu\": \"x\"}}"}) {
    Write(text);
    EXPECT_EQ(LoadCopyRate(path_, "cpu"), 0) << text;
  }
}

TEST_F(SavedSettingsTest, AFolderThatCannotBeIsNoFailure) {
  EXPECT_FALSE(SaveSetting("/dev/null/headrace/tuned.json", "a", {1, 1 << 20}));
  EXPECT_FALSE(SaveSetting("", "a", {1, 1 << 20}));
  EXPECT_EQ(LoadSetting("/dev/null/headrace/tuned.json", "a", &note_), std::nullopt);
  EXPECT_EQ(LoadSetting("", "a", &note_), std::nullopt);
  EXPECT_EQ(note_, "");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
