// Read delimited files as Arrow record batches, then run the same job into a Parquet file.
//   read_batches FILE.tsv... OUTPUT.parquet       (columns: square_id, timestamp_ms, country_code, five activities)
#include <arrow/type.h>
#include <headrace/ingest.h>

#include <iostream>
#include <string>
#include <vector>

namespace {

arrow::Status Run(const std::vector<std::string>& inputs, const std::string& output) {
  headrace::Job job;
  job.inputs = inputs;
  job.options.dialect.delimiter = '\t';
  ARROW_ASSIGN_OR_RAISE(job.options.schema,
                        headrace::ParseColumns("square_id:uint16, timestamp_ms:timestamp[ms], country_code:uint32, "
                                               "sms_in:float64, sms_out:float64, call_in:float64, call_out:float64, "
                                               "internet_activity:float64"));
  job.options.select = {"timestamp_ms", "square_id", "internet_activity"};

  ARROW_ASSIGN_OR_RAISE(auto reader, headrace::OpenReader(job));
  int64_t rows = 0;
  for (std::shared_ptr<arrow::RecordBatch> batch;;) {
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (!batch) break;
    rows += batch->num_rows();
  }
  std::cout << "read " << rows << " rows of " << reader->schema()->ToString() << "\n";
  ARROW_RETURN_NOT_OK(reader->Close());

  job.options.output_kind = headrace::OutputKind::kParquet;
  job.options.output_path = output;
  ARROW_ASSIGN_OR_RAISE(const headrace::Report report, headrace::Ingest(job));
  std::cout << "wrote " << report.rows_written << " rows to " << output << "\n";
  return arrow::Status::OK();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: read_batches FILE.tsv... OUTPUT.parquet\n";
    return 2;
  }
  const arrow::Status status = Run({argv + 1, argv + argc - 1}, argv[argc - 1]);
  if (!status.ok()) std::cerr << status.ToString() << "\n";
  return status.ok() ? 0 : 2;
}
