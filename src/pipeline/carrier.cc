#include "pipeline/carrier.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

#include "os/idle_memory.h"
#include "pipeline/guess.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kGuessBytes = 64 << 10;
constexpr int64_t kRecordEndBytes = 16 << 10;  // read behind a segment at once
constexpr int64_t kOversizeReadBytes = 1 << 20;
constexpr int64_t kFirstCheckBytes = 256 << 10, kCheckBytes = 1 << 20;  // of text, between looks at memory
constexpr int64_t kMaxGuessedFaults = 4096;                             // more: the guess was probably wrong

// A window is to have so many rows that what is done once a window and column does not count: some hundred, where
// columns are many; to stay in the caches, the first if it can; and to have no more records than an index takes, which
// have two bytes a field at least.
uint32_t WindowBytes(uint32_t columns) {
  const uint32_t least = std::min<uint32_t>(32 << 10, 2 * FieldIndex::kMaxRows * columns);
  return std::clamp<uint32_t>(std::min<uint32_t>(columns, 1 << 10) << 10, least, 1 << 20);
}

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

Carrier::Carrier(JobState* job, std::unique_ptr<Encoder> encoder, size_t worker)
    : job_(job),
      worker_(worker),
      gauge_(job->gauges->worker(worker)),
      reading_(job->readings.front().get()),
      reader_(MakeFileReader(job->io)),
      encoder_(std::move(encoder)),
      decoder_(job->options, *reading_, job->pool),
      text_(job->pool) {}

// Make ready for the records of an input.
void Carrier::Use(const Input& input) {
  const uint32_t columns = input.prologue().columns;
  if (index_ && index_->columns == columns && reading_ == &input.reading()) return;
  if (reading_ != &input.reading()) decoder_.Use(input.reading());
  reading_ = &input.reading();
  ParserOptions options;
  options.dialect = reading_->dialect;
  options.columns = columns;
  options.max_record_bytes = job_->options.max_record_bytes;
  options.window_bytes = WindowBytes(columns);
  parser_ = std::make_unique<Parser>(options);
  index_ = std::make_unique<FieldIndex>(columns);
}

bool Carrier::FailedAlready(const SegmentResult& result) const {
  return (job_->options.on_error == OnError::kFail && result.has_fault) || result.breaks_promise;
}

void Carrier::Release() {
  decoder_.Release();
  ReleaseIdleMemory(job_->pool);  // of this thread: allocators keep it for threads to come back to
  job_->budget->Hold(worker_, text_.capacity());
}

// Say what the unit will hold. It is given up where that is too much beside what others hold, and the job fails where
// it is too much by itself.
Status Carrier::CheckMemory(const Input& input) {
  next_check_ = decoder_.decoded_bytes() + kCheckBytes;
  const int64_t expected = decoder_.ExpectedBytes();
  const int64_t encoding = std::max(encoder_->MostBytes(expected), last_piece_bytes_);
  job_->budget->Hold(worker_, text_.capacity() + expected + encoding);
  const int64_t columns = decoder_.ColumnBytes();
  const int64_t least = text_.capacity() + columns + encoder_->LeastBytes(columns), most = job_->budget->most_bytes();
  if (least > most) {
    return Status::CapacityError("'", input.path(), "': the first ", decoder_.decoded_bytes() >> 20,
                                 " MiB of a unit of ", job_->options.unit_bytes >> 20, " MiB of text need ",
                                 least >> 20, " MiB when they are decoded, and the memory limit leaves ", most >> 20,
                                 " MiB\nfix: raise --memory-limit, or lower --unit-bytes");
  }
  gives_up_ = may_give_up_ && job_->budget->MustGiveUp(worker_);
  return Status::OK();
}

