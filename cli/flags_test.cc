// The table of flags, and command lines against it.
#include "cli/flags.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/prepare.h"

namespace headrace::cli {
namespace {

Request Parsed(const std::vector<std::string>& words) {
  Request request;
  const Status status = ParseCommandLine(words, &request);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return request;
}

std::string Refused(const std::vector<std::string>& words) {
  Request request;
  Status status = ParseCommandLine(words, &request);
  if (status.ok()) status = PrepareJob(&request);
  EXPECT_FALSE(status.ok());
  return status.message();
}

TEST(Flags, EachIsWholeAndUniqueInItsCommand) {
  for (const Command& command : Commands()) {
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const Flag& flag : Flags()) {
      EXPECT_TRUE(flag.name.starts_with("--") && flag.doc.ends_with(".") && flag.apply != nullptr) << flag.name;
      EXPECT_FALSE(flag.default_text.ends_with(".")) << flag.name;
      if (!(flag.commands & command.id)) continue;
      EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
      const bool is_new = flag.letter == 0 || letters.insert(flag.letter).second;
      EXPECT_TRUE(is_new) << flag.name;
    }
  }
}

TEST(Flags, GroupsAreTogether) {
  for (const Command& command : Commands()) {
    std::set<Group> seen;
    for (const auto& [group, flags] : GroupsOf(command)) {
      EXPECT_TRUE(seen.insert(group).second) << command.name << ": " << GroupTitle(group);
    }
  }
}

TEST(Flags, HelpFitsInEightyColumns) {
  for (const Command& command : Commands()) {
    const std::string help = CommandHelp(command);
    for (size_t begin = 0; begin < help.size();) {
      const size_t end = help.find('\n', begin);
      EXPECT_LE(end - begin, 80u) << help.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(Flags, WordsOfAValueFormAreAccepted) {
  for (const Flag& flag : Flags()) {
    for (const std::string_view word : ValueWords(flag)) {
      Request request;
      EXPECT_TRUE(flag.apply(request, word).ok()) << flag.name << " " << word;
    }
  }
}

TEST(Flags, TheDocsAreUpToDate) {
  std::ifstream file("docs/cli.md");
  ASSERT_TRUE(file) << "run from the top of the tree";
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), MarkdownManual()) << "run: headrace --help-markdown > docs/cli.md";
}

TEST(CommandLine, FlagsOverrideTheSchemaFileWhereverItStands) {
  const std::string schema = "examples/milan.toml";
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"scan", "x", "--delimiter", ";", "--quote='", "--schema", schema, "--rename", "sms_in=a"},
           {"scan", "--schema=" + schema, "--delimiter=;", "x", "--quote", "'", "--rename=sms_in=a"}}) {
    const Request request = Parsed(words);
    EXPECT_EQ(request.job.options.dialect.delimiter, ";");
    EXPECT_EQ(request.job.options.dialect.quote, '\'');
    ASSERT_EQ(request.job.options.schema.columns.size(), 8u);
    ASSERT_EQ(request.job.options.renames.size(), 1u);
    EXPECT_EQ(request.job.options.renames[0], std::make_pair(std::string("sms_in"), std::string("a")));
    EXPECT_EQ(request.arguments, std::vector<std::string>{"x"});
  }
  const Request request = Parsed({"scan", "x", "--columns", "a:int8", "--schema", schema});
  EXPECT_EQ(request.job.options.schema.columns.size(), 1u);
  EXPECT_EQ(request.job.options.dialect.delimiter, "\t");
}

TEST(CommandLine, ValuesThatLookLikeSomethingElse) {
  Request request = Parsed({"scan", "--quote=", "--nulls=", "--delimiter", "-", "--comment", "-", "-", "[ab]"});
  EXPECT_EQ(request.job.options.dialect.quote, std::nullopt);
  EXPECT_EQ(request.job.options.dialect.nulls, std::vector<std::string>{""});
  EXPECT_EQ(request.job.options.dialect.delimiter, "-");
  EXPECT_EQ(request.arguments, (std::vector<std::string>{"-", "./[ab]"}));
  request = Parsed({"scan", "--delimiter", "\\t", "--nulls", "NA,,\\N", "--", "--odd", "-q", "[x,y]z"});
  EXPECT_EQ(request.job.options.dialect.delimiter, "\t");
  EXPECT_EQ(request.job.options.dialect.nulls, (std::vector<std::string>{"NA", "", "\\N"}));
  EXPECT_EQ(request.arguments, (std::vector<std::string>{"--odd", "-q", "[x,y]z"}));
  EXPECT_FALSE(request.telling.quiet);
}

TEST(CommandLine, TheLastOfARepeatedFlagWins) {
  const Request request = Parsed({"scan", "a", "--header", "--workers", "3", "--no-header", "--workers=2", "-qv"});
  EXPECT_FALSE(request.job.options.dialect.header);
  EXPECT_EQ(request.job.config.workers.value, 2);
  EXPECT_EQ(request.job.config.workers.origin, Origin::kUser);
  EXPECT_EQ(request.job.config.workers.reason, "--workers 2");
  EXPECT_TRUE(request.telling.quiet && request.telling.verbose);
}

