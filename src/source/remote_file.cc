#include "source/remote_file.h"

#include <cstdlib>

namespace headrace {
inline namespace v0 {
namespace {

constexpr double kDefaultTimeoutSeconds = 30;

class ChangedDetail : public arrow::StatusDetail {
 public:
  const char* type_id() const override { return "headrace::Changed"; }
  std::string ToString() const override { return "changed while it was read"; }
};

}  // namespace

Status Changed(const RemoteUri& uri) {
  return Status(arrow::StatusCode::IOError,
                "'" + uri.shown + "' changed while it was read\nfix: run again when nothing writes to it",
                std::make_shared<ChangedDetail>());
}

bool IsChanged(const Status& status) {
  return status.detail() != nullptr && std::string_view(status.detail()->type_id()) == ChangedDetail().type_id();
}

Status NoAnswer(const RemoteUri& uri) {
  return Status::IOError("the server of '", uri.shown, "' gives no answer\n",
                         "fix: try again, or wait longer with HEADRACE_REMOTE_TIMEOUT=SECONDS in the environment");
}

double RemoteTimeoutSeconds() {
  const char* text = std::getenv("HEADRACE_REMOTE_TIMEOUT");
  const double seconds = text == nullptr ? 0 : std::strtod(text, nullptr);
  return seconds > 0 ? seconds : kDefaultTimeoutSeconds;
}

}  // namespace v0
}  // namespace headrace