// Parse and decode the records that start in text[*at, stop) and are complete; move `at` behind them.
Status Carrier::ParseBuffer(const Input& input, int64_t text_offset, uint32_t end, int64_t stop, bool final,
                            uint32_t* at, SegmentResult* result) {
  const auto stop_at = static_cast<uint32_t>(std::clamp<int64_t>(stop, 0, end));
  while (*at < stop_at && records_left_ > 0) {
    parser_->set_max_records(static_cast<uint32_t>(std::min<int64_t>(records_left_, FieldIndex::kMaxRows)));
    if (!parser_->ParseWindow(text_.data(), *at, stop_at, end, final, index_.get())) break;
    records_left_ -= index_->num_records();
    ARROW_RETURN_NOT_OK(
        decoder_.Decode(Window{text_.data(), text_offset, *at, &input.columns(), index_.get()}, result));
    *at = index_->consumed;
    ARROW_RETURN_NOT_OK(NoteRejects(text_offset, result));
    result->num_faults += index_->num_faults;
    if (is_guess_ && result->num_faults > kMaxGuessedFaults) result->begin = SegmentResult::kAbandoned;
    if (decoder_.decoded_bytes() >= next_check_) ARROW_RETURN_NOT_OK(CheckMemory(input));
    if (Stops(*result) || result->begin == SegmentResult::kAbandoned) break;
  }
  return Status::OK();
}

Result<int64_t> Carrier::Read(const Input& input, int64_t offset, char* to, int64_t num_bytes, FileReader* reader) {
  const StageScope scope(gauge_, Stage::kReading);
  Result<int64_t> got = input.ReadAt(offset, to, num_bytes, reader);
  if (got.ok()) gauge_->AddInput(*got);
  return got;
}

bool Carrier::IsKept(const Status& failure) const {
  return failure.IsIOError() && job_->options.on_file_error == OnFileError::kKeep;
}

// Read, and of a file whose damage is kept, up to the first byte that cannot be read: what failed is read again in
// parts as small as it takes.
Result<Carrier::KeptRead> Carrier::ReadKept(const Input& input, int64_t offset, char* to, int64_t num_bytes,
                                            FileReader* reader) {
  Result<int64_t> first = Read(input, offset, to, num_bytes, reader);
  if (first.ok()) return KeptRead{*first, Status::OK()};
  if (!IsKept(first.status())) return first.status();
  int64_t done = 0;
  for (int64_t part = num_bytes; part > 0;) {
    ARROW_RETURN_NOT_OK(job_->PollStop());
    part = std::min(part, num_bytes - done);
    const Result<int64_t> got = Read(input, offset + done, to + done, part, nullptr);
    done += got.ValueOr(0);
    if (got.ok() && (*got < part || done == num_bytes)) return KeptRead{done, Status::OK()};
    if (!got.ok()) part /= 2;
  }
  return KeptRead{done, first.status()};
}

// Where the segment's first record seems to start; its stop where none can be found.
Result<int64_t> Carrier::GuessBegin(Input* input, const Segment& segment) {
  if (segment.begin > input->end_of_records()) return input->end_of_records();  // all of it lies in the footer
  int64_t want = kGuessBytes;
  while (true) {
    ARROW_RETURN_NOT_OK(text_.Reserve(want));
    ARROW_ASSIGN_OR_RAISE(const int64_t got, Read(*input, segment.begin - 1, text_.data(), want, nullptr));
    text_.Terminate(got);
    const int64_t start =
        GuessRecordStart(reading_->dialect, input->prologue().columns, text_.data(), static_cast<uint32_t>(got));
    if (start >= 0) return segment.begin - 1 + start;
    if (got < want || want > job_->options.max_record_bytes) {
      return segment.is_last() ? segment.begin - 1 + got : std::min(segment.stop, input->end_of_records());
    }
    want *= 4;
  }
}

// Those of the window in hand, each with its record, which is in the text still.
Status Carrier::NoteRejects(int64_t text_offset, SegmentResult* result) {
  for (const Reject& found : decoder_.rejects()) {
    Reject reject = found;
    reject.raw.assign(text_.data() + (found.offset - text_offset),
                      static_cast<size_t>(std::min(found.raw_length, kMaxRawBytes)));
    ARROW_RETURN_NOT_OK(NoteReject(reject, result));
  }
  return Status::OK();
}

Status Carrier::NoteReject(const Reject& reject, SegmentResult* result) {
  (reject.kind == RejectKind::kDamagedFile ? result->is_damaged : result->has_fault) = true;
  const bool breaks_promise = job_->BreaksPromise(reject);
  result->breaks_promise |= breaks_promise;
  ARROW_ASSIGN_OR_RAISE(const bool is_kept, rejects_.Append(reject, breaks_promise));
  result->kept_rejects += is_kept ? 1 : 0;
  return Status::OK();
}