TEST(CommandLine, WhatIsNotBuiltIsNotAccepted) {
  for (const char* flag : {"--resume"}) {
    EXPECT_EQ(Refused({"ingest", "a", flag}).find(std::string("unknown flag ") + flag), 0u) << flag;
  }
}

TEST(CommandLine, KnobsOfSpeed) {
  const Request request = Parsed({"scan", "a", "--chunk", "500000r", "--io", "mmap", "--prefetch", "0", "--batch-files",
                                  "3", "--buffer", "1MiB", "--worker-memory", "200MiB"});
  const Config& config = request.job.config;
  EXPECT_EQ(config.chunk_rows, 500000);
  EXPECT_EQ(config.chunk_bytes.value, 0);
  EXPECT_EQ(config.io.value, Io::kMmap);
  EXPECT_EQ(config.io.origin, Origin::kUser);
  EXPECT_EQ(config.prefetch_files.value, 0);
  EXPECT_EQ(config.batch_files.value, 3);
  EXPECT_EQ(config.buffer_bytes.value, 1 << 20);
  EXPECT_EQ(config.worker_memory_bytes.value, 200 << 20);
  EXPECT_EQ(Parsed({"scan", "a", "--prefetch", "auto"}).job.config.prefetch_files.value, -1);
  EXPECT_EQ(Parsed({"scan", "a", "--chunk", "9r", "--chunk", "1MiB"}).job.config.chunk_rows, 0);
  for (const char* chunk : {"r", "0r", "-1r", "1.5r", "small,"}) {
    EXPECT_NE(Refused({"ingest", "a", "--chunk", chunk}).find("not a chunk"), std::string::npos) << chunk;
  }
  EXPECT_NE(Refused({"scan", "a", "--batch-files", "0"}).find("whole number"), std::string::npos);
  EXPECT_NE(Refused({"scan", "a", "--io", "direct"}).find("uring"), std::string::npos);
}

TEST(CommandLine, RulesBetweenFlags) {
  const std::vector<std::string> job = {"ingest", "a.csv", "--columns", "x:int8"};
  const auto with = [&](std::initializer_list<std::string> more) {
    std::vector<std::string> words = job;
    words.insert(words.end(), more);
    return words;
  };
  EXPECT_NE(Refused(with({"-o", "x.parquet", "--infer", "full"})).find("--infer"), std::string::npos);
  EXPECT_NE(Refused(job).find("-o FILE.parquet"), std::string::npos);
  EXPECT_NE(Refused(with({"-o", "x.csv"})).find("dir/"), std::string::npos);
  EXPECT_NE(Refused(with({"-o", "x.parquet", "--on-error", "quarantine"})).find("--rejects"), std::string::npos);
  EXPECT_NE(Refused(with({"-o", "x.parquet", "--max-rejects", "3"})).find("no effect"), std::string::npos);
  EXPECT_NE(Refused(with({"-o", "x.parquet", "--partition-by", "x"})).find("dir/"), std::string::npos);
  EXPECT_NE(Refused(with({"-o", "x.arrow", "--compression", "gzip"})).find("zstd"), std::string::npos);

  Request request = Parsed(with({"-o", "x.arrow", "--rejects", "r.csv", "--chunk", "whole", "--unit-bytes", "1MiB"}));
  ASSERT_TRUE(PrepareJob(&request).ok());
  EXPECT_EQ(request.job.options.on_error, OnError::kQuarantine);
  EXPECT_EQ(request.job.options.codec, Codec::kNone);
  EXPECT_EQ(request.job.config.chunk_bytes.value, 1 << 20);
}

TEST(CommandLine, DelimiterOfFilesNamedTsv) {
  const auto delimiter = [](std::vector<std::string> words) {
    words.insert(words.begin(), {"scan", "--columns", "x:int8"});
    Request request = Parsed(words);
    EXPECT_TRUE(PrepareJob(&request).ok());
    return request.job.options.dialect.delimiter;
  };
  EXPECT_EQ(delimiter({"a.tsv", "b.tsv.gz"}), "\t");
  EXPECT_EQ(delimiter({"a.tsv", "b.csv"}), ",");
  EXPECT_EQ(delimiter({"a.tsv", "-"}), ",");
  EXPECT_EQ(delimiter({"a.tsv", "--delimiter", ";"}), ";");
}

TEST(OutputForm, IsKnownByItsName) {
  EXPECT_EQ(*OutputForm("a.parquet", false), OutputKind::kParquet);
  EXPECT_EQ(*OutputForm("d/a.arrow", false), OutputKind::kIpcFile);
  EXPECT_EQ(*OutputForm("d/", false), OutputKind::kParquetPerFile);
  EXPECT_EQ(*OutputForm("d/", true), OutputKind::kParquetHive);
  EXPECT_EQ(*OutputForm("-", false), OutputKind::kIpcStream);
  for (const char* output : {"", "a", "a.csv", ".parquet", "d/.arrow", "parquet"}) {
    EXPECT_FALSE(OutputForm(output, false).ok()) << output;
  }
}

}  // namespace
}  // namespace headrace::cli
