#include "pipeline/committer.h"

#include <algorithm>

#include "os/idle_memory.h"
#include "os/keeps_ledger.h"

namespace headrace {
inline namespace v0 {

Committer::Committer(const JobState& job, Sink* sink, RejectWriter* rejects)
    : job_(job), sink_(sink), rejects_(rejects), files_(job.inputs.size()) {
  progress_.files_total = static_cast<int64_t>(job.inputs.size());
  for (const auto& input : job.inputs) progress_.bytes_total += input->facts().stored_bytes();
  job.gauges->SetInputs(progress_.bytes_total, progress_.files_total);
}

bool Committer::IsBehindDamage(const UnitResult& unit) const {
  const SegmentResult& first = unit.segments.front();
  return !first.is_first && files_[static_cast<size_t>(first.file)].is_damaged;
}

int64_t Committer::WrongBegin(const UnitResult& unit) const {
  const SegmentResult& first = unit.segments.front();
  const int64_t expected = files_[static_cast<size_t>(first.file)].next_offset;
  return !kKeepsLedger || first.is_first || first.begin == expected || IsBehindDamage(unit) ? -1 : expected;
}

Status Committer::Failure(const Reject& reject) const {
  auto place = std::make_shared<ErrorPlace>();
  place->path = job_.inputs[static_cast<size_t>(reject.file)]->path();
  if (reject.column >= 0) place->column = job_.options.schema.columns[static_cast<size_t>(reject.column)].name;
  place->breaks_promise = job_.BreaksPromise(reject);
  place->reject = reject;
  return Status(arrow::StatusCode::Invalid, std::string(RejectKindReason(reject.kind)), place);
}

Status Committer::TooManyRejects(int64_t rejected) const {
  return Status::Invalid("more records are rejected than --max-rejects allows (", rejected, " of the ", rows_read_,
                         " read). Look at the first of them, or raise the limit.");
}

Status Committer::PassOn(const Reject& reject) {
  if (job_.BreaksPromise(reject)) return Failure(reject);
  if (job_.options.on_error == OnError::kFail && reject.kind != RejectKind::kDamagedFile) return Failure(reject);
  if (first_rejects_.size() < RejectLog::kFirst) first_rejects_.push_back(reject);
  return rejects_ == nullptr ? Status::OK() : rejects_->Append(reject);
}

// `file` is the account before this segment.
Status Committer::PassOnRejects(const SegmentResult& segment, const FileAccount& file, RejectLog* rejects) {
  Reject reject;
  for (int64_t i = 0; i < segment.kept_rejects; i++) {
    ARROW_ASSIGN_OR_RAISE(const bool has_reject, rejects->Next(&reject));
    if (!has_reject)
      return Status::UnknownError("a reject of '", job_.inputs[static_cast<size_t>(segment.file)]->path(), "' is lost");
    reject.file = segment.file;
    reject.record += file.records + 1;
    reject.line += file.lines + 1;
    ARROW_RETURN_NOT_OK(PassOn(reject));
  }
  return Status::OK();
}

void Committer::AddFooter(const Footer& footer, FileAccount* file) {
  file->next_offset += footer.bytes;
  skipped_ += footer.lines;
  rows_read_ += footer.lines;
  text_bytes_ += footer.bytes;
}

// `ends_job`: the last record that is wanted (--rows) is in it; what stands behind that is not read.
Status Committer::CommitSegment(const SegmentResult& segment, bool ends_job, RejectLog* rejects) {
  FileAccount& file = files_[static_cast<size_t>(segment.file)];
  Input& input = *job_.inputs[static_cast<size_t>(segment.file)];
  if (segment.is_first) {
    const Prologue& prologue = input.prologue();
    file.next_offset = prologue.data_offset;
    file.lines = prologue.lines;
    skipped_ += prologue.skipped;
    rows_read_ += prologue.skipped;
    text_bytes_ += prologue.data_offset;
  }
  if (segment.begin != file.next_offset) {
    return Status::UnknownError("the ledger does not balance: '", input.path(), "' was read up to byte ",
                                file.next_offset, ", the next unit begins at ", segment.begin);
  }
  ARROW_RETURN_NOT_OK(PassOnRejects(segment, file, rejects));
  file.records += segment.records;
  file.rejected += segment.rejected;
  file.lines += segment.lines;
  file.bent += segment.bent;
  file.seconds += segment.seconds;
  file.next_offset = segment.end;
  file.is_damaged = segment.is_damaged;
  rows_read_ += segment.records + segment.skipped;
  rejected_ += segment.rejected;
  skipped_ += segment.skipped + segment.filtered;
  nulled_ += segment.nulled;
  text_bytes_ += segment.end - segment.begin;
  progress_.bytes_read += segment.source_bytes;
  return segment.is_last ? EndFile(segment, ends_job) : Status::OK();
}

Status Committer::EndFile(const SegmentResult& segment, bool ends_job) {
  FileAccount& file = files_[static_cast<size_t>(segment.file)];
  Input& input = *job_.inputs[static_cast<size_t>(segment.file)];
  file.complete = true;
  progress_.files_done++;
  ARROW_RETURN_NOT_OK(CheckEnd(segment, input));
  input.Close();
  if (!file.is_damaged && !ends_job) AddFooter(input.footer(), &file);
  if (job_.batch_files > 0 && progress_.files_done % job_.batch_files == 0) ReleaseIdleMemory(job_.pool);
  return Status::OK();
}

Status Committer::CheckEnd(const SegmentResult& segment, const Input& input) const {
  ARROW_RETURN_NOT_OK(input.CheckUnchanged());
  if (input.facts().is_stream || files_[static_cast<size_t>(segment.file)].is_damaged) return Status::OK();
  if (segment.end == input.end_of_records()) return Status::OK();
  return Status::UnknownError("the ledger does not balance: '", input.path(), "' has ", input.end_of_records(),
                              " bytes of records, but ", segment.end, " were read");
}

Status Committer::CommitAccount(UnitResult* unit) {
  ARROW_RETURN_NOT_OK(unit->rejects.Rewind());
  for (const SegmentResult& segment : unit->segments) {
    const bool ends_job = unit->ends_job && &segment == &unit->segments.back();
    ARROW_RETURN_NOT_OK(CommitSegment(segment, ends_job, &unit->rejects));
  }
  if (job_.options.max_rejects >= 0 && rejected_ > job_.options.max_rejects) return TooManyRejects(rejected_);
  progress_.rows_read = rows_read_;
  return Status::OK();
}

Status Committer::Commit(UnitResult unit) {
  ended_ = ended_ || unit.ends_job;
  if (IsBehindDamage(unit)) {
    const SegmentResult& segment = unit.segments.front();
    return segment.is_last ? EndFile(segment, false) : Status::OK();
  }
  if (unit.is_unwanted) return Status::OK();
  if (kKeepsLedger) ARROW_RETURN_NOT_OK(CommitAccount(&unit));
  unit.id.index = units_++;
  if (unit.piece) {
    output_bytes_ += unit.piece->memory_bytes;
    ARROW_RETURN_NOT_OK(sink_->Commit(std::move(unit.piece), unit.id));
  }
  job_.gauges->SetCommitted({progress_.bytes_read, output_bytes_, rows_read_, rejected_, units_, progress_.files_done});
  return Status::OK();
}

Status Committer::Finish(Report* report) {
  for (size_t i = 0; i < files_.size(); i++) {
    if (kKeepsLedger && !files_[i].complete && !ended_) {
      return Status::UnknownError("the ledger does not balance: '", job_.inputs[i]->path(),
                                  "' was not read to its end");
    }
    const FileAccount& file = files_[i];
    report->files.push_back({job_.inputs[i]->path(), std::max<int64_t>(file.next_offset, 0), file.records,
                             file.rejected, file.seconds, file.complete, file.bent});
    report->bent += file.bent;
  }
  const double percent = job_.options.max_rejects_percent;
  if (percent >= 0 && static_cast<double>(rejected_) * 100 > percent * static_cast<double>(rows_read_)) {
    return TooManyRejects(rejected_);
  }
  report->rows_read = rows_read_;
  report->rows_rejected = rejected_;
  report->rows_skipped = skipped_;
  report->values_nulled = nulled_;
  report->bytes_read = text_bytes_;
  report->units = units_;
  report->first_rejects = first_rejects_;
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
