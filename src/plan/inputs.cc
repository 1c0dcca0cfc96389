#include "plan/inputs.h"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "source/compression.h"
#include "source/encoding.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

bool IsGlob(const std::string& input) { return input.find_first_of("*?[") != std::string::npos; }

// What cannot be looked at is neither; opening it will say why.
bool IsDirectory(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

Result<std::vector<std::string>> ExpandGlob(const std::string& pattern) {
  glob_t found{};
  const int error = glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<std::string> paths;
  if (error == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  if (error == GLOB_ABORTED || error == GLOB_NOSPACE) return Status::IOError("cannot expand '", pattern, "'");
  std::erase_if(paths, IsDirectory);
  if (paths.empty()) {
    return Status::Invalid("no file matches '", pattern, "'. Check the pattern and the current folder.");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<std::vector<std::string>> ExpandDirectory(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.empty() || name[0] == '.' || name[0] == '_' || IsDirectory(it->path().string())) continue;
    paths.push_back(it->path().string());
  }
  if (error) return SystemError(error.value(), "cannot list", directory);
  if (paths.empty()) {
    return Status::Invalid("no file in directory '", directory,
                           "' (hidden names and names that begin with '_' do not count).");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<InputFacts> Examine(const std::string& path, const Options& options) {
  InputFacts input;
  input.path = path;
  if (path == "-") {
    input.is_stream = true;
    return input;
  }
  ARROW_ASSIGN_OR_RAISE(input.facts, StatFile(path));
  if (input.facts.is_directory) return Status::Invalid("'", path, "' is a directory");
  if (!input.facts.is_regular) {
    input.is_stream = true;
    return input;
  }
  ARROW_ASSIGN_OR_RAISE(auto file, InputFile::Open(path));
  char head[kMagicBytes] = {};
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->ReadAt(0, head, kMagicBytes));
  const std::string_view shown(head, static_cast<size_t>(size));
  ARROW_ASSIGN_OR_RAISE(const Compression compression, DetectCompression(shown, path));
  input.is_stream = compression != Compression::kNone;
  if (input.is_stream) return input;
  ARROW_ASSIGN_OR_RAISE(const std::string encoding, EncodingOf(options.dialect.encoding, shown, path));
  input.is_stream = encoding != "utf-8";
  return input;
}

std::string Canonical(const std::string& path) {
  std::error_code error;
  fs::path canonical = fs::absolute(path, error);
  if (!error) canonical = fs::weakly_canonical(canonical, error);
  std::string text = error ? path : canonical.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

Status RefuseOutputAmongInputs(const std::vector<std::string>& inputs, const std::vector<InputFacts>& files,
                               const std::string& output, const std::string& what) {
  if (output.empty()) return Status::OK();
  const std::string canonical = Canonical(output);
  const std::string remedy = ". Write it to another folder.";
  for (const InputFacts& file : files) {
    if (file.path != "-" && Canonical(file.path) == canonical) {
      return Status::Invalid("the ", what, " '", output, "' is one of the inputs", remedy);
    }
  }
  for (const std::string& input : inputs) {
    const fs::path parent = fs::path(canonical).parent_path();
    const bool in_directory = IsDirectory(input) && Canonical(input) == parent.string();
    bool in_glob = false;
    if (IsGlob(input)) {
      const fs::path pattern =
          fs::path(Canonical(fs::path(input).parent_path().empty() ? "." : fs::path(input).parent_path().string())) /
          fs::path(input).filename();
      in_glob = fnmatch(pattern.c_str(), canonical.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
    }
    if (in_directory || in_glob) {
      return Status::Invalid("the ", what, " '", output, "' lies inside the input '", input,
                             "': the next run would read it", remedy);
    }
  }
  return Status::OK();
}

void Order(FileOrder order, std::vector<InputFacts>* files) {
  if (order == FileOrder::kName) {
    std::stable_sort(files->begin(), files->end(),
                     [](const InputFacts& a, const InputFacts& b) { return a.path < b.path; });
  } else if (order == FileOrder::kLargest) {
    std::stable_sort(files->begin(), files->end(),
                     [](const InputFacts& a, const InputFacts& b) { return a.facts.size > b.facts.size; });
  }
}

}  // namespace

Result<std::vector<InputFacts>> ResolveInputs(const std::vector<std::string>& inputs, const Options& options) {
  if (inputs.empty()) return Status::Invalid("no input. Name files, globs or directories, or - for standard input.");
  std::vector<InputFacts> files;
  int from_stdin = 0;
  for (const std::string& input : inputs) {
    std::vector<std::string> paths = {input};
    if (input == "-") {
      if (++from_stdin > 1) return Status::Invalid("standard input ('-') is named twice");
    } else if (!Exists(input) && IsGlob(input)) {
      ARROW_ASSIGN_OR_RAISE(paths, ExpandGlob(input));
    } else if (IsDirectory(input)) {
      ARROW_ASSIGN_OR_RAISE(paths, ExpandDirectory(input));
    }
    for (const std::string& path : paths) {
      ARROW_ASSIGN_OR_RAISE(auto file, Examine(path, options));
      files.push_back(std::move(file));
    }
  }
  const bool has_both = !options.rejects_path.empty() && !options.output_path.empty();
  if (has_both && Canonical(options.rejects_path) == Canonical(options.output_path)) {
    return Status::Invalid("the rejects file and the output have one name, '", options.output_path,
                           "'. Give them different names.");
  }
  ARROW_RETURN_NOT_OK(RefuseOutputAmongInputs(inputs, files, options.output_path, "output"));
  ARROW_RETURN_NOT_OK(RefuseOutputAmongInputs(inputs, files, options.rejects_path, "rejects file"));
  Order(options.file_order, &files);
  return files;
}

}  // namespace v0
}  // namespace headrace
