"""Text to records and fields, one byte at a time, by docs/dialects.md: every dialect through the same few rules.

What stands behind a byte decides what it is: `terminator_at` and `delimiter_at` say how many bytes of one begin at a place.
A field keeps two texts: `text`, with doubled quotes halved and escapes read, and `stands`, with its escapes as they stand,
which is what nulls (outside quotes) and values of the default forms are made of.
"""
import re
from dataclasses import dataclass, field

CR, LF = 0x0D, 0x0A
ANY = "any"  # lenient: LF, CR LF and CR
BOM = b"\xef\xbb\xbf"
WHITESPACE = b"whitespace"  # as a delimiter: any run of spaces and tabs


@dataclass(frozen=True)
class Dialect:
    delimiter: bytes = b","
    quote: bytes = b'"'  # b"" for none
    comment: bytes = b""
    terminator: str = "auto"
    header: bool = False
    skip_rows: int = 0
    nulls: tuple = (b"",)
    no_nulls: bool = False
    max_record_bytes: int = 16 << 20
    escape: bytes = b""
    lenient: bool = False
    short_records: str = "reject"
    long_records: str = "reject"
    escape_style: str = "field"
    header_rows: int = 1
    skip_after_header: int = 0
    skip_footer: int = 0


@dataclass
class Field:
    begin: int
    text: bytearray = field(default_factory=bytearray)
    quoted: bool = False
    stands: bytearray = field(default_factory=bytearray)

    def add(self, value, stands=None):
        self.text += value
        self.stands += value if stands is None else stands


@dataclass
class Record:
    begin: int
    end: int = 0  # without the terminator
    after: int = 0
    fields: list = field(default_factory=list)
    fault: str = None
    fault_offset: int = 0
    comment: bool = False
    blank: bool = False
    bent: set = field(default_factory=set)  # what was done to make a row of it: padded, truncated, collected, lenient


def terminator_at(data, at, family):
    """How many bytes of a terminator begin here."""
    byte, behind = data[at:at + 1], data[at + 1:at + 2]
    if family == CR:
        return int(byte == b"\r")
    if byte == b"\r" and behind == b"\n":
        return 2
    return int(byte == b"\n" or (byte == b"\r" and family == ANY))


def delimiter_at(data, at, dialect):
    """How many bytes of a delimiter begin here."""
    if dialect.delimiter != WHITESPACE:
        return len(dialect.delimiter) if data.startswith(dialect.delimiter, at) else 0
    end = at
    while end < len(data) and data[end] in b" \t":
        end += 1
    return end - at


def ends_field(data, at, dialect, family):
    return at >= len(data) or bool(terminator_at(data, at, family) or delimiter_at(data, at, dialect))


def first_terminator(data, dialect):
    """The family of the first terminator: LF, CR, or None where there is no terminator."""
    at = len(BOM) if data.startswith(BOM) else 0
    if dialect.skip_rows:
        while at < len(data) and data[at] not in (CR, LF):
            at += 1
    elif at < len(data):
        at = next_record(data, at, dialect, ANY).end  # up to there the family makes no difference
    if at >= len(data):
        return None
    while at < len(data) and data[at] == CR:
        at += 1
    return LF if at < len(data) and data[at] == LF else CR


def next_record(data, begin, dialect, family):
    """The record that starts at `begin`, which is before the end of the data."""
    record = Record(begin)
    indent = delimiter_at(data, begin, dialect) if dialect.delimiter == WHITESPACE else 0
    if dialect.comment and data.startswith(dialect.comment, begin + indent):
        record.comment = True
        at = begin
        while at < len(data) and not terminator_at(data, at, family):
            at += 1
    else:
        at = _fields(data, begin, dialect, family, record)
    record.end = at
    record.after = at + (terminator_at(data, at, family) if at < len(data) else 0)
    beside = b" \t" if dialect.delimiter == WHITESPACE else b""
    record.blank = not data[begin:at].strip(beside) if beside else begin == at
    return record


