// OpenReader: the pipeline in threads of its own, behind an arrow::RecordBatchReader.
#include <thread>

#include "headrace/ingest.h"
#include "job/account.h"
#include "job/discover.h"
#include "job/drift.h"
#include "job/settle.h"
#include "os/out_of_memory.h"
#include "os/start_thread.h"
#include "pipeline/pipeline.h"
#include "sink/reader_sink.h"
#include "sink/to_arrow.h"

namespace headrace {
inline namespace v0 {
namespace {

class JobReader : public arrow::RecordBatchReader {
 public:
  JobReader(Job job, RunContext context) : job_(std::move(job)), context_(std::move(context)) {}
  ~JobReader() override { Stop(); }

  Status Start() {
    ARROW_ASSIGN_OR_RAISE(settled_, Settle(job_, context_.stop));
    ARROW_ASSIGN_OR_RAISE(schema_, ArrowSchema(settled_.columns));
    ARROW_ASSIGN_OR_RAISE(state_, Prepare(settled_, context_, closed_.token()));
    TellUnusedPatterns(*state_, context_);
    ARROW_RETURN_NOT_OK(TellDrift(*state_, context_));
    const int64_t workers = settled_.config.workers.value;
    ARROW_ASSIGN_OR_RAISE(sink_, ReaderSink::Make(settled_.columns, static_cast<size_t>(workers), state_->pool));
    ARROW_ASSIGN_OR_RAISE(rejects_, OpenRejects(settled_.options, settled_));
    return StartThread(&thread_, [this] { Run(); }) ? Status::OK() : NoMoreThreads();
  }

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override { return sink_->Next().Value(batch); }
  Status Close() override {
    Stop();
    return Status::OK();
  }

 private:
  void Run() {
    Committer committer(*state_, sink_.get(), rejects_.get());
    Pipeline pipeline(state_.get(), settled_.units, settled_.config.workers.value, sink_.get(), &committer, context_);
    StartPrefetch(settled_, state_.get());
    const Status status = CatchBadAlloc([&]() -> Status {
      ARROW_RETURN_NOT_OK(pipeline.Run());
      Report report;
      ARROW_RETURN_NOT_OK(committer.Finish(&report));
      ARROW_RETURN_NOT_OK(Account(sink_.get(), rejects_.get(), &report));
      if (rejects_) ARROW_RETURN_NOT_OK(rejects_->Publish());
      return sink_->Publish({});
    });
    if (!status.ok()) sink_->Fail(status);
  }

  void Stop() {
    closed_.RequestStop();
    if (sink_) sink_->Close();
    if (thread_.joinable()) thread_.join();
  }

  const Job job_;
  const RunContext context_;
  arrow::StopSource closed_;
  SettledJob settled_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<JobState> state_;
  std::unique_ptr<ReaderSink> sink_;
  std::unique_ptr<RejectWriter> rejects_;
  std::thread thread_;
};

}  // namespace

Result<std::shared_ptr<arrow::RecordBatchReader>> OpenReader(const Job& job, const RunContext& context) {
  Job found = job;
  found.config.tunes = false;  // the consumer sets the pace
  if (job.options.schema.columns.empty()) {
    // Batches that were given cannot be called back: every value is seen first.
    if (found.options.infer == Infer::kSample) found.options.infer = Infer::kFull;
    ARROW_ASSIGN_OR_RAISE(found, KeepInputs(found, context));
    ARROW_ASSIGN_OR_RAISE(Found discovered, Find(found, context));
    TellNotes(discovered, context);
    found.options = std::move(discovered.discovery.options);
  }
  auto reader = std::make_shared<JobReader>(std::move(found), context);
  ARROW_RETURN_NOT_OK(reader->Start());
  return std::shared_ptr<arrow::RecordBatchReader>(std::move(reader));
}

}  // namespace v0
}  // namespace headrace
