#pragma once
// Where samples of a run go: a file of JSON lines, an HTTP server. Takes: Sample. Owns: the file, the server.
// Threads: one call at a time. Fails: Open; what fails to be written later is told by Close.
#include <cstdio>
#include <memory>
#include <string>

#include "cli/request.h"
#include "os/text_server.h"

namespace headrace::cli {

class MetricsOut {
 public:
  ~MetricsOut();

  /// Open what is wanted. A file that is there is replaced.
  Status Open(const Telling& telling);
  bool wanted() const { return file_ != nullptr || server_ != nullptr; }
  /// Where the server listens, as a URL; empty: there is none.
  std::string url() const;

  void Give(const Sample& sample);
  void Give(const Decision& decision);
  /// End the file; fail where not all of it could be written.
  Status Close();

 private:
  void WriteLine(const std::string& line);

  std::string path_;
  std::FILE* file_ = nullptr;
  int error_ = 0;  // errno of the first write that failed
  std::unique_ptr<TextServer> server_;
};

}  // namespace headrace::cli
