#include "pipeline/input.h"

#include <algorithm>
#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kHeadBytes = 64 << 10;
constexpr int64_t kStreamReadBytes = 1 << 20;

}  // namespace

int64_t ReadaheadBytes(int64_t unit_bytes) { return std::max<int64_t>(unit_bytes / 4, 1 << 20); }

Input::Input(InputFacts facts, const Reading& reading, int64_t threads, arrow::MemoryPool* pool,
             std::function<Status()> poll_stop)
    : facts_(std::move(facts)),
      reading_(reading),
      options_(reading.options),
      threads_(threads),
      pool_(pool),
      poll_stop_(std::move(poll_stop)) {}

Status Input::OpenStream() {
  StreamSpec spec = StreamSpecOf(facts_, options_);
  spec.threads = threads_;
  spec.readahead_bytes = ReadaheadBytes(options_.unit_bytes);
  spec.buffer_bytes = buffer_bytes_;
  return TextStream::Open(std::move(spec), poll_stop_).Value(&stream_);
}

// Bytes that were converted are not those of the file. (To tell a type they need not be.)
Status Input::RefuseRawBytes(const std::vector<KeptColumn>& columns) const {
  for (const KeptColumn& column : columns) {
    if (!column.decoder->keeps_raw_bytes()) continue;
    return Status::Invalid("column '", options_.schema.columns[static_cast<size_t>(column.column)].name,
                           "' is binary, but '", facts_.path, "' is ", stream_->encoding(),
                           " text, whose bytes are converted\nfix: declare a string");
  }
  return Status::OK();
}

Status Input::Open() {
  if (facts_.is_stream) return stream_ ? Status::OK() : OpenStream();
  if (file_) return Status::OK();
  return InputFile::Open(facts_.path, facts_.kept).Value(&file_);
}

// Whether what was read before a stream's failure is kept.
bool Input::IsKept(const Status& failure) const {
  if (failure.IsOutOfMemory() || failure.IsCapacityError()) return false;  // it says nothing of the file
  return options_.on_file_error == OnFileError::kKeep && !failure.IsCancelled() && !IsChanged(failure);
}

MoreText Input::ReadMore() {
  return [this](std::string* head) -> Result<bool> {
    const size_t size = head->size();
    const auto at = static_cast<int64_t>(size);
    // Of a small file no more than it has, and one byte to see that it ends there.
    const int64_t want = facts_.is_stream ? kHeadBytes : std::clamp<int64_t>(facts_.facts.size - at, 1, kHeadBytes);
    head->resize(size + static_cast<size_t>(want));
    const auto got =
        facts_.is_stream ? stream_->Read(head->data() + size, want) : file_->ReadAt(at, head->data() + size, want);
    head->resize(size + static_cast<size_t>(got.ok() ? *got : 0));
    if (!got.ok() && facts_.is_stream && IsKept(got.status())) {
      damage_ = got.status();
      return false;
    }
    ARROW_RETURN_NOT_OK(got);
    if (*got == 0) at_end_ = true;
    return *got > 0;
  };
}

Result<std::optional<char>> Input::FindTerminatorFamily() {
  ARROW_RETURN_NOT_OK(Open());
  return FindTerminator(options_.dialect, options_.max_record_bytes, &head_, ReadMore());
}

Status Input::Prepare() {
  std::call_once(prepare_once_, [&] { prepare_status_ = DoPrepare(); });
  return prepare_status_;
}

Status Input::DoPrepare() {
  const char terminator = reading_.terminator;
  ARROW_RETURN_NOT_OK(Open());
  if (stream_ && stream_->encoding() != "utf-8") {
    ARROW_RETURN_NOT_OK(RefuseRawBytes(reading_.kept));
    ARROW_RETURN_NOT_OK(RefuseRawBytes(reading_.filter.columns));
  }
  if (options_.dialect.terminator == Terminator::kAuto && !options_.dialect.lenient) {
    ARROW_ASSIGN_OR_RAISE(const auto family, FindTerminatorFamily());
    if (family && *family != terminator) {
      const auto name = [](char byte) { return byte == '\r' ? "CR" : "LF"; };
      return Status::Invalid("'", facts_.path, "' ends its records with ", name(*family),
                             ", but the first input ends them with ", name(terminator),
                             ". Load it apart, or fix the terminator for all inputs with --terminator.");
    }
  }
  ARROW_ASSIGN_OR_RAISE(prologue_, ReadPrologue(facts_.path, options_, terminator, &head_, ReadMore()));
  columns_.field_of_column = prologue_.field_of_column;
  if (facts_.is_stream) {
    head_.erase(0, static_cast<size_t>(prologue_.data_offset));
    offset_ = prologue_.data_offset;
    ARROW_ASSIGN_OR_RAISE(const int64_t size, HoldBack(head_.data(), static_cast<int64_t>(head_.size())));
    head_.resize(static_cast<size_t>(size));
    return Status::OK();
  }
  std::string().swap(head_);  // an empty string that is assigned would leave it its memory
  return FindFooter();
}