Status Carrier::NoteOversize(Reject reject, int64_t lines, bool is_comment, SegmentResult* result) {
  if (is_comment) {
    result->skipped++;
  } else {
    records_left_--;
    reject.record = result->records++;
    reject.line = result->lines;
    reject.record_rejected = true;
    result->rejected++;
    ARROW_RETURN_NOT_OK(NoteReject(reject, result));
  }
  result->lines += lines;
  return Status::OK();
}

// The record at result->end is longer than the limit.
Status Carrier::CarryOversize(Input* input, SegmentResult* result) {
  OversizeRecord record(reading_->dialect);
  record.Start(result->end);
  ARROW_RETURN_NOT_OK(text_.Reserve(kOversizeReadBytes));
  while (!record.ended()) {
    ARROW_RETURN_NOT_OK(job_->PollStop());
    ARROW_ASSIGN_OR_RAISE(const KeptRead read,
                          ReadKept(*input, record.next_offset(), text_.data(), kOversizeReadBytes, nullptr));
    if (read.got == 0) {
      ARROW_RETURN_NOT_OK(read.damage);
      record.FinishAtEndOfFile();
    } else {
      record.Feed(text_.data(), static_cast<uint32_t>(read.got));
    }
  }
  ARROW_RETURN_NOT_OK(NoteOversize(record.ToReject(), record.lines(), record.is_comment(), result));
  result->end = record.next_offset();
  return Status::OK();
}

// Read and parse from result->end up to the first record that starts at or behind the segment's stop.
Status Carrier::CarryText(Input* input, const Segment& segment, SegmentResult* result) {
  const int64_t longest = job_->options.max_record_bytes + 2;
  int64_t held = 0;  // bytes of the record that is not complete yet
  bool final = false;
  while (result->end < segment.stop && !final && records_left_ > 0) {
    ARROW_RETURN_NOT_OK(job_->PollStop());
    // Behind the segment's stop only the end of a record is wanted; a long one is tried again only when there is twice
    // as much of it.
    int64_t want = job_->chunk_bytes.load(std::memory_order_relaxed);
    const int64_t left = std::max<int64_t>(segment.stop - result->end - held, 0);
    if (left < want) want = std::min(want, left + kRecordEndBytes);
    if (held > (64 << 10)) want = std::max(want, held);
    ARROW_RETURN_NOT_OK(text_.Reserve(held + want));
    ARROW_ASSIGN_OR_RAISE(const KeptRead read,
                          ReadKept(*input, result->end + held, text_.data() + held, want, reader_.get()));
    final = read.damage.ok() && read.got < want;
    const int64_t size = held + read.got;
    if (final && result->end + size < input->end_of_records()) ARROW_RETURN_NOT_OK(input->CheckUnchanged());
    text_.Terminate(size);
    const bool may_complete = final || reading_->dialect.is_exact() ||
                              std::memchr(text_.data() + held, reading_->terminator, static_cast<size_t>(read.got));
    uint32_t at = 0;
    if (may_complete) {
      ARROW_RETURN_NOT_OK(ParseBuffer(*input, result->end, static_cast<uint32_t>(size), segment.stop - result->end,
                                      final, &at, result));
    }
    if (Stops(*result) || result->begin == SegmentResult::kAbandoned) break;
    gauge_->AddText(at);
    result->end += at;
    if (result->end < segment.stop && records_left_ > 0) ARROW_RETURN_NOT_OK(read.damage);
    held = size - at;
    if (at > 0) std::memmove(text_.data(), text_.data() + at, static_cast<size_t>(held));
    if (held > longest && result->end < segment.stop && records_left_ > 0) {
      ARROW_RETURN_NOT_OK(CarryOversize(input, result));
      held = 0;
      final = false;
    }
  }
  result->source_bytes = result->end - result->begin;
  return Status::OK();
}

