#include "plan/inputs.h"

#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <numeric>
#include <set>

#include "plan/file_dialect.h"
#include "plan/remote_inputs.h"
#include "source/archive.h"
#include "source/encoding.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

// The encoding that is declared for a file; empty: none.
std::string EncodingDeclared(const Options& options, const InputFacts& input) {
  return DialectAt(options, FileDialectOf(options, input.path, input.member_at())).encoding;
}

// What cannot be looked at is neither; opening it will say why.
bool IsDirectory(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// Whether there is nothing that a pattern could match. Any other error hides files: it must be told.
bool IsAbsent(int error_number) { return error_number == 0 || error_number == ENOENT || error_number == ENOTDIR; }

Status CannotExpand(int error_number, const std::string& pattern, const std::string& what, const std::string& path) {
  return SystemError(error_number, "cannot expand '" + pattern + "': " + what, path);
}

// The parts of a pattern between slashes, matched below one directory after the other. `**` is any number of
// directories; it does not follow links to some, which may lead in circles.
class DeepGlob {
 public:
  explicit DeepGlob(const std::string& pattern) : pattern_(pattern) {
    for (size_t begin = 0; begin <= pattern.size();) {
      const size_t end = std::min(pattern.find('/', begin), pattern.size());
      parts_.push_back(pattern.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  Result<std::set<std::string>> Expand() {
    ARROW_RETURN_NOT_OK(Match("", 0));
    return std::move(found_);
  }

 private:
  Status Match(const std::string& base, size_t i) {
    std::error_code error;
    const std::string prefix = base.empty() ? "" : base + (base == "/" ? "" : "/");
    if (i == parts_.size()) {
      // A link to nothing matches: opening it will say so.
      const bool is_there = fs::exists(fs::symlink_status(base, error));
      if (!IsAbsent(error.value())) return CannotExpand(error.value(), pattern_, "cannot read", base);
      if (is_there && !IsDirectory(base)) found_.insert(base);
      return Status::OK();
    }
    const std::string& part = parts_[i];
    if (part == "**") {
      ARROW_RETURN_NOT_OK(Match(base, i + 1));
    } else if (!IsGlob(part)) {
      return Match(part.empty() && i == 0 ? "/" : prefix + part, i + 1);
    }
    const std::string folder = base.empty() ? "." : base;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (part == "**") {
        std::error_code of_entry;
        if (name[0] == '.') continue;
        if (!it->is_directory(of_entry)) {
          if (i + 1 == parts_.size()) found_.insert(prefix + name);
        } else if (!it->is_symlink(of_entry)) {
          ARROW_RETURN_NOT_OK(Match(prefix + name, i));
        }
      } else if (fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) {
        ARROW_RETURN_NOT_OK(Match(prefix + name, i + 1));
      }
    }
    return IsAbsent(error.value()) ? Status::OK() : CannotExpand(error.value(), pattern_, "cannot list", folder);
  }

  const std::string pattern_;
  std::vector<std::string> parts_;
  std::set<std::string> found_;
};

bool IsDeepGlob(const std::string& input) {
  return input == "**" || input.starts_with("**/") || input.find("/**/") != std::string::npos || input.ends_with("/**");
}

Result<std::vector<std::string>> ExpandDeepGlob(const std::string& pattern) {
  ARROW_ASSIGN_OR_RAISE(const std::set<std::string> found, DeepGlob(pattern).Expand());
  if (!found.empty()) return std::vector<std::string>(found.begin(), found.end());
  return Status::Invalid("no file matches '", pattern, "'. Check the pattern and the current folder.");
}

// The folder that ended the last `glob`: its error function is given nothing else to tell it with.
struct GlobFailure {
  std::string folder;
  int error_number = 0;
};
thread_local GlobFailure glob_failure;

int OnGlobError(const char* folder, int error_number) {
  if (IsAbsent(error_number)) return 0;
  glob_failure = {folder, error_number};
  return 1;
}

Result<std::vector<std::string>> ExpandGlob(const std::string& pattern) {
  glob_t found{};
  const int error = glob(pattern.c_str(), GLOB_NOSORT, OnGlobError, &found);
  std::vector<std::string> paths;
  if (error == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  if (error == GLOB_ABORTED) {
    return CannotExpand(glob_failure.error_number, pattern, "cannot list", glob_failure.folder);
  }
  if (error == GLOB_NOSPACE) return Status::OutOfMemory("no memory to expand '", pattern, "'");
  std::erase_if(paths, IsDirectory);
  if (paths.empty()) {
    return Status::Invalid("no file matches '", pattern, "'. Check the pattern and the current folder.");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Status ListDirectory(const std::string& directory, bool recursive, std::vector<std::string>* paths) {
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (IsHidden(it->path().filename().string())) continue;
    std::error_code of_entry;
    if (!it->is_directory(of_entry)) {
      paths->push_back(it->path().string());
    } else if (recursive && !it->is_symlink(of_entry)) {
      ARROW_RETURN_NOT_OK(ListDirectory(it->path().string(), recursive, paths));
    }
  }
  return error ? SystemError(error.value(), "cannot list", directory) : Status::OK();
}

Result<std::vector<std::string>> ExpandDirectory(const std::string& directory, bool recursive) {
  std::vector<std::string> paths;
  ARROW_RETURN_NOT_OK(ListDirectory(directory, recursive, &paths));
  if (paths.empty()) {
    return Status::Invalid("no file in directory '", directory,
                           "' (hidden names and names that begin with '_' do not count",
                           recursive ? ")." : "; --recursive searches the folders below).");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Add the members of an archive, in its order.
Status AddMembers(ArchiveFile file, const Options& options, std::vector<InputFacts>* files) {
  const bool keep_damaged = options.on_file_error == OnFileError::kKeep;
  ARROW_ASSIGN_OR_RAISE(const auto archive, Archive::Open(std::move(file), keep_damaged));
  for (size_t i = 0; i < archive->members().size(); i++) {
    const ArchiveMember& member = archive->members()[i];
    InputFacts input;
    input.path = archive->path() + "!" + member.name;
    input.facts = archive->facts();
    input.facts.size = member.size;
    input.is_stream = true;
    input.archive = archive;
    input.member = i;
    files->push_back(std::move(input));
  }
  return Status::OK();
}

// Look into a regular file: how its text is to be read, or what it is an archive of.
Status LookInto(InputFacts input, const Options& options, std::vector<InputFacts>* files) {
  ARROW_ASSIGN_OR_RAISE(auto file, InputFile::Open(input.path, input.kept));
  std::string head(kMagicBytes, '\0');
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->ReadAt(0, head.data(), kMagicBytes));
  head.resize(static_cast<size_t>(size));
  ArchiveFile archive{input.path, input.kept, input.facts};
  archive.max_expansion = options.max_expansion;
  ARROW_ASSIGN_OR_RAISE(const bool is_archive, FindArchive(file.get(), head, &archive));
  if (is_archive) return AddMembers(std::move(archive), options, files);
  // A size of 0 that is none, as below /proc, says nothing of where the text ends.
  input.is_stream = archive.compression != Compression::kNone || (input.facts.size == 0 && size > 0);
  if (!input.is_stream) {
    ARROW_ASSIGN_OR_RAISE(const std::string encoding, EncodingOf(EncodingDeclared(options, input), head, input.path));
    input.is_stream = encoding != "utf-8";
  }
  files->push_back(std::move(input));
  return Status::OK();
}

// Add the files of a server that an input stands for. What they hold shows when they are read.
Status AddRemote(const std::string& input, const Options& options, const arrow::StopToken& stop,
                 std::vector<InputFacts>* files) {
  ARROW_ASSIGN_OR_RAISE(auto found, ExpandRemote(input, options.recursive, [&stop] { return stop.Poll(); }));
  for (auto& remote : found) {
    InputFacts file;
    file.path = remote->uri().shown;
    file.facts.size = std::max<int64_t>(remote->size(), 0);
    file.facts.mtime_ns = remote->mtime_ns();
    file.facts.is_regular = true;  // it can be read again
    file.is_stream = true;
    file.remote = std::move(remote);
    files->push_back(std::move(file));
  }
  return Status::OK();
}

using FileIds = std::set<std::pair<dev_t, ino_t>>;

// Fail where the input is no regular file and is one of `seen`, by whatever name: who reads it takes from the other.
Status RefuseTwice(const std::string& path, FileIds* seen) {
  struct stat info;
  const int error = path == "-" ? fstat(STDIN_FILENO, &info) : stat(path.c_str(), &info);
  if (error != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) return Status::OK();
  if (seen->emplace(info.st_dev, info.st_ino).second) return Status::OK();
  return Status::Invalid("'", path, "' is named twice, and can be read only once\nfix: name it once");
}

Status Examine(const std::string& path, const Options& options, const KeptInputs* kept, FileIds* seen,
               std::vector<InputFacts>* files) {
  ARROW_RETURN_NOT_OK(RefuseTwice(path, seen));
  InputFacts input;
  input.path = path;
  if (kept != nullptr) input.kept = kept->CopyOf(path);
  if (!input.kept.empty()) {
    ARROW_ASSIGN_OR_RAISE(input.facts, StatFile(input.kept));
    return LookInto(std::move(input), options, files);
  }
  if (path == "-") {
    input.is_stream = true;
    files->push_back(std::move(input));
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(input.facts, StatFile(path));
  if (input.facts.is_directory) return Status::Invalid("'", path, "' is a directory");
  if (input.facts.is_regular) return LookInto(std::move(input), options, files);
  input.is_stream = true;
  files->push_back(std::move(input));
  return Status::OK();
}

// Whether a path, which need not exist, may be one that the pattern stands for: it lies below the folders that are
// named in full, and its own name fits. That refuses too much rather than too little.
bool MayMatchDeepGlob(const std::string& pattern, const fs::path& canonical) {
  const size_t slash = pattern.rfind('/', pattern.find_first_of("*?["));
  const std::string base =
      slash == std::string::npos ? CanonicalPath(".") : CanonicalPath(pattern.substr(0, slash + 1));
  const std::string name = pattern.substr(pattern.rfind('/') + 1);  // npos + 1 = 0: no slash
  return canonical.string().starts_with(base == "/" ? base : base + "/") &&
         fnmatch(name.c_str(), canonical.filename().c_str(), FNM_PERIOD) == 0;
}

// A folder is written anew as a whole: what it held goes.
Status RefuseInputsInOutput(const std::vector<InputFacts>& files, const Options& options) {
  const OutputKind kind = options.output_kind;
  if (kind != OutputKind::kParquetPerFile && kind != OutputKind::kParquetParts && kind != OutputKind::kParquetHive) {
    return Status::OK();
  }
  const auto refuse = [&](const std::string& what, const std::string& path) {
    return Status::Invalid("the ", what, " '", path, "' lies in the output '", options.output_path,
                           "', a folder that is written anew as a whole\nfix: write it to another folder");
  };
  for (const InputFacts& file : files) {
    if (file.path == "-" || file.remote || !LiesIn(file.file_path(), options.output_path)) continue;
    return refuse("input", file.file_path());
  }
  if (options.rejects_path.empty() || !LiesIn(options.rejects_path, options.output_path)) return Status::OK();
  return refuse("rejects file", options.rejects_path);
}

Status StandardInputTwice() {
  return Status::Invalid("standard input is named as a list ('@-') and as an input ('-')");
}

Result<std::string> ReadList(const std::string& path, const arrow::StopToken& stop) {
  ARROW_ASSIGN_OR_RAISE(const auto file, InputFile::Open(path));
  std::string text;
  char buffer[1 << 14];
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->Read(buffer, sizeof buffer, [&stop] { return stop.Poll(); }));
    if (bytes == 0) break;
    text.append(buffer, static_cast<size_t>(bytes));
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // an editor's byte order mark is no part of a name
  return text;
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

std::string CanonicalPath(const std::string& path) {
  std::error_code error;
  fs::path canonical = fs::absolute(path, error);
  if (!error) canonical = fs::weakly_canonical(canonical, error);
  std::string text = error ? path : canonical.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool LiesIn(const std::string& path, const std::string& folder) {
  const std::string base = CanonicalPath(folder), canonical = CanonicalPath(path);
  return canonical == base || canonical.starts_with(base == "/" ? base : base + "/");
}

Status RefuseAmongInputs(const std::vector<std::string>& inputs, const std::vector<InputFacts>& files,
                         const std::string& path, std::string_view what, bool recursive) {
  if (path.empty()) return Status::OK();
  const std::string canonical = CanonicalPath(path);
  constexpr const char* kRemedy = "\nfix: write it to another folder";
  for (const InputFacts& file : files) {
    if (file.path != "-" && !file.remote && CanonicalPath(file.file_path()) == canonical) {
      return Status::Invalid("the ", what, " '", path, "' is one of the inputs", kRemedy);
    }
  }
  for (const std::string& input : inputs) {
    if (IsRemote(input)) continue;
    const fs::path parent = fs::path(canonical).parent_path();
    const bool in_directory =
        !IsHidden(fs::path(canonical).filename().string()) && IsDirectory(input) &&
        (CanonicalPath(input) == parent.string() || (recursive && canonical.starts_with(CanonicalPath(input) + "/")));
    bool in_glob = false;
    if (IsDeepGlob(input)) {
      in_glob = MayMatchDeepGlob(input, canonical);
    } else if (IsGlob(input)) {
      const fs::path pattern =
          fs::path(
              CanonicalPath(fs::path(input).parent_path().empty() ? "." : fs::path(input).parent_path().string())) /
          fs::path(input).filename();
      in_glob = fnmatch(pattern.c_str(), canonical.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
    }
    if (in_directory || in_glob) {
      return Status::Invalid("the ", what, " '", path, "' lies inside the input '", input,
                             "': the next run would read it", kRemedy);
    }
  }
  return Status::OK();
}

StreamSpec StreamSpecOf(const InputFacts& input, const Options& options) {
  StreamSpec spec;
  spec.path = input.path;
  spec.kept = input.kept;
  spec.encoding = EncodingDeclared(options, input);
  spec.max_expansion = options.max_expansion;
  spec.remote = input.remote;
  spec.range_bytes = RangeBytes(options.unit_bytes);
  spec.archive = input.archive;
  spec.member = input.member;
  spec.member_bytes = input.facts.size;
  return spec;
}

int64_t RangeBytes(int64_t unit_bytes) { return std::clamp<int64_t>(unit_bytes / 8, 256 << 10, 4 << 20); }

Result<std::vector<InputFacts>> ResolveInputs(const std::vector<std::string>& inputs, const Options& options,
                                              const KeptInputs* kept, const arrow::StopToken& stop) {
  if (inputs.empty()) return Status::Invalid("no input. Name files, globs or directories, or - for standard input.");
  ARROW_RETURN_NOT_OK(CheckTokenHosts(inputs));
  std::vector<InputFacts> files;
  FileIds seen;
  int from_stdin = 0;
  for (const std::string& input : inputs) {
    if (IsRemote(input)) {
      ARROW_RETURN_NOT_OK(AddRemote(input, options, stop, &files));
      continue;
    }
    std::vector<std::string> paths = {input};
    if (input == "-") {
      if (++from_stdin > 1) return Status::Invalid("standard input ('-') is named twice");
    } else if (!Exists(input) && IsDeepGlob(input)) {
      ARROW_ASSIGN_OR_RAISE(paths, ExpandDeepGlob(input));
    } else if (!Exists(input) && IsGlob(input)) {
      ARROW_ASSIGN_OR_RAISE(paths, ExpandGlob(input));
    } else if (IsDirectory(input)) {
      ARROW_ASSIGN_OR_RAISE(paths, ExpandDirectory(input, options.recursive));
    }
    for (const std::string& path : paths) {
      ARROW_RETURN_NOT_OK(stop.Poll());
      ARROW_RETURN_NOT_OK(Examine(path, options, kept, &seen, &files));
    }
  }
  const bool has_both = !options.rejects_path.empty() && !options.output_path.empty();
  if (has_both && CanonicalPath(options.rejects_path) == CanonicalPath(options.output_path)) {
    return Status::Invalid("the rejects file and the output have one name, '", options.output_path,
                           "'. Give them different names.");
  }
  ARROW_RETURN_NOT_OK(RefuseAmongInputs(inputs, files, options.output_path, "output", options.recursive));
  ARROW_RETURN_NOT_OK(RefuseAmongInputs(inputs, files, options.rejects_path, "rejects file", options.recursive));
  ARROW_RETURN_NOT_OK(RefuseInputsInOutput(files, options));
  Order(options.file_order, &files);
  return files;
}

Result<std::vector<NamedInput>> ExpandLists(const std::vector<std::string>& inputs, const arrow::StopToken& stop) {
  std::vector<NamedInput> expanded;
  for (const std::string& input : inputs) {
    if (!input.starts_with('@')) {
      expanded.push_back({input, ""});
      continue;
    }
    const std::string path = input.substr(1);
    ARROW_RETURN_NOT_OK(RefuseRemote(path, "list"));
    if (path.empty()) return Status::Invalid("'@' names no list\nfix: write @FILE, or @- for standard input");
    const bool is_stdin = path == "-";
    if (is_stdin && std::find(inputs.begin(), inputs.end(), "-") != inputs.end()) return StandardInputTwice();
    ARROW_ASSIGN_OR_RAISE(const std::string text, ReadList(path, stop));
    const size_t before = expanded.size();
    int64_t number = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      std::string line = text.substr(begin, end - begin);
      if (line.ends_with('\r')) line.pop_back();
      if (is_stdin && line == "-") return StandardInputTwice();
      const std::string place = (is_stdin ? "standard input" : path) + ", line " + std::to_string(++number);
      if (line.find('\0') != std::string::npos) {
        return Status::Invalid("a list has one input a line, and this line has a NUL byte\nat ", place,
                               "\nfix: end each input with a line end, as `find -print` does");
      }
      if (!line.empty() && line[0] != '#') expanded.push_back({std::move(line), place});
      begin = end + 1;
    }
    if (expanded.size() == before) return Status::Invalid("the list '", path, "' names no input");
  }
  return expanded;
}

}  // namespace v0
}  // namespace headrace
