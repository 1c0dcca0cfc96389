#pragma once
// What a Parquet file of this very program holds twice: page headers against footer and page index, the schema against
// Arrow's, the footer against its own form. Other programs, and other versions, may write otherwise.
// Takes: an open file. Gives: findings. Fails: Status where a read does; throws what the Parquet library throws.
#include <parquet/file_reader.h>

#include <string>

#include "ledger/verify_file.h"

namespace headrace {
inline namespace v0 {

Status VerifyLayout(const OpenFile& file, parquet::ParquetFileReader* reader, const std::string& place,
                    VerifyFindings* findings);

}  // namespace v0
}  // namespace headrace
