// load_table all|three THREADS FILE...: Milan-shaped files into one arrow::Table through the C++ API, as peers do with
// their libraries. Prints one JSON line: seconds from the call to the whole table in memory, rows, sums of the columns.
#include <arrow/array.h>
#include <arrow/table.h>
#include <headrace/ingest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

namespace {

double SumOf(const arrow::ChunkedArray& column) {
  double sum = 0;
  for (const auto& chunk : column.chunks()) {
    for (int64_t i = 0; i < chunk->length(); i++) {
      if (chunk->IsNull(i)) continue;
      switch (chunk->type_id()) {
        case arrow::Type::UINT16:
          sum += static_cast<const arrow::UInt16Array&>(*chunk).Value(i);
          break;
        case arrow::Type::UINT32:
          sum += static_cast<const arrow::UInt32Array&>(*chunk).Value(i);
          break;
        case arrow::Type::INT64:
          sum += static_cast<double>(static_cast<const arrow::Int64Array&>(*chunk).Value(i));
          break;
        default:
          sum += static_cast<const arrow::DoubleArray&>(*chunk).Value(i);
      }
    }
  }
  return sum;
}

arrow::Status Run(int argc, char** argv) {
  headrace::Job job;
  job.inputs.assign(argv + 3, argv + argc);
  job.options.dialect.delimiter = '\t';
  job.options.dialect.quote.reset();
  job.config.workers = {std::atoll(argv[2]), headrace::Origin::kUser, "argument"};
  ARROW_ASSIGN_OR_RAISE(job.options.schema,
                        headrace::ParseColumns("square_id:uint16,timestamp_ms:int64,country_code:uint32,sms_in:float64,"
                                               "sms_out:float64,call_in:float64,call_out:float64,"
                                               "internet_activity:float64"));
  if (std::string(argv[1]) == "three") job.options.select = {"square_id", "timestamp_ms", "internet_activity"};
  const auto started = std::chrono::steady_clock::now();
  ARROW_ASSIGN_OR_RAISE(auto reader, headrace::OpenReader(job));
  ARROW_ASSIGN_OR_RAISE(auto table, reader->ToTable());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::cout.precision(17);
  std::cout << "{\"seconds\": " << seconds << ", \"result\": {\"rows\": " << table->num_rows();
  for (int i = 0; i < table->num_columns(); i++) {
    std::cout << ", \"" << table->field(i)->name() << "\": " << SumOf(*table->column(i));
  }
  std::cout << "}}\n";
  return arrow::Status::OK();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: load_table all|three THREADS FILE...\n";
    return 2;
  }
  const arrow::Status status = Run(argc, argv);
  if (!status.ok()) std::cerr << status.ToString() << "\n";
  return status.ok() ? 0 : 2;
}