// Plain files: the last lines behind what stands before the records, from the end of the file.
Status Input::FindFooter() {
  const int64_t lines = options_.dialect.skip_footer, records = prologue_.data_offset, size = facts_.facts.size;
  if (lines == 0 || records >= size) return Status::OK();
  std::string tail;
  for (int64_t want = kHeadBytes;; want *= 4) {
    want = std::min(want, kMaxFooterBytes + 1);
    const int64_t begin = std::max(records, size - want);
    tail.resize(static_cast<size_t>(size - begin));
    ARROW_ASSIGN_OR_RAISE(const int64_t got, file_->ReadAt(begin, tail.data(), size - begin));
    if (got < size - begin) return CheckUnchanged();
    const Footer footer = LastLines(tail, lines, reading_.dialect);
    if (footer.bytes < got || begin == records) {
      footer_ = footer;
      return CheckFooter(facts_.path, lines, footer_.bytes);
    }
    ARROW_RETURN_NOT_OK(CheckFooter(facts_.path, lines, footer.bytes));
  }
}

Status Input::CheckUnchanged() const {
  if (facts_.archive) return facts_.archive->CheckUnchanged();
  // What servers give is compared where it is read, and a pipe has no other state; nor have files that are made when
  // they are read, as those of /proc, which have no size.
  const bool has_state = facts_.facts.is_regular && facts_.facts.size > 0 && !IsRemote(facts_.path);
  if (facts_.is_stream && !has_state) return Status::OK();
  return headrace::CheckUnchanged(facts_.path, facts_.kept.empty() ? facts_.path : facts_.kept, facts_.facts);
}

// Keep the last lines of text[0, size), which is what was held back and what was read behind it; return the bytes in
// front of them. More text can only move their begin forward, so what is in front of them is no part of the footer.
Result<int64_t> Input::HoldBack(const char* text, int64_t size) {
  const int64_t lines = options_.dialect.skip_footer;
  if (lines == 0) return size;
  const Footer footer = LastLines(std::string_view(text, static_cast<size_t>(size)), lines, reading_.dialect);
  ARROW_RETURN_NOT_OK(CheckFooter(facts_.path, lines, footer.bytes));
  held_.assign(text + size - footer.bytes, static_cast<size_t>(footer.bytes));
  footer_ = damage_.ok() ? footer : Footer();
  return size - footer.bytes;
}

// Append about `num_bytes` to the buffer, which holds `size` bytes; 0 at the end or where the stream is damaged.
Result<int64_t> Input::ReadStream(TextBuffer* buffer, int64_t size, int64_t num_bytes, WorkerGauge* gauge) {
  while (!at_end_ && damage_.ok()) {
    const auto held = static_cast<int64_t>(held_.size());
    ARROW_RETURN_NOT_OK(buffer->Reserve(size + held + num_bytes));
    std::memcpy(buffer->data() + size, held_.data(), held_.size());
    ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadText(buffer->data() + size + held, num_bytes, gauge));
    ARROW_ASSIGN_OR_RAISE(const int64_t taken, HoldBack(buffer->data() + size, held + got));
    if (taken > 0) return taken;
  }
  return 0;
}

// Read up to `num_bytes` as they come; fewer at the end or where the stream is damaged.
Result<int64_t> Input::ReadText(char* to, int64_t num_bytes, WorkerGauge* gauge) {
  const StageScope scope(gauge, Stage::kWaitInput);
  int64_t done = 0;
  while (done < num_bytes) {
    const auto got = stream_->Read(to + done, num_bytes - done);
    if (!got.ok()) {
      if (!IsKept(got.status())) return got.status();
      damage_ = got.status();
      break;
    }
    if (*got == 0) {
      at_end_ = true;
      break;
    }
    done += *got;
    CountInput(gauge);
  }
  return done;
}

// What the stream has read of the input since the last time.
void Input::CountInput(WorkerGauge* gauge) {
  if (stream_->source_bytes() == counted_source_bytes_) return;
  gauge->AddInput(stream_->source_bytes() - counted_source_bytes_);
  counted_source_bytes_ = stream_->source_bytes();
}