def _fields(data, at, dialect, family, record):
    """Read the fields of a record; return where it ends."""
    quote = dialect.quote[0] if dialect.quote else -1
    escape = dialect.escape[0] if dialect.escape else -1
    if dialect.delimiter == WHITESPACE:
        at += delimiter_at(data, at, dialect)
    record.fields.append(Field(at))
    state = "start"  # of a field; then text, quoted, closed, or behind: text behind a closing quote
    while at < len(data):
        current, byte = record.fields[-1], data[at:at + 1]
        if state != "quoted":
            if terminator_at(data, at, family):
                return at
            gap = delimiter_at(data, at, dialect)
            if gap:
                at += gap
                if dialect.delimiter == WHITESPACE and (at == len(data) or terminator_at(data, at, family)):
                    return at
                record.fields.append(Field(at))
                state = "start"
                continue
        escaped = escape_at(data, at, dialect, state) if byte[0] == escape and state != "closed" else None
        if escaped:
            value, stands = escaped
            current.add(value, stands)
            state = "text" if state == "start" else state
            at += len(stands)
            continue
        if state == "quoted" and byte[0] == quote:
            if data[at + 1:at + 2] == byte:
                current.add(byte)
                at += 2
                continue
            if dialect.lenient and not ends_field(data, at + 1, dialect, family):
                current.add(byte)
                record.bent.add("lenient")
            else:
                state = "closed"
        elif state == "start" and byte[0] == quote:
            current.quoted, state = True, "quoted"
        else:
            if state == "closed":
                _fault(record, "text_after_quote")
                state = "behind"
            elif state == "start":
                state = "text"
            elif state == "text" and byte[0] == quote and dialect.lenient:
                record.bent.add("lenient")
            elif state == "text" and byte[0] == quote:
                _fault(record, "quote_in_field")
            current.add(byte)
        at += 1
    if state == "quoted":
        record.fault, record.fault_offset = "unclosed_quote", record.fields[-1].begin
    return at


C_LETTERS = dict(zip(b"bfnrtv", b"\b\f\n\r\t\v"))


def escape_at(data, at, dialect, state):
    """(what the escape at this place stands for, the bytes it takes); None where it is an ordinary byte."""
    behind = data[at + 1:at + 2]
    if not behind or (dialect.escape_style == "quoted" and (state != "quoted" or behind not in (dialect.quote, dialect.escape))):
        return None
    if dialect.escape_style == "c":
        digits = re.compile(rb"[0-7]{1,3}|x[0-9A-Fa-f]{1,2}").match(data, at + 1)
        if digits:
            word = digits[0]
            value = int(word[1:], 16) if word.startswith(b"x") else int(word, 8) % 256
            return bytes([value]), data[at:digits.end()]
        behind = bytes([C_LETTERS.get(behind[0], behind[0])])
    return behind, data[at:at + 2]


def _fault(record, kind):
    if not record.fault:
        record.fault, record.fault_offset = kind, record.fields[-1].begin


def fit(record, width, dialect, data):
    """Give a record without a fault the number of fields that the table has, where the dialect says how."""
    fields = record.fields
    if len(fields) < width and dialect.short_records == "pad":
        record.bent.add("padded")
        fields += [Field(record.end) for _ in range(width - len(fields))]
    elif len(fields) > width and dialect.long_records == "truncate":
        record.bent.add("truncated")
        del fields[width:]
    elif len(fields) > width and dialect.long_records == "collect":
        last = Field(fields[width - 1].begin)
        last.add(data[last.begin:record.end])
        record.bent.add("collected")
        fields[width - 1:] = [last]


def skip_lines(data, at, count, family):
    skipped = 0
    while skipped < count and at < len(data):
        while at < len(data) and not (data[at] == family or (family == ANY and terminator_at(data, at, ANY))):
            at += 1
        at = min(at + max(1, terminator_at(data, at, ANY) if family == ANY else 1), len(data))
        skipped += 1
    return at, skipped


def last_lines(data, at, count, family):
    """Where the last lines behind `at` begin, and how many there are."""
    begins = []
    while at < len(data):
        begins.append(at)
        at, _ = skip_lines(data, at, 1, family)
    begins = begins[-count:] if count else []
    return (begins[0] if begins else len(data)), len(begins)


def shown(data):
    """Bytes as the flags of the command line write them."""
    plain = lambda byte: "\\\\" if byte == 0x5C else chr(byte) if 0x20 < byte < 0x7F else f"\\x{byte:02x}"
    return "".join("\\t" if byte == 9 else plain(byte) for byte in data)


def dialect_flags(dialect):
    """The dialect as flags of the command line."""
    flags, usual = [], Dialect()
    if dialect.delimiter != usual.delimiter:
        flags += ["--delimiter", "whitespace" if dialect.delimiter == WHITESPACE else shown(dialect.delimiter)]
    if dialect.quote != usual.quote:
        flags += ["--quote", shown(dialect.quote) if dialect.quote else "none"]
    for name in ("escape", "comment"):
        if getattr(dialect, name):
            flags += [f"--{name}", shown(getattr(dialect, name))]
    for name in ("terminator", "short_records", "long_records", "skip_rows", "max_record_bytes", "escape_style", "header_rows",
                 "skip_after_header", "skip_footer"):
        if getattr(dialect, name) != getattr(usual, name):
            flags += ["--" + name.replace("_", "-"), str(getattr(dialect, name))]
    for name in ("lenient", "header", "no_nulls"):
        if getattr(dialect, name):
            flags += ["--" + name.replace("_", "-")]
    if dialect.nulls != usual.nulls:
        flags += ["--nulls", b",".join(dialect.nulls).decode()]
    return flags
