#pragma once
// From the inputs that were asked for to files in source order.
// Takes: paths, globs, directories, URIs, "-". Gives: InputFacts. Owns: nothing. Threads: one. Fails: Status that names
// the input and how to mend it.
#include <arrow/util/cancel.h>

#include <cstdint>
#include <string>
#include <vector>

#include "headrace/options.h"
#include "os/input_file.h"
#include "source/kept_inputs.h"
#include "source/remote_file.h"
#include "source/text_stream.h"

namespace headrace {
inline namespace v0 {

/// One input file, as it was when the job was planned.
struct InputFacts {
  std::string path;  ///< as reports name it; of a member of an archive, ARCHIVE!MEMBER
  std::string kept;  ///< the copy that is read in its place, where it could be read only once; else empty
  FileFacts facts;   ///< of a member, its size and its archive's time
  bool is_stream =
      false;  ///< standard input, a pipe, compressed, a member, remote, or not UTF-8: read from start to end
  std::shared_ptr<const RemoteFile> remote;  ///< of a server's file; `path` is its URI without query
  std::shared_ptr<Archive> archive;          ///< of a member
  size_t member = 0;                         ///< its number there

  /// Return the path of the file that is opened: of a member, its archive's.
  const std::string& file_path() const { return archive ? archive->path() : path; }
  /// Return where in `path` a member's own begins; 0: it is no member.
  size_t member_at() const { return archive ? archive->path().size() + 1 : 0; }
  /// Return a path for naming what is made of this input alone; its last part is the member's.
  std::string naming_path() const {
    if (remote) return NamingUri(remote->uri());
    return archive ? archive->path() + "/" + archive->members()[member].name : path;
  }
  /// Return the bytes on disk that stand for it.
  int64_t stored_bytes() const { return archive ? archive->members()[member].stored_bytes : facts.size; }
};

/// Return an absolute path without links, dots and a slash at its end; what it names need not be there.
std::string CanonicalPath(const std::string& path);
/// Return whether `path` is `folder` or lies below it.
bool LiesIn(const std::string& path, const std::string& folder);

/// Return how to read the text of a stream.
StreamSpec StreamSpecOf(const InputFacts& input, const Options& options);

/// An input, and where it was named: "LIST, line 3", or nothing.
struct NamedInput {
  std::string input, place;
};

/// Put in place of each `@FILE` the lines of that file (`@-`: of standard input): a path, glob or directory each, as on
/// the command line, relative to the current directory. Blank lines and those that begin with '#' are left out; lists
/// do not nest. `stop` ends a wait for a list.
Result<std::vector<NamedInput>> ExpandLists(const std::vector<std::string>& inputs, const arrow::StopToken& stop);

/// Expand globs, directories and archives (sorted by bytes; members as they lie; hidden names and names that begin with
/// '_' left out), check that every file is there, and order them. `output_path` must not be one of them, nor would-be
/// one of them, nor a folder that holds one. Of an input that is kept its copy is looked at. `stop` ends the look at
/// many files, and a wait for a server.
Result<std::vector<InputFacts>> ResolveInputs(const std::vector<std::string>& inputs, const Options& options,
                                              const KeptInputs* kept, const arrow::StopToken& stop);

/// Fail where `path`, which the job writes as its `what`, is one of the inputs (`files`: what they stand for), or lies
/// where the next run would find it among them.
Status RefuseAmongInputs(const std::vector<std::string>& inputs, const std::vector<InputFacts>& files,
                         const std::string& path, std::string_view what, bool recursive);

/// Return how much of a remote file is asked for at a time.
int64_t RangeBytes(int64_t unit_bytes);

}  // namespace v0
}  // namespace headrace