// Return where, in the buffer, the first record starts that is at or behind `stop`; less than that where the text
// ends first: then the position is the start of the record that is cut.
Result<int64_t> Input::FindCut(const Parser& parser, TextBuffer* buffer, int64_t from, int64_t size, int64_t stop,
                               bool final, FieldIndex* index) const {
  const ParseDialect& dialect = parser.options().dialect;
  const char* text = buffer->data();
  const bool quotes_show = dialect.bytes.quoting &&
                           std::memchr(text + from, dialect.bytes.quote, static_cast<size_t>(size - from)) != nullptr;
  if (!quotes_show && !dialect.is_exact() && stop - 1 < size && stop > from) {
    const void* end = std::memchr(text + stop - 1, dialect.bytes.terminator, static_cast<size_t>(size - stop + 1));
    if (end != nullptr) return static_cast<const char*>(end) - text + 1;
  }
  while (from < std::min(stop, size) &&
         parser.ParseWindow(text, static_cast<uint32_t>(from), static_cast<uint32_t>(std::min<int64_t>(stop, size)),
                            static_cast<uint32_t>(size), final, index)) {
    from = index->consumed;
  }
  return from;
}

// The record at `from` is longer than the limit: follow it to its end, past what the buffer holds.
Status Input::SkipOversize(TextBuffer* buffer, int64_t from, int64_t size, WorkerGauge* gauge, StreamPart* part) {
  OversizeRecord record(reading_.dialect);
  record.Start(part->offset + (from - part->begin));
  const uint32_t taken = record.Feed(buffer->data() + from, static_cast<uint32_t>(size - from));
  head_.assign(buffer->data() + from + taken, static_cast<size_t>(size - from - taken));
  TextBuffer more(pool_);
  while (!record.ended()) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadStream(&more, 0, kStreamReadBytes, gauge));
    if (got == 0) {
      record.FinishAtEndOfFile();
      break;
    }
    const uint32_t used = record.Feed(more.data(), static_cast<uint32_t>(got));
    head_.assign(more.data() + used, static_cast<size_t>(got - used));
  }
  part->has_oversize = !record.is_comment();
  part->oversize = record.ToReject();
  part->oversize_lines = record.lines();
  part->end = from;
  part->next_offset = record.next_offset();
  return Status::OK();
}

Status Input::NextUnit(TextBuffer* buffer, WorkerGauge* gauge, StreamUnit* unit) {
  const ParseDialect& dialect = reading_.dialect;
  unit->is_first = unit_number_ == 0;
  const int64_t stop_offset = ++unit_number_ * options_.unit_bytes;
  ParserOptions parser_options;
  parser_options.dialect = dialect;
  parser_options.columns = prologue_.columns;
  parser_options.max_record_bytes = options_.max_record_bytes;
  const Parser parser(parser_options);
  FieldIndex index(prologue_.columns);
  int64_t begin = 0;  // of the part, in the buffer
  while (true) {
    // Start a part with what was read before.
    ARROW_RETURN_NOT_OK(buffer->Reserve(begin + static_cast<int64_t>(head_.size()) + 1));
    std::memcpy(buffer->data() + begin, head_.data(), head_.size());
    int64_t size = begin + static_cast<int64_t>(head_.size());
    head_.clear();
    StreamPart part;
    part.begin = begin;
    part.offset = offset_;
    const int64_t stop = begin + (stop_offset - offset_);
    int64_t cut = begin;
    while (stop > begin) {
      const int64_t want = std::max<int64_t>(stop + kHeadBytes - size, cut + 2 * (size - cut) - size);
      ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadStream(buffer, size, std::max<int64_t>(want, kHeadBytes), gauge));
      size += got;
      buffer->Terminate(size);
      const bool final = at_end_ && damage_.ok();
      ARROW_ASSIGN_OR_RAISE(cut, FindCut(parser, buffer, cut, size, stop, final, &index));
      if (cut >= std::min(stop, size) || (got == 0 && !final)) break;
      if (size - cut > options_.max_record_bytes + 2) break;
      if (got == 0) break;
    }
    part.end = part.next_offset = cut;
    part.next_offset = offset_ + (cut - begin);
    if (cut < std::min(stop, size) && size - cut > options_.max_record_bytes + 2) {
      ARROW_RETURN_NOT_OK(SkipOversize(buffer, cut, size, gauge, &part));
    } else {
      head_.assign(buffer->data() + cut, static_cast<size_t>(size - cut));
    }
    offset_ = part.next_offset;
    const bool ended = head_.empty() && at_end_;
    const bool damaged = !damage_.ok() && !part.has_oversize && offset_ < stop_offset;
    part.final = ended && !part.has_oversize;
    unit->parts.push_back(part);
    begin = part.end;
    if (ended || damaged || offset_ >= stop_offset) {
      unit->is_last = ended || damaged;
      break;
    }
  }
  if (unit->is_last && !damage_.ok()) {
    unit->damage = damage_;
    unit->damage_offset = offset_;
    unit->damage_raw = head_ + held_;
  }
  CountInput(gauge);  // the head alone, or what stands behind the text
  unit->source_bytes = stream_->source_bytes() - reported_source_bytes_;
  reported_source_bytes_ = stream_->source_bytes();
  if (unit->is_last) stream_.reset();  // its descriptor, codec and threads
  return Status::OK();
}

}  // namespace v0
}  // namespace headrace