Status Carrier::CarrySegment(const Segment& segment, int64_t true_begin, SegmentResult* result) {
  const double started = Now();
  Input* input = job_->inputs[static_cast<size_t>(segment.file)].get();
  result->file = segment.file;
  result->is_first = segment.is_first();
  result->is_last = segment.is_last();
  const bool is_whole = segment.is_first() && segment.is_last();  // no other unit reads the file
  if (segment.is_first() && job_->prefetcher) job_->prefetcher->Reached(segment.file);
  {
    const StageScope scope(gauge_, Stage::kReading);
    ARROW_RETURN_NOT_OK(input->Prepare());
    if (is_whole) ARROW_RETURN_NOT_OK(input->Open());
  }
  Use(*input);
  if (true_begin >= 0) {
    result->begin = true_begin;
  } else if (segment.is_first()) {
    result->begin = input->prologue().data_offset;
  } else {
    const Result<int64_t> guess = GuessBegin(input, segment);
    if (!guess.ok() && !IsKept(guess.status())) return guess.status();
    result->begin = guess.ValueOr(SegmentResult::kAbandoned);
    if (!guess.ok()) return Status::OK();  // to be redone from where it truly begins
  }
  is_guess_ = true_begin < 0 && !segment.is_first() && reading_->dialect.bytes.quoting;
  result->end = result->begin;
  Status read = CarryText(input, segment, result);
  if (IsKept(read)) {
    Reject rest;
    rest.offset = rest.field_offset = result->end;
    rest.kind = RejectKind::kDamagedFile;
    read = NoteOversize(rest, 0, false, result);
  } else if (records_left_ <= 0) {
    result->is_last = segment.is_last() && result->end == input->end_of_records();
  }
  ARROW_RETURN_NOT_OK(read);
  if (is_whole) input->Close();
  result->seconds = Now() - started;
  return Status::OK();
}

Result<UnitResult> Carrier::Carry(const UnitId& id, const PlannedUnit& unit, int64_t true_begin, int64_t max_records) {
  UnitResult result;
  result.id = id;
  result.segments.resize(unit.segments.size());
  int64_t unit_bytes = 0;
  for (const Segment& segment : unit.segments) {
    const int64_t size = job_->inputs[static_cast<size_t>(segment.file)]->facts().facts.size;
    unit_bytes += std::min(segment.stop, size) - segment.begin;
  }
  ARROW_RETURN_NOT_OK(StartUnit(unit_bytes, max_records));
  for (size_t i = 0; i < result.segments.size(); i++) {
    ARROW_RETURN_NOT_OK(CarrySegment(unit.segments[i], true_begin, &result.segments[i]));
    segment_rows_.push_back(decoder_.rows());
    if (Stops(result.segments[i]) || records_left_ <= 0) result.segments.resize(i + 1);
  }
  FinishUnit(&result);
  return result;
}

Status Carrier::StartUnit(int64_t unit_bytes, int64_t max_records) {
  records_left_ = max_records < 0 ? std::numeric_limits<int64_t>::max() : max_records;
  segment_rows_.clear();
  gives_up_ = false;
  next_check_ = kFirstCheckBytes;
  rejects_ = RejectLog(job_->options.rejects_path);
  return decoder_.Reset(unit_bytes);
}

void Carrier::FinishUnit(UnitResult* result) {
  result->rejects = std::move(rejects_);
  result->gave_up = gives_up_;
  result->stopped = FailedAlready(result->segments.back());
}

void Carrier::AddBase(const UnitBase& base, const UnitResult& unit) {
  int64_t begin = 0;
  for (size_t i = 0; i < segment_rows_.size(); i++) {
    const SegmentResult& segment = unit.segments[i];
    const Prologue& prologue = job_->inputs[static_cast<size_t>(segment.file)]->prologue();
    const int64_t records = segment.is_first ? 0 : base.records;
    const int64_t lines = segment.is_first ? prologue.lines : base.lines;
    decoder_.AddToNumbers(begin, segment_rows_[i], records + 1, lines + 1);
    begin = segment_rows_[i];
  }
}

