#pragma once
// Errors of the public API: arrow::Status and arrow::Result, with an optional place.
#include <arrow/result.h>
#include <arrow/status.h>

#include <cstdint>
#include <memory>
#include <string>

#include "headrace/reject.h"

namespace headrace {
inline namespace v0 {

using arrow::Result;
using arrow::Status;

/// Where and why a job failed on its input; attached to a Status as its detail.
struct ErrorPlace : public arrow::StatusDetail {
  std::string path;             ///< input file
  std::string column;           ///< column name, empty where none is meant
  bool breaks_promise = false;  ///< the value does not fit a type that was inferred from samples
  Reject reject;                ///< record, line, byte, kind and raw text

  const char* type_id() const override { return "headrace::ErrorPlace"; }
  std::string ToString() const override;
};

/// Return the place attached to `status`, or nullptr.
const ErrorPlace* PlaceOf(const Status& status);

}  // namespace v0
}  // namespace headrace
