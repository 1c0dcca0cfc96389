#include "cli/metrics_out.h"

#include <cerrno>

#include "os/input_file.h"

namespace headrace::cli {

MetricsOut::~MetricsOut() {
  if (file_ != nullptr) std::fclose(file_);
}

Status MetricsOut::Open(const Telling& telling) {
  if (!telling.metrics_path.empty()) {
    path_ = telling.metrics_path;
    file_ = std::fopen(path_.c_str(), "we");
    if (file_ == nullptr) return SystemError(errno, "cannot write", path_);
  }
  if (telling.metrics_listen.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(server_, TextServer::Listen(telling.metrics_listen));
  server_->Set(SampleToPrometheus(Sample()));
  return Status::OK();
}

std::string MetricsOut::url() const { return server_ ? "http://" + server_->address() + "/metrics" : ""; }

void MetricsOut::Give(const Sample& sample) {
  if (server_) server_->Set(SampleToPrometheus(sample));
  if (file_ != nullptr) WriteLine(SampleToJson(sample));
}

void MetricsOut::Give(const Decision& decision) {
  if (file_ != nullptr) WriteLine(DecisionToJson(decision));
}

// Each line is there for readers as soon as it is written.
void MetricsOut::WriteLine(const std::string& line) {
  if (error_ != 0) return;
  if (std::fputs((line + "\n").c_str(), file_) < 0 || std::fflush(file_) != 0) error_ = errno;
}

Status MetricsOut::Close() {
  server_.reset();
  if (file_ == nullptr) return Status::OK();
  if (std::fclose(file_) != 0 && error_ == 0) error_ = errno;
  file_ = nullptr;
  return error_ == 0 ? Status::OK() : SystemError(error_, "cannot write", path_);
}

}  // namespace headrace::cli