Status Carrier::Encode(UnitResult* unit) {
  if (unit->stopped || unit->is_unwanted || decoder_.rows() == 0) return Status::OK();
  const StageScope scope(gauge_, Stage::kEncoding);
  ARROW_ASSIGN_OR_RAISE(unit->piece, encoder_->Encode(decoder_.Finish(), unit->id));
  last_piece_bytes_ = unit->piece->memory_bytes;
  job_->budget->Hold(worker_, text_.capacity() + decoder_.ExpectedBytes());
  text_.ReleaseAbove(4 * std::max(job_->chunk_bytes.load(std::memory_order_relaxed), job_->options.unit_bytes));
  return Status::OK();
}

Status Carrier::TakeFromStream(Input* input, int32_t file, StreamUnit* unit) {
  if (job_->prefetcher) job_->prefetcher->Reached(file);
  const StageScope scope(gauge_, Stage::kReading);
  ARROW_RETURN_NOT_OK(input->Prepare());
  return input->NextUnit(&text_, gauge_, unit);
}

Status Carrier::CarryPart(Input* input, const StreamPart& part, SegmentResult* result) {
  auto at = static_cast<uint32_t>(part.begin);
  const int64_t text_offset = part.offset - part.begin;
  // Behind the part lies the rest of the buffer; what the parser may see of it ends here.
  const auto end = static_cast<uint32_t>(part.end);
  // A part ends where a record does; by lenient rules, a CR there could be told from CR LF only by the byte behind it.
  const bool final = part.final || reading_->dialect.lenient;
  ARROW_RETURN_NOT_OK(ParseBuffer(*input, text_offset, end, part.end, final, &at, result));
  gauge_->AddText(at - part.begin);
  if (Stops(*result)) return Status::OK();
  if (records_left_ <= 0) {
    result->end = text_offset + at;
    return Status::OK();
  }
  if (at != end)
    return Status::UnknownError("'", input->path(), "': a unit was cut inside a record at byte ", text_offset + at);
  if (part.has_oversize) {
    ARROW_RETURN_NOT_OK(NoteOversize(part.oversize, part.oversize_lines, false, result));
  } else if (part.oversize_lines > 0) {
    ARROW_RETURN_NOT_OK(NoteOversize(part.oversize, part.oversize_lines, true, result));
  }
  result->end = part.next_offset;
  return Status::OK();
}

Result<UnitResult> Carrier::CarryStream(const UnitId& id, const StreamUnit& unit, int64_t max_records) {
  const double started = Now();
  Input* input = job_->inputs[static_cast<size_t>(id.file)].get();
  Use(*input);
  UnitResult result;
  result.id = id;
  result.ends_stream = unit.is_last;
  SegmentResult& segment = result.segments.emplace_back();
  segment.file = id.file;
  segment.is_first = unit.is_first;
  segment.is_last = unit.is_last;
  segment.begin = segment.end = unit.parts.front().offset;
  segment.source_bytes = unit.source_bytes;
  ARROW_RETURN_NOT_OK(StartUnit(unit.parts.back().end - unit.parts.front().begin, max_records));
  for (const StreamPart& part : unit.parts) {
    if (records_left_ <= 0) break;
    ARROW_RETURN_NOT_OK(CarryPart(input, part, &segment));
    if (Stops(segment)) break;
  }
  if (records_left_ <= 0) {
    segment.is_last = unit.is_last && unit.damage.ok() && segment.end == unit.parts.back().next_offset;
  } else if (!unit.damage.ok() && !Stops(segment)) {
    Reject rest;
    rest.offset = rest.field_offset = unit.damage_offset;
    rest.kind = RejectKind::kDamagedFile;
    rest.raw_length = static_cast<int64_t>(unit.damage_raw.size());
    rest.raw = unit.damage_raw.substr(0, static_cast<size_t>(kMaxRawBytes));
    const auto lines = std::count(unit.damage_raw.begin(), unit.damage_raw.end(), '\n');
    ARROW_RETURN_NOT_OK(NoteOversize(rest, lines, false, &segment));
    segment.end = unit.damage_offset + rest.raw_length;
  }
  segment.seconds = Now() - started;
  segment_rows_.push_back(decoder_.rows());
  FinishUnit(&result);
  return result;
}

}  // namespace v0
}  // namespace headrace
