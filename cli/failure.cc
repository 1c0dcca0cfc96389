#include "cli/failure.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/signals.h"
#include "cli/text.h"

namespace headrace::cli {
namespace {

constexpr size_t kMaxLines = 4;
constexpr size_t kMaxLineBytes = 400;
constexpr size_t kRawBytes = 60;

std::string Prefix() { return WantsColour(STDERR_FILENO) ? "\x1b[1;31mheadrace:\x1b[0m " : "headrace: "; }

std::string SignalName(int signal_number) {
  return signal_number == SIGINT ? "Ctrl-C" : signal_number == SIGTERM ? "SIGTERM" : "SIGHUP";
}

// Where a fault lies, as one line.
std::string PlaceLine(const ErrorPlace& place) {
  const Reject& reject = place.reject;
  std::string line = ShownInput(place.path);
  if (reject.line > 0) line += ", line " + std::to_string(reject.line);
  line += ", byte " + std::to_string(reject.field_offset);
  if (!place.column.empty()) line += ", column " + Visible(place.column, kRawBytes);
  return line;
}

std::vector<std::string> LinesOfPlace(const ErrorPlace& place) {
  const Reject& reject = place.reject;
  std::vector<std::string> lines = {std::string(RejectKindReason(reject.kind)), "at " + PlaceLine(place)};
  if (!reject.raw.empty()) lines.push_back("in: " + Visible(reject.raw, kRawBytes));
  const bool may_be_header = reject.record == 1 && reject.line == 1 && !IsStructural(reject.kind);
  lines.push_back(may_be_header ? "fix: if this line names the columns, add --header; otherwise " +
                                      std::string(RemedyFor(reject.kind))
                                : "fix: " + std::string(RemedyFor(reject.kind)));
  return lines;
}

// Where the first line of a message ends. Other line ends are those of names in it.
size_t EndOfLine(std::string_view message) {
  size_t end = message.size();
  for (const std::string_view head : {"\nat ", "\nin: ", "\nfix: ", "\nmore: "}) {
    end = std::min(end, message.find(head));
  }
  return end;
}

std::vector<std::string> LinesOfMessage(const Status& status) {
  std::string message = status.message();
  if (const int error = ErrnoOf(status); error != 0 && message.find(std::strerror(error)) == std::string::npos) {
    message.insert(EndOfLine(message), std::string(": ") + std::strerror(error));
  }
  std::vector<std::string> lines;
  for (std::string_view rest = message; !rest.empty() && lines.size() < kMaxLines;) {
    const size_t end = EndOfLine(rest);
    lines.push_back(Visible(rest.substr(0, end), kMaxLineBytes));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (lines.empty()) lines.push_back(status.CodeAsString());
  return lines;
}

// Name the line of a list behind a message that is about an input of it: one that quotes it first.
Status WithPlaceInList(const Status& status, const Request& request) {
  const std::string message = status.message();
  const size_t quote = message.find('\'');
  if (quote == std::string::npos) return status;
  for (size_t i = 0; i < request.places.size(); i++) {
    const std::string quoted = "'" + request.job.inputs[i] + "'";
    if (request.places[i].empty() || message.compare(quote, quoted.size(), quoted) != 0) continue;
    const size_t end = EndOfLine(message);
    return status.WithMessage(message.substr(0, end), "\nat ", request.places[i], message.substr(end));
  }
  return status;
}

}  // namespace

std::string_view RemedyFor(RejectKind kind) {
  switch (kind) {
    case RejectKind::kTooFewFields:
    case RejectKind::kTooManyFields:
      return "check --delimiter, --escape and the declared columns, or set such records aside with --rejects FILE";
    case RejectKind::kTextAfterQuote:
    case RejectKind::kQuoteInField:
    case RejectKind::kUnclosedQuote:
      return "use --escape '\\' where one stands before quotes, --quote none where they are text, or set such records "
             "aside with --rejects FILE";
    case RejectKind::kRecordTooLong:
      return "check --quote and --terminator, or raise --max-record-bytes";
    case RejectKind::kDamagedFile:
      return "get a whole copy of the file, or keep its whole records with --on-file-error keep";
    case RejectKind::kNullNotAllowed:
      return "leave out --no-nulls, or set such records aside with --rejects FILE";
    case RejectKind::kOutOfRange:
    case RejectKind::kFloatRange:
    case RejectKind::kDigitsBeyondScale:
      return "declare a wider type, or use --on-error null, or --rejects FILE to set such records aside";
    case RejectKind::kUnexpectedOffset:
      return "declare a zone, as in timestamp[ms, UTC], or set such records aside with --rejects FILE";
    case RejectKind::kAmbiguousTime:
      return "choose with ambiguous = \"earlier\" or \"later\" in the schema file, or set such records aside with "
             "--rejects FILE";
    case RejectKind::kNonexistentTime:
      return "declare timestamp[U] without a zone, or UTC, or set such records aside with --rejects FILE";
    case RejectKind::kLooseText:
      return "declare a wider type or a string, leave out strict = true to take the value as it reads, or use "
             "--rejects "
             "FILE";
    case RejectKind::kInvalidUtf8:
      return "name the text's encoding with --encoding, declare binary, or set such records aside with --rejects FILE";
    default:
      return "declare another type, name null spellings with --nulls, use --on-error null, or --rejects FILE";
  }
}

std::string FailureText(const Status& status) {
  const ErrorPlace* const place = PlaceOf(status);
  std::string text;
  for (const std::string& line : place != nullptr ? LinesOfPlace(*place) : LinesOfMessage(status)) {
    text += (text.empty() ? Prefix() : "  ") + line + "\n";
  }
  return text;
}

int Fail(const Status& status, std::string_view left) {
  if (IsClosedPipe(status)) return kExitClosedPipe;
  if (const int signal_number = CaughtSignal(); signal_number != 0) {
    Tell(Prefix() + "stopped by " + SignalName(signal_number) + (left.empty() ? "" : "; ") + std::string(left) + "\n");
    return 128 + signal_number;
  }
  Tell(FailureText(status));
  return kExitFailed;
}

int FailJob(const Status& status, const Request& request, std::string_view left) {
  return Fail(WithPlaceInList(status, request), left);
}

int FailToTell(const Status& status, std::string_view what) {
  if (IsClosedPipe(status)) return kExitClosedPipe;
  Tell(FailureText(status.WithMessage(what, " complete, but not what it prints: ", status.message())));
  return kExitFailed;
}

int FailUsage(const Status& status, const Request& request) {
  if (status.IsCancelled()) return Fail(status);
  const std::string text = FailureText(WithPlaceInList(status, request));
  Tell(text);
  const bool usage = status.IsInvalid() && PlaceOf(status) == nullptr;
  if (!usage || std::count(text.begin(), text.end(), '\n') >= static_cast<std::ptrdiff_t>(kMaxLines)) {
    return kExitFailed;
  }
  const std::string command = request.command != nullptr ? " " + std::string(request.command->name) : "";
  Tell("  more: headrace" + command + " --help\n");
  return kExitFailed;
}

}  // namespace headrace::cli
